package dev.trestle.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StallWatchTest {
  private final StallWatch watch = new StallWatch(Duration.ofMillis(100));

  @Test
  void anIdleChainIsNotStalledHoweverOldItsHeadIs() {
    assertThat(watch.stalledSince(false, 1_000_000)).isEmpty();
    assertThat(watch.stalledSince(true, 2_000_000)).as("it has only begun to wait").isEmpty();
    assertThat(watch.stalledSince(true, 2_000_101)).hasValue(2_000_000);
    assertThat(watch.stalledSince(true, 9_000_000)).as("the beginning stays").hasValue(2_000_000);
    assertThat(watch.stalledSince(false, 9_000_001)).isEmpty();
    assertThat(watch.stalledSince(true, 9_000_300)).isEmpty();
  }

  @Test
  void aBlockBeginsTheWaitAnew() {
    watch.waiting(0);
    watch.block(90);
    assertThat(watch.stalledSince(true, 180)).isEmpty();
    assertThat(watch.stalledSince(true, 191)).hasValue(90);
  }

  @Test
  void aFaultIsDatedOnce() {
    assertThat(watch.stopped(5)).isEqualTo(5);
    assertThat(watch.stopped(9)).isEqualTo(5);
  }
}
