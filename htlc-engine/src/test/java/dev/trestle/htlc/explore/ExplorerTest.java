package dev.trestle.htlc.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.htlc.ChainView;
import dev.trestle.htlc.Role;
import dev.trestle.htlc.SwapAction;
import dev.trestle.htlc.SwapPlanner;
import dev.trestle.htlc.SwapRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The real planner against everything that can happen in a small swap. */
class ExplorerTest {
  private static Timing chain(boolean soft, int skew) {
    return new Timing(2, 2, 2, 2, 1, skew, soft);
  }

  private static final Timing SOFT = chain(true, 0);
  private static final Timing HARD = chain(false, 0);
  private static final Timing SKEWED = chain(true, 1);

  static Stream<Setup> setups() {
    List<Setup> all = new ArrayList<>();
    for (Timing first : List.of(SOFT, HARD)) {
      for (Timing second : List.of(SOFT, HARD)) {
        all.add(Setup.of(Role.INITIATOR, 2, List.of(first, second)));
        all.add(Setup.of(Role.PARTICIPANT, 2, List.of(first, second)));
      }
    }
    all.add(Setup.of(Role.PARTICIPANT, 1, List.of(SKEWED, SKEWED)));
    for (Role role : List.of(Role.INITIATOR, Role.PARTICIPANT, Role.PARTICIPANT_2)) {
      all.add(Setup.of(role, 2, List.of(SOFT, HARD, SOFT)));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("setups")
  void anHonestPartyCannotLose(Setup setup) {
    Explorer.Result result = Explorer.explore(setup, SwapPlanner::plan);
    System.out.println(setup + ": " + result);
    assertThat(result.counterexample()).isEmpty();
    assertThat(result.states()).isGreaterThan(1_000);
  }

  static Stream<Setup> participants() {
    return setups().filter(setup -> !setup.role().isInitiator());
  }

  @ParameterizedTest
  @MethodSource("participants")
  void oneTickLessAndThereIsAWay(Setup setup) {
    Explorer.Result result = Explorer.explore(setup.oneTickShort(), SwapPlanner::plan);
    System.out.println(setup + ", one tick short: " + result);
    assertThat(result.counterexample()).isPresent();
    assertThat(result.counterexample().get().getLast()).contains("claimed for good");
  }

  private static Timing with(
      Timing t, int claim, int refund, int irreversible, int seen, int skew) {
    return new Timing(
        t.lock(),
        t.claim() - claim,
        t.refund() - refund,
        t.irreversible() - irreversible,
        t.seen() - seen,
        t.clockSkew() - skew,
        t.softExpiry());
  }

  /** Each term of the gap is there for something. */
  @Test
  void noPartOfTheGapCanBeLeftOut() {
    Setup right = Setup.of(Role.PARTICIPANT, 1, List.of(SKEWED, SKEWED));
    Map<String, UnaryOperator<Timing>> paid = new TreeMap<>();
    paid.put("claim", t -> with(t, 1, 0, 0, 0, 0));
    paid.put("irreversible", t -> with(t, 0, 0, 1, 0, 0));
    paid.put("skew", t -> with(t, 0, 0, 0, 0, 1));
    paid.forEach((part, less) -> assertLost(right.mistaken(0, less), "leg 1: " + part));
    Map<String, UnaryOperator<Timing>> own = new TreeMap<>();
    own.put("refund", t -> with(t, 0, 1, 0, 0, 0));
    own.put("irreversible", t -> with(t, 0, 0, 1, 0, 0));
    own.put("seen", t -> with(t, 0, 0, 0, 1, 0));
    own.put("skew", t -> with(t, 0, 0, 0, 0, 1));
    own.forEach((part, less) -> assertLost(right.mistaken(1, less), "leg 2: " + part));
    Setup hard = Setup.of(Role.PARTICIPANT, 1, List.of(SOFT, HARD));
    assertLost(hard.mistaken(1, t -> with(t, 0, 0, 1, 0, 0)), "leg 2, hard: irreversible");
    Setup reveal = Setup.of(Role.INITIATOR, 1, List.of(SOFT, SOFT));
    assertLost(reveal.mistaken(1, t -> with(t, 1, 0, 0, 0, 0)), "reveal: claim");
    assertLost(reveal.mistaken(1, t -> with(t, 0, 0, 1, 0, 0)), "reveal: irreversible");
  }

  /** R1 and R2: what is in a block is not final. */
  @Test
  void aPlannerThatDoesNotWaitIsFound() {
    Setup initiator = Setup.of(Role.INITIATOR, 1, List.of(SOFT, SOFT));
    assertThat(Explorer.explore(initiator, ExplorerTest::hasty).counterexample().orElseThrow())
        .last()
        .asString()
        .contains("the secret is out before every lock is final");
    Setup participant = Setup.of(Role.PARTICIPANT, 1, List.of(SOFT, SOFT));
    assertThat(Explorer.explore(participant, ExplorerTest::hasty).counterexample().orElseThrow())
        .last()
        .asString()
        .contains("it is not paid");
  }

  private static List<SwapAction> hasty(SwapRecord record, List<ChainView> views, long now) {
    return SwapPlanner.plan(
        record,
        views.stream()
            .map(
                v ->
                    new ChainView(
                        v.leg(),
                        v.timing(),
                        v.healthy(),
                        v.observation().map(ExplorerTest::asFinal),
                        v.transactions()))
            .toList(),
        now);
  }

  private static HtlcObservation asFinal(HtlcObservation seen) {
    List<LockFunding> all =
        seen.funding().stream()
            .map(
                f ->
                    new LockFunding(
                        f.transactionId(),
                        f.outputIndex(),
                        f.amount(),
                        Math.max(1, f.confirmations()),
                        true))
            .toList();
    return new HtlcObservation(seen.chainTimeSeconds(), seen.head(), all, seen.spend());
  }

  private static void assertLost(Setup mistaken, String part) {
    Explorer.Result result = Explorer.explore(mistaken, SwapPlanner::plan);
    assertThat(result.counterexample()).as("%s", part).isPresent();
  }
}
