package dev.trestle.htlc.simulation;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.sim.PreimageSearch;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.ChainView;
import dev.trestle.htlc.JournalRecord;
import dev.trestle.htlc.Planner;
import dev.trestle.htlc.StepKey;
import dev.trestle.htlc.SwapAction;
import dev.trestle.htlc.SwapLeg;
import dev.trestle.htlc.SwapPlanner;
import dev.trestle.htlc.SwapRecord;
import dev.trestle.htlc.SwapStatus;
import dev.trestle.htlc.TimelockPolicy;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Where each flaw is put in. What is not named here is right. */
final class Flaws {
  private static final long HOURS = 4 * 3600;
  private static final int BACKUP_AGE = 3;

  private Flaws() {}

  static TimelockPolicy policy(Flaw flaw) {
    return flaw == Flaw.GAP_TOO_SMALL || flaw == Flaw.NO_OUTAGE_BUDGET
        ? new TimelockPolicy(0, 0)
        : Scenario.POLICY;
  }

  static PreimageSearch search(Flaw flaw) {
    return switch (flaw) {
      case PREIMAGE_BY_POSITION ->
          (witness, hash) ->
              witness.stream().findFirst().filter(w -> w.size() == Hash32.SIZE).map(Hash32::new);
      case PREIMAGE_BY_LENGTH ->
          (witness, hash) ->
              witness.size() == 2 ? PreimageSearch.BY_HASH.find(witness, hash) : Optional.empty();
      default -> PreimageSearch.BY_HASH;
    };
  }

  static void afterCrash(Flaw flaw, SimJournal journal) {
    if (flaw == Flaw.FORGETS_SIGNED) {
      journal.forget(entry -> entry instanceof JournalRecord.Signed);
    }
    if (flaw == Flaw.OLD_SNAPSHOT) {
      int keep = Math.max(1, journal.entries.size() - BACKUP_AGE);
      journal.entries.subList(keep, journal.entries.size()).clear();
    }
  }

  static Planner planner(Flaw flaw, SimParty party) {
    boolean initiator = party.role.isInitiator();
    return switch (flaw) {
      case GAP_TOO_SMALL ->
          views((r, v) -> withTiming(v, new Timing(v.timing().lock(), 0, 0, 0, 0, 0, false)));
      case REVEAL_BEFORE_FINAL ->
          initiator
              ? views((r, v) -> fundings(v, f -> f.confirmations() > 0, Flaws::asFinal))
              : SwapPlanner::plan;
      case ONE_CONFIRMATION_SHORT ->
          views(
              (r, v) -> fundings(v, f -> f.confirmations() >= Scenario.FINAL - 1, Flaws::asFinal));
      case REVEAL_LOOKS_AT_ONE_LEG ->
          initiator
              ? views(
                  (r, v) -> v.leg() == r.incomingLeg() ? v : fundings(v, f -> true, Flaws::asFinal))
              : SwapPlanner::plan;
      case REVEAL_TOO_LATE -> initiator ? Flaws::late : SwapPlanner::plan;
      case FUND_BEFORE_FINAL ->
          initiator ? SwapPlanner::plan : views((r, v) -> fundings(v, f -> true, Flaws::asFinal));
      case WRONG_AMOUNT ->
          views((r, v) -> fundings(v, f -> true, f -> asAgreed(f, r.terms().legs().get(v.leg()))));
      case NO_WATCH_AFTER_REFUND -> Flaws::endsWhenRefundIsSent;
      case SENDS_ONCE -> Flaws::sendsOnce;
      case EXPIRY_BEATS_PAYMENT -> Flaws::expiryBeatsPayment;
      case INCLUDED_IS_FINAL -> Flaws::endsWhenIncluded;
      case CLAIMS_ANY_COIN -> views((r, v) -> reversed(r, v));
      case REFUNDS_ONE_COIN -> Flaws::refundsOne;
      case ABORTS_AFTER_SIGNING -> Flaws::abortsAfterSigning;
      case CLAIMS_ONLY_WHEN_HEALTHY -> Flaws::onlyWhenHealthy;
      case NONE,
          NO_OUTAGE_BUDGET,
          DECOY_OUTPUT,
          PREIMAGE_BY_POSITION,
          PREIMAGE_BY_LENGTH,
          FORGETS_SIGNED,
          WRITES_AFTER_SENDING,
          FAILURE_IS_NOT_SENT,
          TWO_ENGINES,
          OLD_SNAPSHOT ->
          SwapPlanner::plan;
    };
  }

  private static Planner views(BiFunction<SwapRecord, ChainView, ChainView> change) {
    return (record, seen, now) ->
        SwapPlanner.plan(record, seen.stream().map(v -> change.apply(record, v)).toList(), now);
  }

  private static List<SwapAction> late(SwapRecord record, List<ChainView> seen, long now) {
    return SwapPlanner.plan(record, seen.stream().map(Flaws::earlier).toList(), now - HOURS);
  }

  private static List<SwapAction> endsWhenIncluded(
      SwapRecord record, List<ChainView> seen, long now) {
    return record.end().isPresent()
        ? List.of(new SwapAction.Wait(now + HOURS, "over"))
        : SwapPlanner.plan(record, seen.stream().map(Flaws::spendFinal).toList(), now);
  }

  private static List<SwapAction> endsWhenRefundIsSent(
      SwapRecord record, List<ChainView> seen, long now) {
    return record.hasSent(StepKey.Kind.REFUND, record.ownLeg())
        ? List.of(new SwapAction.Complete(SwapStatus.REFUNDED))
        : SwapPlanner.plan(record, seen, now);
  }

  private static List<SwapAction> sendsOnce(SwapRecord record, List<ChainView> seen, long now) {
    return without(
        SwapPlanner.plan(record, seen, now),
        action ->
            switch (action) {
              case SwapAction.FundLeg(int leg) -> record.hasSent(StepKey.Kind.LOCK, leg);
              case SwapAction.ClaimLeg(int leg, LockFunding f) ->
                  record.hasSent(StepKey.Kind.CLAIM, leg);
              case SwapAction.RefundLeg(int leg, LockFunding f) ->
                  record.hasSent(StepKey.Kind.REFUND, leg);
              default -> false;
            });
  }

  private static List<SwapAction> expiryBeatsPayment(
      SwapRecord record, List<ChainView> seen, long now) {
    long expiry = record.terms().legs().get(record.ownLeg()).expirySeconds();
    return without(
        SwapPlanner.plan(record, seen, now),
        action -> action instanceof SwapAction.ClaimLeg && now >= expiry);
  }

  private static List<SwapAction> refundsOne(SwapRecord record, List<ChainView> seen, long now) {
    Optional<LockFunding> oldest =
        seen.get(record.ownLeg()).observation().stream()
            .flatMap(o -> o.funding().stream())
            .max((a, b) -> Long.compare(a.confirmations(), b.confirmations()));
    return without(
        SwapPlanner.plan(record, seen, now),
        action ->
            action instanceof SwapAction.RefundLeg(int leg, LockFunding funding)
                && !Optional.of(funding).equals(oldest));
  }

  private static List<SwapAction> abortsAfterSigning(
      SwapRecord record, List<ChainView> seen, long now) {
    if (record.end().isPresent()) {
      return List.of(new SwapAction.Wait(now + HOURS, "over"));
    }
    int own = record.ownLeg();
    boolean gone =
        record.hasSent(StepKey.Kind.LOCK, own)
            && seen.get(own).observation().map(o -> o.funding().isEmpty()).orElse(false);
    return gone
        ? List.of(new SwapAction.Abort("the lock is not there"))
        : SwapPlanner.plan(record, seen, now);
  }

  private static List<SwapAction> onlyWhenHealthy(
      SwapRecord record, List<ChainView> seen, long now) {
    boolean healthy = seen.stream().allMatch(ChainView::healthy);
    return without(
        SwapPlanner.plan(record, seen, now),
        action -> action instanceof SwapAction.ClaimLeg && !healthy);
  }

  private static List<SwapAction> without(List<SwapAction> actions, Predicate<SwapAction> which) {
    return actions.stream().filter(which.negate()).toList();
  }

  private static ChainView withTiming(ChainView v, Timing timing) {
    return new ChainView(v.leg(), timing, v.healthy(), v.observation(), v.transactions());
  }

  private static ChainView with(ChainView v, UnaryOperator<HtlcObservation> change) {
    return new ChainView(
        v.leg(), v.timing(), v.healthy(), v.observation().map(change), v.transactions());
  }

  private static ChainView fundings(
      ChainView v, Predicate<LockFunding> which, UnaryOperator<LockFunding> change) {
    return with(
        v,
        o ->
            new HtlcObservation(
                o.chainTimeSeconds(),
                o.head(),
                o.funding().stream().map(f -> which.test(f) ? change.apply(f) : f).toList(),
                o.spend()));
  }

  private static LockFunding asFinal(LockFunding f) {
    return new LockFunding(
        f.transactionId(), f.outputIndex(), f.amount(), Math.max(1, f.confirmations()), true);
  }

  private static LockFunding asAgreed(LockFunding f, SwapLeg leg) {
    return new LockFunding(
        f.transactionId(), f.outputIndex(), leg.amount(), f.confirmations(), f.isFinal());
  }

  private static ChainView spendFinal(ChainView v) {
    return with(
        v,
        o ->
            new HtlcObservation(
                o.chainTimeSeconds(), o.head(), o.funding(), o.spend().map(Flaws::spendFinal)));
  }

  private static LockSpend spendFinal(LockSpend spend) {
    return switch (spend) {
      case LockSpend.Claimed c ->
          new LockSpend.Claimed(
              c.transactionId(), c.preimage(), c.confirmations(), c.confirmations() > 0);
      case LockSpend.Refunded r ->
          new LockSpend.Refunded(r.transactionId(), r.confirmations(), r.confirmations() > 0);
      case LockSpend.Cooperative c ->
          new LockSpend.Cooperative(c.transactionId(), c.confirmations(), c.confirmations() > 0);
    };
  }

  /** On the leg that pays: the newest coin as if it were the agreed one. */
  private static ChainView reversed(SwapRecord record, ChainView v) {
    if (v.leg() != record.incomingLeg()) {
      return v;
    }
    SwapLeg leg = record.terms().legs().get(v.leg());
    return with(
        v,
        o ->
            new HtlcObservation(
                o.chainTimeSeconds(),
                o.head(),
                o.funding().reversed().stream().map(f -> asAgreed(f, leg)).toList(),
                o.spend()));
  }

  private static ChainView earlier(ChainView v) {
    return with(
        v,
        o ->
            new HtlcObservation(
                o.chainTimeSeconds() - (o.spend().isPresent() ? 0 : HOURS),
                o.head(),
                o.funding(),
                o.spend()));
  }
}
