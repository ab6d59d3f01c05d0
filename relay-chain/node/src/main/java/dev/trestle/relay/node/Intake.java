package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The way of a transaction from whoever sent it to the core thread. Workers check form and
 * signature; what comes in while they are busy is checked and handed over together, so that the
 * cost of changing threads is shared by more the more there is to do.
 */
final class Intake {
  /** Most transactions that are handed over at once. */
  static final int MAX_BATCH = 512;

  private final StateMachine machine;
  private final Executor workers;
  private final int maxDrains;
  private final Consumer<List<Checked>> core;
  private final Queue<Batch> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger drains = new AtomicInteger();

  /**
   * Transactions that came together.
   *
   * @param from the peer that sent them; empty for our own users
   * @param done told of the verdicts, in order, on the core thread
   */
  record Batch(List<Bytes> encoded, Optional<Hash32> from, Consumer<List<Verdict<Hash32>>> done) {}

  /** A batch and what the machine said of each. */
  record Checked(Batch batch, List<Verdict<Admitted>> verdicts) {}

  /**
   * @param maxDrains how many workers this may keep busy
   * @param core takes checked batches on, from a worker's thread
   */
  Intake(StateMachine machine, Executor workers, int maxDrains, Consumer<List<Checked>> core) {
    this.machine = machine;
    this.workers = workers;
    this.maxDrains = maxDrains;
    this.core = core;
  }

  void offer(Batch batch) {
    queue.add(batch);
    wake();
  }

  private void wake() {
    int running = drains.get();
    while (running < maxDrains && !queue.isEmpty()) {
      if (drains.compareAndSet(running, running + 1)) {
        workers.execute(this::drain);
        return;
      }
      running = drains.get();
    }
  }

  /**
   * Takes what waits, once. For more it queues up behind the workers' other tasks: a flood of
   * transactions must not keep them from the blocks and bodies that the chain waits for.
   */
  private void drain() {
    try {
      List<Checked> checked = new ArrayList<>();
      for (Batch batch : take()) {
        checked.add(new Checked(batch, batch.encoded().stream().map(machine::admit).toList()));
      }
      if (!checked.isEmpty()) {
        core.accept(checked);
      }
    } finally {
      drains.decrementAndGet();
      wake();
    }
  }

  private List<Batch> take() {
    List<Batch> taken = new ArrayList<>();
    int count = 0;
    while (count < MAX_BATCH) {
      Batch next = queue.poll();
      if (next == null) {
        break;
      }
      taken.add(next);
      count += next.encoded().size();
    }
    return taken;
  }
}
