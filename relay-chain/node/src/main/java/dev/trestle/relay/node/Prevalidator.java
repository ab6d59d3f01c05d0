package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Budget;
import dev.trestle.relay.ledger.Answers;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has workers make the expensive checks of transactions before the core thread executes them, and
 * hands it what they have found. Of a block they begin with the last transaction, since the core
 * thread begins with the first; it never waits, and does itself what is not done when it gets
 * there.
 *
 * <p>No sender pays for this work, so it is bounded by what the chain does anyway: for every block
 * that is executed here, workers may spend as much as that block may cost, and each of them the
 * budget of one transaction over that. Belongs to the core thread.
 */
final class Prevalidator {
  private static final Logger LOG = LoggerFactory.getLogger(Prevalidator.class);

  /** Transactions that wait for a worker or whose answers are kept. */
  static final int MAX_JOBS = 4_096;

  /** Transactions of one block that workers are given. */
  static final int MAX_OF_BLOCK = 1_024;

  /** Bytes of transactions that wait for a worker and of answers that are kept. */
  static final long MAX_BYTES = 32L << 20;

  /** Blocks after which answers are not kept any longer. */
  static final long MAX_AGE = 64;

  /** Units that a look at a transaction counts for at least, also if it is refused at once. */
  static final long LEAST_UNITS = Budget.SIGNATURE;

  /** {@link Ledger#prevalidate}. */
  @FunctionalInterface
  interface Checker {
    Answers check(Transaction transaction, long timeMillis);
  }

  private final Checker checker;
  private final Executor workers;
  private final int threads;
  private final long blockUnits;
  private final long maxBytes;
  private final Map<Hash32, Job> jobs = new LinkedHashMap<>();
  private final Queue<Job> ofBlock = new ConcurrentLinkedQueue<>();
  private final BlockingQueue<Job> ofPool = new LinkedBlockingQueue<>(MAX_JOBS);
  private final AtomicInteger drains = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** Units that may be spent until the next block is executed. */
  private volatile AtomicLong allowance;

  private long height;

  /**
   * @param threads how many workers this may keep busy
   * @param blockUnits units of light-client work that one block may cost
   */
  Prevalidator(Checker checker, Executor workers, int threads, long blockUnits) {
    this(checker, workers, threads, blockUnits, MAX_BYTES);
  }

  /** With room for so many bytes. */
  Prevalidator(Checker checker, Executor workers, int threads, long blockUnits, long maxBytes) {
    this.checker = checker;
    this.workers = workers;
    this.threads = threads;
    this.blockUnits = blockUnits;
    this.maxBytes = maxBytes;
    this.allowance = new AtomicLong(blockUnits);
  }

  private enum State {
    WAITING,
    RUNNING,
    DONE,
    /** Failed, not wanted any more, or there was no room for what was found. */
    OVER
  }

  /** One look at one transaction. */
  private final class Job {
    private final long timeMillis;
    private final long madeAt = height;
    private State state = State.WAITING;
    private Optional<Transaction> transaction;
    private Answers found = Answers.NONE;

    /** Bytes that this takes up now. */
    private long held;

    Job(Transaction transaction, long timeMillis) {
      this.transaction = Optional.of(transaction);
      this.timeMillis = timeMillis;
      this.held = transaction.encode().size();
      bytes.addAndGet(held);
    }

    /** On a worker. */
    void run() {
      AtomicLong from = allowance;
      if (from.get() <= 0) {
        drop();
        return;
      }
      begin().ifPresent(subject -> check(subject, from));
    }

    private void check(Transaction subject, AtomicLong from) {
      try {
        Answers answers = checker.check(subject, timeMillis);
        from.addAndGet(-Math.max(LEAST_UNITS, answers.units()));
        end(answers);
      } catch (RuntimeException fault) {
        // execution meets it again and says so; what this has cost nobody knows
        from.set(0);
        drop();
        LOG.debug("nothing is found out about {}", subject.id(), fault);
      }
    }

    private synchronized Optional<Transaction> begin() {
      if (state != State.WAITING) {
        return Optional.empty();
      }
      state = State.RUNNING;
      return transaction;
    }

    private synchronized void end(Answers answers) {
      boolean wanted = state == State.RUNNING;
      drop();
      if (wanted && bytes.addAndGet(answers.bytes()) <= maxBytes) {
        held = answers.bytes();
        found = answers;
        state = State.DONE;
      } else if (wanted) {
        bytes.addAndGet(-answers.bytes());
      }
    }

    /** What is there by now; a worker that has not begun need not begin any more. */
    synchronized Answers take() {
      if (state == State.WAITING) {
        drop();
      }
      return found;
    }

    /** Holds nothing any more. */
    synchronized void drop() {
      bytes.addAndGet(-held);
      held = 0;
      transaction = Optional.empty();
      found = Answers.NONE;
      state = State.OVER;
    }

    /** Whether a block of this time needs no other look. */
    synchronized boolean isFor(long blockMillis) {
      return switch (state) {
        case RUNNING -> true;
        case DONE -> !found.isTimed() || timeMillis / 1_000 == blockMillis / 1_000;
        case WAITING, OVER -> false;
      };
    }
  }

  /**
   * A block could take this transaction next.
   *
   * @param timeMillis when that block is probably made
   */
  void waits(Transaction transaction, long timeMillis) {
    boolean isNew = Ledger.isExpensive(transaction) && !jobs.containsKey(transaction.id());
    if (isNew && hasRoom(transaction) && ofPool.remainingCapacity() > 0) { // nobody else adds
      ofPool.add(job(transaction, timeMillis));
      wake();
    }
  }

  /** These are executed now, in this order, each asked for with {@link #take}. */
  void begin(long timeMillis, List<Transaction> transactions) {
    allowance = new AtomicLong(blockUnits);
    ofBlock.clear(); // of a block that is over
    List<Transaction> open = new ArrayList<>();
    for (Transaction each : transactions) {
      if (Ledger.isExpensive(each)
          && Optional.ofNullable(jobs.get(each.id()))
              .filter(job -> job.isFor(timeMillis))
              .isEmpty()) {
        open.add(each);
      }
    }
    // not the first: the core thread is there before any worker
    List<Transaction> last =
        open.subList(Math.min(open.size(), Math.max(1, open.size() - MAX_OF_BLOCK)), open.size());
    for (Transaction each : last.reversed()) {
      if (hasRoom(each)) {
        ofBlock.add(job(each, timeMillis));
        wake();
      }
    }
  }

  private boolean hasRoom(Transaction transaction) {
    return bytes.get() + transaction.encode().size() <= maxBytes;
  }

  private Job job(Transaction transaction, long timeMillis) {
    Job made = new Job(transaction, timeMillis);
    forget(transaction.id());
    jobs.put(transaction.id(), made);
    while (jobs.size() > MAX_JOBS) {
      forget(jobs.keySet().iterator().next());
    }
    return made;
  }

  private void forget(Hash32 id) {
    Optional.ofNullable(jobs.remove(id)).ifPresent(Job::drop);
  }

  /** What was found out about a transaction whose turn has come. */
  Answers take(Transaction transaction) {
    return Optional.ofNullable(jobs.get(transaction.id())).map(Job::take).orElse(Answers.NONE);
  }

  /** A block with these transactions is in the chain: they are not executed again. */
  void committed(long at, List<Hash32> transactions) {
    height = at;
    transactions.forEach(this::forget);
    Iterator<Job> oldest = jobs.values().iterator();
    while (oldest.hasNext()) {
      Job job = oldest.next();
      if (job.madeAt + MAX_AGE > at) {
        return;
      }
      job.drop();
      oldest.remove();
    }
  }

  /** Bytes of all that is held. */
  long bytes() {
    return bytes.get();
  }

  private void wake() {
    int running = drains.get();
    while (running < threads && !(ofBlock.isEmpty() && ofPool.isEmpty())) {
      if (drains.compareAndSet(running, running + 1)) {
        try {
          workers.execute(this::drain);
        } catch (RejectedExecutionException closed) {
          drains.decrementAndGet();
        }
        return;
      }
      running = drains.get();
    }
  }

  /** On a worker: what a block waits for goes before what waits for a block. */
  private void drain() {
    try {
      Optional.ofNullable(ofBlock.poll())
          .or(() -> Optional.ofNullable(ofPool.poll()))
          .ifPresent(Job::run);
    } finally {
      drains.decrementAndGet();
      wake();
    }
  }
}
