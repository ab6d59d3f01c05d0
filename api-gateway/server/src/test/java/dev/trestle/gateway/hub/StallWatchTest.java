package dev.trestle.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StallWatchTest {
  private final StallWatch watch = new StallWatch(Duration.ofMillis(100));

  @Test
  void anIdleChainIsNotStalledHoweverOldItsHeadIs() {
    assertThat(watch.isStalled(false, 1_000_000)).isFalse();
    assertThat(watch.isStalled(true, 2_000_000)).as("it has only begun to wait").isFalse();
    assertThat(watch.isStalled(true, 2_000_101)).isTrue();
    assertThat(watch.isStalled(false, 2_000_102)).isFalse();
    assertThat(watch.isStalled(true, 2_000_300)).isFalse();
  }

  @Test
  void aBlockBeginsTheWaitAnew() {
    watch.waiting(0);
    watch.block(90);
    assertThat(watch.isStalled(true, 180)).isFalse();
    assertThat(watch.isStalled(true, 191)).isTrue();
  }
}
