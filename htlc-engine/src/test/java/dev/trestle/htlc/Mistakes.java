package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.Schedule.Mistake;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Seeded bugs: the simulation must catch every one of them. */
final class Mistakes {
  private Mistakes() {}

  static final Mistake GAP_TOO_SMALL =
      new Mistake(
          "gap too small",
          true,
          of(
              Role.PARTICIPANT,
              party -> {
                party.policy = new TimelockPolicy(0, 0);
                views(Mistakes::withoutTimes).accept(party);
              }));

  static final Mistake REVEAL_BEFORE_FINAL =
      new Mistake(
          "reveal before final",
          false,
          of(Role.INITIATOR, views(v -> withFunding(v, f -> isMined(f), Mistakes::asFinal))));

  static final Mistake FUND_BEFORE_FINAL =
      new Mistake(
          "fund before the counterparty is final",
          false,
          of(Role.PARTICIPANT, views(v -> withFunding(v, f -> true, Mistakes::asFinal))));

  static final Mistake WRONG_AMOUNT =
      new Mistake(
          "accept a wrong amount",
          false,
          party ->
              party.planner =
                  (record, seen, now) ->
                      SwapPlanner.plan(
                          record,
                          seen.stream()
                              .map(
                                  v ->
                                      withFunding(
                                          v,
                                          f -> true,
                                          f -> asAgreed(f, record.terms().legs().get(v.leg()))))
                              .toList(),
                          now));

  static final Mistake NO_WATCH_AFTER_REFUND =
      new Mistake(
          "refund without watching",
          false,
          party ->
              party.planner =
                  (record, seen, now) ->
                      record.hasSent(StepKey.Kind.REFUND, record.ownLeg())
                          ? List.of(new SwapAction.Complete(SwapStatus.REFUNDED))
                          : SwapPlanner.plan(record, seen, now));

  static final Mistake NO_HASH_SEARCH =
      new Mistake(
          "take the preimage by position",
          false,
          party ->
              party.search =
                  (witness, hash) ->
                      witness.stream().findFirst().filter(w -> w.size() == 32).map(Hash32::new));

  static final Mistake FORGETS_WHAT_IT_SIGNED =
      new Mistake(
          "pay again after a crash",
          false,
          party ->
              party.planner =
                  (record, seen, now) -> {
                    party.journal.forget(e -> e instanceof JournalRecord.Signed);
                    return SwapPlanner.plan(record, seen, now);
                  });

  static final Mistake REVEALS_TOO_LATE =
      new Mistake(
          "reveal after the deadline",
          false,
          of(
              Role.INITIATOR,
              party ->
                  party.planner =
                      (record, seen, now) ->
                          SwapPlanner.plan(
                              record,
                              seen.stream().map(v -> earlier(v, 4 * 3600)).toList(),
                              now - 4 * 3600)));

  static final List<Mistake> ALL =
      List.of(
          GAP_TOO_SMALL,
          REVEAL_BEFORE_FINAL,
          FUND_BEFORE_FINAL,
          WRONG_AMOUNT,
          NO_WATCH_AFTER_REFUND,
          NO_HASH_SEARCH,
          FORGETS_WHAT_IT_SIGNED,
          REVEALS_TOO_LATE);

  private static Consumer<Party> of(Role role, Consumer<Party> seed) {
    return party -> {
      if (party.role == role) {
        seed.accept(party);
      }
    };
  }

  private static Consumer<Party> views(UnaryOperator<ChainView> change) {
    return party ->
        party.planner =
            (record, seen, now) ->
                SwapPlanner.plan(record, seen.stream().map(change).toList(), now);
  }

  private static ChainView withoutTimes(ChainView v) {
    Timing t = v.timing();
    Timing none = new Timing(t.lock(), 0, 0, 0, 0, 0, false);
    return new ChainView(v.leg(), none, v.healthy(), v.observation(), v.transactions());
  }

  private static boolean isMined(LockFunding f) {
    return f.confirmations() > 0;
  }

  private static LockFunding asFinal(LockFunding f) {
    return new LockFunding(
        f.transactionId(), f.outputIndex(), f.amount(), Math.max(1, f.confirmations()), true);
  }

  private static LockFunding asAgreed(LockFunding f, SwapLeg leg) {
    return new LockFunding(
        f.transactionId(), f.outputIndex(), leg.amount(), f.confirmations(), f.isFinal());
  }

  private static ChainView withFunding(
      ChainView v, Predicate<LockFunding> which, UnaryOperator<LockFunding> change) {
    Optional<HtlcObservation> seen =
        v.observation()
            .map(
                o ->
                    new HtlcObservation(
                        o.chainTimeSeconds(),
                        o.head(),
                        o.funding().stream().map(f -> which.test(f) ? change.apply(f) : f).toList(),
                        o.spend()));
    return new ChainView(v.leg(), v.timing(), v.healthy(), seen, v.transactions());
  }

  private static ChainView earlier(ChainView v, long seconds) {
    Optional<HtlcObservation> seen =
        v.observation()
            .map(
                o ->
                    new HtlcObservation(
                        o.chainTimeSeconds() - (o.spend().isPresent() ? 0 : seconds),
                        o.head(),
                        o.funding(),
                        o.spend()));
    return new ChainView(v.leg(), v.timing(), v.healthy(), seen, v.transactions());
  }
}
