package dev.trestle.relay.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.consensus.Flaw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code -Dseeds=N} runs N seeds from {@code -Dseed=S}; without them a short default. A failing
 * seed is in the message: {@code -Dseed=<it> -Dseeds=1} replays it.
 */
class SimulationTest {
  private static final long FIRST = Long.getLong("seed", 1);
  private static final long SEEDS = Long.getLong("seeds", 1500);

  /** Seeds a flaw may take to be found. */
  private static final long FLAW_SEEDS = 600;

  @Test
  void correctProtocolHoldsUnderEveryAttack() {
    long heights = 0;
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      Report report = World.run(Scenario.of(seed, Flaw.NONE));
      assertThat(report.violation())
          .as("replay with -Dseed=%d -Dseeds=1: %s", seed, report.scenario())
          .isEmpty();
      heights += report.heights();
    }
    System.out.println(SEEDS + " seeds from " + FIRST + ", " + heights + " heights, no violation");
    assertThat(heights).isGreaterThan(SEEDS * 3);
  }

  /** Each of these once stopped the chain for good. */
  @ParameterizedTest
  @ValueSource(longs = {57, 279, 100_496})
  void seedsThatFailedOnce(long seed) {
    Report report = World.run(Scenario.of(seed, Flaw.NONE));
    assertThat(report.violation()).as("seed %d: %s", seed, report.scenario()).isEmpty();
  }

  @Test
  void sameSeedTwiceGivesTheSameRun() {
    for (long seed = 1; seed <= 12; seed++) {
      Report first = World.run(Scenario.of(seed, Flaw.NONE));
      Report second = World.run(Scenario.of(seed, Flaw.NONE));
      assertThat(second).as("seed %d", seed).isEqualTo(first);
      assertThat(World.run(Scenario.of(seed + 1000, Flaw.NONE)).audit())
          .isNotEqualTo(first.audit());
    }
  }

  /** The negative control: a simulation that finds none of these would prove nothing. */
  @ParameterizedTest
  @EnumSource(value = Flaw.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void everyFlawIsFound(Flaw flaw) {
    for (long seed = 1; seed <= FLAW_SEEDS; seed++) {
      Report report = World.run(Scenario.of(seed, flaw));
      if (report.violation().isPresent()) {
        System.out.println(flaw + " found with seed " + seed + ": " + report.violation().get());
        return;
      }
    }
    throw new AssertionError(flaw + " not found in " + FLAW_SEEDS + " seeds");
  }
}
