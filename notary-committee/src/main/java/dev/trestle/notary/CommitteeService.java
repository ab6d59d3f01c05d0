package dev.trestle.notary;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a {@link CommitteeMember} again and again until closed. */
public final class CommitteeService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitteeService.class);
  private static final Duration MIN_PAUSE = Duration.ofMillis(50);
  private static final long CLOSE_SECONDS = 10;

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("committee-member").factory());
  private final ScheduledFuture<?> loop;

  /**
   * Starts at once.
   *
   * @param pause between the end of one run and the start of the next, at least 50 ms
   */
  public CommitteeService(CommitteeMember member, Duration pause) {
    if (pause.compareTo(MIN_PAUSE) < 0) {
      throw new IllegalArgumentException("a pause of " + pause);
    }
    loop =
        executor.scheduleWithFixedDelay(
            () -> runOnce(member), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void runOnce(CommitteeMember member) {
    try {
      member.run();
    } catch (RuntimeException e) {
      // The executor would end silently: a bug in one run must not stop the member unnoticed.
      LOG.error("committee run failed", e);
    }
  }

  /** Waits for the run in progress, so that the guard can be closed after it. */
  @Override
  public void close() {
    loop.cancel(false);
    executor.shutdown();
    try {
      if (!executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
