package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ParallelTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 1_000).boxed().toList();

  @Test
  void everyItemIsDoneOnceByTheCallerAndTheHelpers() {
    Queue<Integer> done = new ConcurrentLinkedQueue<>();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    CountDownLatch both = new CountDownLatch(2);
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      Parallel.each(
          ITEMS,
          pool,
          1,
          item -> {
            if (threads.add(Thread.currentThread())) {
              both.countDown();
              awaiting(both); // neither can do it all alone
            }
            done.add(item);
          });
      assertThat(done).hasSize(1_000).containsAll(ITEMS);
    }
    assertThat(threads).hasSize(2).contains(Thread.currentThread());
  }

  @Test
  void helpersThatNeverComeAreNotWaitedFor() {
    Queue<Integer> done = new ConcurrentLinkedQueue<>();
    Parallel.each(ITEMS, never -> {}, 3, done::add);
    assertThat(done).containsExactlyElementsOf(ITEMS);
  }

  private static void awaiting(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
