package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The one thread that owns consensus, ledger, mempool and sync. A fault on it is a bug, a broken
 * disk or corruption: it is reported once, and from then on nothing runs here any more, so that a
 * node that does not know its own state says nothing.
 */
final class CoreThread implements Core {
  private final ScheduledThreadPoolExecutor executor;
  private final Consumer<Throwable> onFault;

  /** Set by the first fault and by {@link #close}: nothing runs after that. */
  private final AtomicBoolean faulted = new AtomicBoolean();

  CoreThread(String name, Consumer<Throwable> onFault) {
    this.executor =
        new ScheduledThreadPoolExecutor(
            1, task -> Thread.ofPlatform().name(name).daemon(true).unstarted(task));
    this.executor.setRemoveOnCancelPolicy(true);
    this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.onFault = onFault;
  }

  /** Runs later on the thread; dropped after a fault or {@link #close}. */
  @Override
  public void run(Runnable task) {
    try {
      executor.execute(guarded(task));
    } catch (RejectedExecutionException e) {
      // closed: what comes in now is for nobody
      return;
    }
  }

  @Override
  public void run(Runnable task, Runnable dropped) {
    try {
      executor.execute(
          () -> {
            if (faulted.get()) {
              dropped.run();
            } else {
              guarded(task).run();
            }
          });
    } catch (RejectedExecutionException e) {
      dropped.run();
    }
  }

  /**
   * Runs on the thread and gives what it returned; a fault of {@code task} fails the future only.
   */
  <T> Future<T> call(Callable<T> task) {
    Promise<T> result = Promise.promise();
    try {
      executor.execute(
          () -> {
            if (faulted.get()) {
              result.fail(closed());
              return;
            }
            try {
              result.complete(task.call());
            } catch (Exception e) {
              result.fail(e);
            }
          });
    } catch (RejectedExecutionException e) {
      result.fail(closed());
    }
    return result.future();
  }

  @Override
  public Runnable schedule(long delayMs, Runnable task) {
    try {
      ScheduledFuture<?> pending = executor.schedule(guarded(task), delayMs, TimeUnit.MILLISECONDS);
      return () -> pending.cancel(false);
    } catch (RejectedExecutionException e) {
      return () -> {}; // closed: nothing is due any more
    }
  }

  /**
   * Runs what is queued, then {@code last}, then stops. Must not be called on the thread itself.
   */
  void close(Runnable last) {
    executor.execute(
        () -> {
          faulted.set(true); // what comes in after this would find closed files
          last.run();
        });
    executor.shutdown();
    try {
      if (!executor.awaitTermination(30, TimeUnit.SECONDS)) {
        throw new TrestleException(NodeReason.TIMED_OUT, "the core thread does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      if (faulted.get()) {
        return;
      }
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        if (faulted.compareAndSet(false, true)) {
          onFault.accept(e);
        }
      }
    };
  }

  private static TrestleException closed() {
    return new TrestleException(NodeReason.CLOSED, "the node is closed or halted");
  }
}
