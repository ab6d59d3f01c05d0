package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.StateTree;
import dev.trestle.relay.node.RocksStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What a block costs as the state grows: 1,000 changes (one in five inserts) of 120-byte values on
 * the node's own store, with synced writes and a history of 64 blocks. Prints a row for each size
 * given, 10^4, 10^6 and 10^7 by default. Times are CPU time of the thread, medians: they do not
 * depend on what else the machine does.
 */
public final class StateBench {
  private static final int FILL_BATCH = 20_000;
  private static final int CHANGES = 1_000;
  private static final int BLOCKS = 60;
  private static final int WARM_UP = 20;
  private static final int VALUE_BYTES = 120;
  private static final long SEED = 7;

  private final LedgerStore store;
  private final Random random = new Random(SEED);
  private StateTree.Root tree = StateTree.Root.EMPTY;
  private long height;
  private long entries;

  /** One block: its changes, and how long each part took in nanoseconds. */
  private record Cost(long seal, long apply, int writes, long bytes) {}

  private StateBench(KeyValueStore keyValues) {
    this.store = new LedgerStore(keyValues, new LedgerOptions(64, 8_192));
    store.start(new Overlay(store.state()), 0);
  }

  public static void main(String[] sizes) throws IOException {
    List<String> wanted =
        sizes.length == 0 ? List.of("10000", "1000000", "10000000") : List.of(sizes);
    System.out.printf(
        Locale.ROOT,
        "%10s %12s %12s %12s %9s %9s %12s %12s %10s%n",
        "entries",
        "seal ms",
        "apply ms",
        "1 change us",
        "writes",
        "KiB",
        "proof us",
        "old proof us",
        "fill s");
    for (String size : wanted) {
      Path directory = Files.createTempDirectory("trestle-state");
      try (RocksStore rocks = RocksStore.open(directory, Digests.sha256(Bytes.utf8("bench")))) {
        new StateBench(rocks.state()).run(Long.parseLong(size));
      } finally {
        delete(directory);
      }
    }
  }

  private void run(long size) {
    long started = now();
    while (entries < size) {
      block((int) Math.min(FILL_BATCH, size - entries), 0);
    }
    double fillSeconds = (now() - started) / 1e9;
    Cost[] large = new Cost[BLOCKS];
    Cost[] small = new Cost[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      large[i] = block(CHANGES / 5, CHANGES - CHANGES / 5);
      small[i] = block(0, 1);
    }
    System.out.printf(
        Locale.ROOT,
        "%10d %12.2f %12.2f %12.0f %9.0f %9.0f %12.0f %12.0f %10.1f%n",
        size,
        median(large, Cost::seal) / 1e6,
        median(large, Cost::apply) / 1e6,
        median(small, Cost::seal) / 1e3,
        median(large, Cost::writes),
        median(large, Cost::bytes) / 1024,
        proof(0) / 1e3,
        proof(60) / 1e3,
        fillSeconds);
  }

  private Cost block(int inserts, int updates) {
    height++;
    Overlay block = new Overlay(store.state());
    for (int i = 0; i < inserts; i++) {
      block.put(key(entries++), value());
    }
    for (int i = 0; i < updates; i++) {
      block.put(key(random.nextLong(entries)), value());
    }
    long started = now();
    LedgerStore.Sealed sealed = store.seal(tree, LedgerStore.changes(block), height, height);
    long isSealed = now();
    store.apply(sealed.writes());
    long applied = now();
    tree = store.head().orElseThrow().root().tree();
    long bytes =
        sealed.writes().writes().entrySet().stream()
            .mapToLong(each -> each.getKey().size() + each.getValue().map(Bytes::size).orElse(0))
            .sum();
    return new Cost(isSealed - started, applied - isSealed, sealed.writes().writes().size(), bytes);
  }

  private double proof(long blocksAgo) {
    long[] times = new long[200];
    for (int i = 0; i < times.length; i++) {
      Bytes key = key(random.nextLong(entries - 20_000L > 0 ? entries - 20_000L : 1));
      long started = now();
      store.prove(height - blocksAgo, key).orThrow();
      times[i] = now() - started;
    }
    Arrays.sort(times);
    return times[times.length / 2];
  }

  private static long now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private interface Measure {
    double of(Cost cost);
  }

  private static double median(Cost[] costs, Measure measure) {
    double[] values =
        Arrays.stream(costs).skip(WARM_UP).mapToDouble(measure::of).sorted().toArray();
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

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
