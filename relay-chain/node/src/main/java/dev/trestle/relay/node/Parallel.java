package dev.trestle.relay.node;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Work on many things by the caller and by whoever else is free. */
final class Parallel {
  private Parallel() {}

  /**
   * Gives every item to {@code work} and returns when all are done. The caller works too, so that
   * helpers which are busy cost time and nothing else.
   *
   * @param helpers most threads besides the caller
   * @param work must not throw
   */
  static <T> void each(List<T> items, Executor pool, int helpers, Consumer<T> work) {
    AtomicInteger next = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(items.size());
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < items.size(); i = next.getAndIncrement()) {
            try {
              work.accept(items.get(i));
            } finally {
              done.countDown();
            }
          }
        };
    for (int i = 0; i < Math.min(helpers, items.size() - 1); i++) {
      pool.execute(share);
    }
    share.run();
    boolean interrupted = false;
    while (done.getCount() > 0) {
      try {
        done.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
