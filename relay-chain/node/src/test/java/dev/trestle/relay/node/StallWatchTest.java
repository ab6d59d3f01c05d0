package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Diagnostics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StallWatchTest {
  private final StallWatch watch = new StallWatch();
  private long now = 1_000_000;

  private static Optional<Diagnostics> at(long height, Diagnostics.Waiting waits) {
    return Optional.of(
        new Diagnostics(
            height,
            3,
            waits,
            waits != Diagnostics.Waiting.WORK,
            EvmAddress.fromHex("11".repeat(20)),
            Optional.empty(),
            -1,
            List.of(),
            List.of(),
            List.of()));
  }

  /** Seconds after now at which something was told, within {@code seconds}. */
  private List<Long> told(Optional<Diagnostics> height, int seconds) {
    List<Long> told = new ArrayList<>();
    for (long i = 1; i <= seconds; i++) {
      now += 1_000;
      if (watch.look(height, now).isPresent()) {
        told.add(i);
      }
    }
    return told;
  }

  @Test
  void aHeightThatDoesNotEndIsToldEverLessOften() {
    assertThat(told(at(7, Diagnostics.Waiting.ROUND_CHANGES), 11)).containsExactly(11L);
    assertThat(watch.stalledMs(now)).isEqualTo(10_000);
    assertThat(told(at(7, Diagnostics.Waiting.PROPOSAL), 600))
        .as("whatever it waits for")
        .containsExactly(10L, 30L, 70L, 150L, 310L);
  }

  @Test
  void heightsThatEndAndIdleOnesAreNot() {
    for (int height = 1; height < 10; height++) {
      assertThat(told(at(height, Diagnostics.Waiting.COMMITS), 10)).isEmpty();
      assertThat(watch.stalledMs(now)).isZero();
    }
    assertThat(told(at(10, Diagnostics.Waiting.WORK), 1_000)).isEmpty();
    assertThat(told(Optional.empty(), 1_000)).isEmpty();
    assertThat(told(at(10, Diagnostics.Waiting.PREPARES), 10)).as("work came late").isEmpty();
    assertThat(told(at(10, Diagnostics.Waiting.PREPARES), 1)).hasSize(1);
  }

  @Test
  void aClockThatGoesBackTellsNothingFalse() {
    told(at(7, Diagnostics.Waiting.PROPOSAL), 11);
    now -= 3_600_000;
    assertThat(told(at(7, Diagnostics.Waiting.PROPOSAL), 10)).isEmpty();
    assertThat(watch.stalledMs(now)).isZero();
    assertThat(told(at(7, Diagnostics.Waiting.PROPOSAL), 1)).hasSize(1);
  }
}
