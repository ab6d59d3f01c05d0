package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.LedgerOptions;
import dev.trestle.relay.ledger.MeasuredState;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * What blocks cost on a state of some size: their time, and what they read and write. Times are
 * those of the thread on the processor, so that they do not depend on what else the machine does.
 */
final class StateCost {
  /** Entries are numbered in 24 bits. */
  static final long MAX_ENTRIES = 1 << 24;

  private static final int FILL_BATCH = 20_000;
  private static final int NUMBER_BITS = 24;
  private static final int VALUE_BYTES = 120;
  private static final int PROOFS = 200;
  private static final long SEED = 7;

  /** Nothing old is kept and much is cached: it is only there to come to the size. */
  private static final LedgerOptions FILLING = new LedgerOptions(1, 65_536);

  private final Plan plan;
  private final Counted store;
  private final MeasuredState state;
  private final Random random = new Random(SEED);
  private long entries;

  /**
   * @param changes of a block, one in five an insertion
   * @param blocks of that kind; as many of one change each in between
   * @param warmUp of these, which do not count
   * @param options of the ledger that is measured
   */
  record Plan(int changes, int blocks, int warmUp, LedgerOptions options) {
    static final Plan STANDARD = new Plan(1_000, 60, 20, new LedgerOptions(64, 8_192));
  }

  /**
   * Medians of blocks.
   *
   * @param entries before the first of them
   * @param sealMillis to compute the new root and all that has to be written
   * @param applyMillis to hand it to the store
   * @param oneSealMicros as {@code sealMillis}, of a block with one change
   * @param reads of the store: values before and pages of the tree that are not in memory
   * @param writes keys
   * @param kibibytes of keys and values that are written
   * @param proofMicros of a value at the head, with its verification
   * @param heapMebibytes that are alive afterwards
   * @param fillSeconds to come to this size, by the clock
   */
  record Figures(
      long entries,
      double sealMillis,
      double applyMillis,
      double oneSealMicros,
      double reads,
      double writes,
      double kibibytes,
      double proofMicros,
      double heapMebibytes,
      double fillSeconds) {}

  /** The times of one block in nanoseconds. */
  private record Cost(long seal, long apply, long reads, int writes, long bytes) {}

  private record Counted(KeyValueStore inner, AtomicLong reads) implements KeyValueStore {
    @Override
    public Optional<Bytes> get(Bytes key) {
      reads.incrementAndGet();
      return inner.get(key);
    }

    @Override
    public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
      reads.incrementAndGet();
      return inner.scan(prefix, after, limit);
    }

    @Override
    public void apply(Batch batch) {
      inner.apply(batch);
    }
  }

  private StateCost(KeyValueStore keyValues, Plan plan) {
    this.plan = plan;
    this.store = new Counted(keyValues, new AtomicLong());
    this.state = new MeasuredState(store, FILLING);
  }

  /**
   * Fills an empty store and measures.
   *
   * @throws IllegalArgumentException unless 1 to {@link #MAX_ENTRIES} entries are wanted
   */
  static Figures measure(KeyValueStore keyValues, long entries, Plan plan) {
    if (entries < 1 || entries > MAX_ENTRIES) {
      throw new IllegalArgumentException(entries + " entries: 1 to " + MAX_ENTRIES);
    }
    return new StateCost(keyValues, plan).run(entries);
  }

  private Figures run(long size) {
    long started = System.nanoTime();
    fill((int) size);
    double fillSeconds = (System.nanoTime() - started) / 1e9;
    state.reopen(plan.options());
    Cost[] large = new Cost[plan.blocks()];
    Cost[] small = new Cost[plan.blocks()];
    for (int i = 0; i < plan.blocks(); i++) {
      large[i] = block(plan.changes() / 5, plan.changes() - plan.changes() / 5);
      small[i] = block(0, 1);
    }
    return new Figures(
        size,
        median(large, Cost::seal) / 1e6,
        median(large, Cost::apply) / 1e6,
        median(small, Cost::seal) / 1e3,
        median(large, Cost::reads),
        median(large, Cost::writes),
        median(large, Cost::bytes) / 1024,
        proof(size) / 1e3,
        heap() / 1024.0 / 1024.0,
        fillSeconds);
  }

  /** In the order of the tree, so that each of its pages is written about once. */
  private void fill(int size) {
    long[] order = new long[size];
    for (int number = 0; number < size; number++) {
      Bytes start = Digests.keccak256(key(number)).bytes().slice(0, 5);
      long place = 0;
      for (int i = 0; i < start.size(); i++) {
        place = place << 8 | start.at(i);
      }
      order[number] = place << NUMBER_BITS | number;
    }
    // five bytes above the number: the sign is the first bit of the hash
    for (int i = 0; i < size; i++) {
      order[i] ^= Long.MIN_VALUE;
    }
    Arrays.sort(order);
    for (int from = 0; from < size; from += FILL_BATCH) {
      Map<Bytes, Bytes> values = new TreeMap<>();
      for (int i = from; i < Math.min(size, from + FILL_BATCH); i++) {
        values.put(key(order[i] & (MAX_ENTRIES - 1)), value());
      }
      state.apply(state.seal(values));
    }
    entries = size;
  }

  private Cost block(int inserts, int updates) {
    Map<Bytes, Bytes> values = new TreeMap<>();
    for (int i = 0; i < inserts; i++) {
      values.put(key(entries++), value());
    }
    for (int i = 0; i < updates; i++) {
      values.put(key(random.nextLong(entries)), value());
    }
    long readBefore = store.reads().get();
    long started = now();
    Batch writes = state.seal(values);
    long isSealed = now();
    long reads = store.reads().get() - readBefore;
    state.apply(writes);
    long applied = now();
    long bytes =
        writes.writes().entrySet().stream()
            .mapToLong(each -> each.getKey().size() + each.getValue().map(Bytes::size).orElse(0))
            .sum();
    return new Cost(isSealed - started, applied - isSealed, reads, writes.writes().size(), bytes);
  }

  /** Of values that are everywhere in the tree. */
  private double proof(long size) {
    long[] times = new long[PROOFS];
    for (int i = 0; i < times.length; i++) {
      Bytes key = key(random.nextLong(size));
      long started = now();
      state.prove(state.height(), key);
      times[i] = now() - started;
    }
    Arrays.sort(times);
    return times[times.length / 2];
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      ManagementFactory.getMemoryMXBean().gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private double median(Cost[] costs, ToDoubleFunction<Cost> figure) {
    double[] values =
        Arrays.stream(costs).skip(plan.warmUp()).mapToDouble(figure).sorted().toArray();
    return values[values.length / 2];
  }

  /** Keys as the ledger has them: a table and a hash. */
  private static Bytes key(long number) {
    Hash32 id = Digests.sha256(new CanonicalWriter().u64(number).toBytes());
    return new CanonicalWriter().u8(8).hash(id).toBytes();
  }

  private Bytes value() {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    return Bytes.wrap(value);
  }
}
