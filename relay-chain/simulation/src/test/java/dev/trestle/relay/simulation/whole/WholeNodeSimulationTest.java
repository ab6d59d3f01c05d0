package dev.trestle.relay.simulation.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.node.NodeFlaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code -Dwhole.seeds=N} runs N seeds from {@code -Dwhole.seed=S}; without them 80 from 1. A
 * failing seed is in the message: {@code ./trestle simulate relay --whole-node --seed S} replays
 * it.
 */
class WholeNodeSimulationTest {
  private static final long FIRST = Long.getLong("whole.seed", 1);
  private static final long SEEDS = Long.getLong("whole.seeds", 80);
  private static final int THREADS = 2;

  /** Seeds a flaw may take to be found. */
  private static final long FLAW_SEEDS = 100;

  @Test
  void wholeNodesHoldUnderEveryFault() {
    WholeNodeSimulation.Outcome outcome =
        WholeNodeSimulation.run(NodeFlaw.NONE, FIRST, SEEDS, THREADS);
    System.out.println(outcome);
    assertThat(outcome.violation()).isEmpty();
    assertThat(outcome.runs()).isEqualTo(SEEDS);
    assertThat(outcome.transactions()).isGreaterThan(20 * SEEDS);
    if (SEEDS >= 80) {
      assertThat(outcome.sizes()).containsKeys(4, 7);
      assertEverythingHappened(outcome.faults());
    }
  }

  /** A fault that never strikes is a hole in the simulation. */
  private static void assertEverythingHappened(WholeFaults faults) {
    assertThat(faults.lost()).isPositive();
    assertThat(faults.cut()).isPositive();
    assertThat(faults.repeated()).isPositive();
    assertThat(faults.crashes()).isPositive();
    assertThat(faults.lostWrites()).isPositive();
    assertThat(faults.lostLogs()).isPositive();
    assertThat(faults.abstained()).isPositive();
    assertThat(faults.clockJumps()).isPositive();
    assertThat(faults.lies()).isPositive();
    assertThat(faults.punished()).isPositive();
    assertThat(faults.convicted()).isPositive();
    assertThat(faults.rounds()).isPositive();
    assertThat(faults.retries()).isPositive();
  }

  @Test
  void inCalmWeatherNothingIsLostAndNoRoundFails() {
    WholeReport report = WholeWorld.run(WholeScenario.calm(1));
    assertThat(report.violation()).isEmpty();
    assertThat(report.faults().crashes()).isZero();
    assertThat(report.faults().rounds()).isZero();
    assertThat(report.heights()).isGreaterThan(5);
  }

  @Test
  void sameSeedTwiceGivesTheSameRun() {
    for (long seed = 1; seed <= 5; seed++) {
      WholeReport first = WholeWorld.run(WholeScenario.of(seed, NodeFlaw.NONE));
      WholeReport second = WholeWorld.run(WholeScenario.of(seed, NodeFlaw.NONE));
      assertThat(second).as("seed %d", seed).isEqualTo(first);
    }
  }

  @Test
  void threadsChangeNothing() {
    assertThat(WholeNodeSimulation.run(NodeFlaw.NONE, 1, 4, 2))
        .isEqualTo(WholeNodeSimulation.run(NodeFlaw.NONE, 1, 4, 1));
  }

  private static String breaks(NodeFlaw flaw) {
    return switch (flaw) {
      case NONE -> throw new IllegalArgumentException("no flaw");
      case BATCH_NOT_ATOMIC -> "W1|W4|W9";
      case STORE_NOT_SYNCED -> "W4";
      case LOG_NOT_SYNCED -> "W5";
      case GUARD_FORGOTTEN -> "W3";
      case ROUND_DROPS_TRANSACTIONS -> "L2";
      case CERTIFICATE_UNCHECKED -> "W2";
    };
  }

  /** The negative control: a simulation that finds none of these would prove nothing. */
  @ParameterizedTest
  @EnumSource(value = NodeFlaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyFlawIsFound(NodeFlaw flaw) {
    WholeNodeSimulation.Outcome outcome = WholeNodeSimulation.run(flaw, 1, FLAW_SEEDS, THREADS);
    assertThat(outcome.violation()).as("%s in %d seeds", flaw, FLAW_SEEDS).isPresent();
    WholeNodeSimulation.Found found = outcome.violation().get();
    // by what it breaks, and not because the bug itself falls over its own feet
    assertThat(found.what())
        .as("seed %d", found.seed())
        .containsPattern("^(" + breaks(flaw) + ") ");
    System.out.println(
        flaw + " found with seed " + found.seed() + ": " + found.what().lines().findFirst().get());
    // nothing without the flaw
    assertThat(WholeWorld.run(WholeScenario.of(found.seed(), NodeFlaw.NONE)).violation()).isEmpty();
  }
}
