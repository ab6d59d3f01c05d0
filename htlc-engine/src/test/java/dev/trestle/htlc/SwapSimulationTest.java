package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.htlc.Schedule.Mistake;
import dev.trestle.htlc.Schedule.Violation;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of simulated swaps. {@code -Dseeds=N} runs N of them, {@code -Dseed=S} replays one,
 * {@code -DfirstSeed=S} starts elsewhere.
 */
class SwapSimulationTest {
  private static final int DEFAULT_SEEDS = 1_500;

  /** A seeded bug must show within this many schedules. */
  private static final int MISTAKE_SEEDS = 1_500;

  @Test
  void noHonestPartyEverLoses() {
    Long one = Long.getLong("seed");
    long first = one != null ? one : Long.getLong("firstSeed", 1);
    int count = one != null ? 1 : Integer.getInteger("seeds", DEFAULT_SEEDS);
    int done = 0;
    for (long seed = first; seed < first + count; seed++) {
      run(seed, Mistake.NONE);
      done++;
    }
    assertThat(done).isEqualTo(count);
  }

  static Stream<Mistake> mistakes() {
    return Mistakes.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void everySeededBugIsCaught(Mistake mistake) {
    for (long seed = 1; seed <= MISTAKE_SEEDS; seed++) {
      Schedule schedule = new Schedule(seed, mistake);
      try {
        schedule.run();
      } catch (Violation caught) {
        System.out.println(schedule + ": seed " + seed + ": " + caught.getMessage());
        assertThat(caught)
            .hasMessageMatching(".*(lost|secret is out|paid twice|signed twice|not ended).*");
        return;
      }
    }
    throw new AssertionError(mistake.name() + " is not caught in " + MISTAKE_SEEDS + " schedules");
  }

  private static void run(long seed, Mistake mistake) {
    Schedule schedule = new Schedule(seed, mistake);
    try {
      schedule.run();
    } catch (Violation | RuntimeException e) {
      throw new AssertionError("-Dseed=" + seed + " (" + schedule + ")", e);
    }
  }
}
