package dev.trestle.dist.demo;

import dev.trestle.dist.devnet.DevnetException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Kills the whole hub when a swap and a transfer are both under way, and starts it again. */
final class HubKiller {
  private final Runnable kill;
  private final LongSupplier restart;
  private final DemoPrinter out;
  private final AtomicInteger underWay = new AtomicInteger();
  private final CompletableFuture<Long> back = new CompletableFuture<>();

  /**
   * @param restart waits until the hub answers again and gives its height
   */
  HubKiller(Runnable kill, LongSupplier restart, DemoPrinter out) {
    this.kill = kill;
    this.restart = restart;
    this.out = out;
  }

  /** Called once by each job; the second call strikes, on a thread of its own. */
  void isUnderWay() {
    if (underWay.incrementAndGet() == 2) {
      Thread.ofVirtual().name("hub-killer").start(this::strike);
    }
  }

  private void strike() {
    try {
      out.note("fault", "SIGKILL to every process of the hub");
      kill.run();
      long height = restart.getAsLong();
      out.note("fault", "the hub is back at height " + height);
      back.complete(height);
    } catch (Throwable failure) { // an Error, too, must reach whoever waits for the jobs
      back.completeExceptionally(failure);
    }
  }

  /**
   * Waits until the jobs have ended and the hub is back. When it does not come back the jobs are
   * interrupted at once: without a hub they would wait to their limit and then blame something
   * else.
   *
   * @param executor runs the jobs and nothing else
   * @throws CompletionException with the killer's own failure, or else with that of a job
   */
  void awaitEnd(ExecutorService executor, List<CompletableFuture<String>> jobs) {
    back.exceptionally(
        failure -> {
          executor.shutdownNow();
          return 0L;
        });
    try {
      CompletableFuture.allOf(jobs.toArray(CompletableFuture[]::new)).join();
    } catch (CompletionException jobFailed) {
      if (back.isCompletedExceptionally()) {
        throw notBack();
      }
      throw jobFailed;
    }
    try {
      back.orTimeout(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw notBack();
    }
  }

  private CompletionException notBack() {
    Throwable cause = back.exceptionNow();
    return new CompletionException(
        new DevnetException("the killed hub did not come back: " + cause.getMessage(), cause));
  }
}
