package dev.trestle.htlc.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.htlc.SwapStatus;
import dev.trestle.htlc.simulation.SwapSimulation.Outcome;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of simulated swaps. {@code -Dseeds=N} runs N of them, {@code -Dseed=S} replays one,
 * {@code -DfirstSeed=S} starts elsewhere.
 */
class SwapSimulationTest {
  private static final long DEFAULT_SEEDS = 10_000;

  /** A seeded bug must show within this many runs. */
  private static final long FLAW_SEEDS = 2_000;

  private static final int THREADS = 2;

  @Test
  void noHonestPartyEverLoses() {
    Long one = Long.getLong("seed");
    long first = one != null ? one : Long.getLong("firstSeed", 1L);
    long count = one != null ? 1 : Long.getLong("seeds", DEFAULT_SEEDS);
    Outcome outcome = SwapSimulation.run(Flaw.NONE, first, count, THREADS);
    System.out.println(outcome);
    assertThat(outcome.violation()).as("-Dseed").isEmpty();
    assertThat(outcome.runs()).isEqualTo(count);
    assertThat(outcome.ended(SwapStatus.LOSS)).isZero();
    if (count >= DEFAULT_SEEDS) {
      assertThat(outcome.ended(SwapStatus.COMPLETED)).isGreaterThan(count / 5);
      assertThat(outcome.ended(SwapStatus.REFUNDED)).isGreaterThan(count / 20);
      assertThat(outcome.ended(SwapStatus.ABORTED)).isGreaterThan(count / 50);
      assertThat(outcome.legs().get(3)).isGreaterThan(count / 5);
      assertThat(outcome.adversarial()).isGreaterThan(count / 2);
      Tally tally = outcome.tally();
      assertThat(
              Stream.of(
                  tally.crashes(),
                  tally.outages(),
                  tally.failedCalls(),
                  tally.reorganisations(),
                  tally.evictions(),
                  tally.feeSpikes(),
                  tally.tricks()))
          .allMatch(each -> each > count / 20);
      assertThat(tally.deepReorganisations()).isGreaterThan(count / 50);
      assertThat(tally.cycles()).isPositive();
      assertThat(tally.sickChains()).isGreaterThan(count / 20);
    }
  }

  static Stream<Flaw> flaws() {
    return Arrays.stream(Flaw.values()).filter(flaw -> flaw != Flaw.NONE);
  }

  @ParameterizedTest
  @MethodSource("flaws")
  void everySeededBugIsCaught(Flaw flaw) {
    Outcome outcome = SwapSimulation.run(flaw, 1, FLAW_SEEDS, THREADS);
    System.out.println(flaw + ": " + outcome.runs() + " runs, " + outcome.violation());
    assertThat(outcome.violation()).as("%s", flaw).isPresent();
    assertThat(outcome.violation().get().what())
        .containsPattern(
            "lost|secret is out|signed twice|does not hold|has not ended|did not notice");
  }

  @Test
  void atLeastTwentyBugsAreSeeded() {
    assertThat(flaws().count()).isGreaterThanOrEqualTo(20);
  }

  @Test
  void aSeedIsOneRunWhateverTheThreads() {
    Outcome one = SwapSimulation.run(Flaw.NONE, 500, 64, 1);
    Outcome two = SwapSimulation.run(Flaw.NONE, 500, 64, THREADS);
    assertThat(two).isEqualTo(one);
  }
}
