package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what processes do. */
final class Waiting {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final long LOOK_MILLIS = 20;

  private Waiting() {}

  /** Until {@code holds}; a node that does not answer now may answer later. */
  static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Executor soon = CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    while (!holdsNow(holds)) {
      assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(deadline);
      CompletableFuture.runAsync(() -> {}, soon).join();
    }
  }

  private static boolean holdsNow(BooleanSupplier holds) {
    try {
      return holds.getAsBoolean();
    } catch (BenchException noAnswer) {
      return false;
    }
  }
}
