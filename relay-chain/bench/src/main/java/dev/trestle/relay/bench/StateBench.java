package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.node.RocksStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a block of 1,000 changes costs as the state grows, on a validator's own store with synced
 * writes: a row for each size.
 */
public final class StateBench {
  /** Sizes of the table in {@code benchmarks.md}. */
  public static final List<Long> SIZES = List.of(10_000L, 1_000_000L, 10_000_000L);

  private static final JsonMapper JSON = new JsonMapper();

  private final StateCost.Plan plan;
  private final Path folder;
  private final boolean json;
  private final Consumer<String> out;

  /**
   * @param folder for the store of one size at a time, 8 GiB for the largest; removed again
   * @param json one object a row
   */
  public StateBench(Path folder, boolean json, Consumer<String> out) {
    this(folder, json, out, StateCost.Plan.STANDARD);
  }

  StateBench(Path folder, boolean json, Consumer<String> out, StateCost.Plan plan) {
    this.plan = plan;
    this.folder = folder;
    this.json = json;
    this.out = out;
  }

  /**
   * Measures one size after the other.
   *
   * @throws IllegalArgumentException for a size that is not measured
   */
  public void run(List<Long> sizes) throws IOException {
    Machine machine = Machine.here();
    if (!json) {
      out.accept(machine.description() + ", " + machine.commit());
      out.accept(
          String.format(
              Locale.ROOT,
              "%10s %9s %9s %12s %7s %7s %8s %9s %9s %8s %8s",
              "entries",
              "seal ms",
              "apply ms",
              "1 change us",
              "reads",
              "writes",
              "KiB",
              "proof us",
              "heap MiB",
              "disk MiB",
              "fill s"));
    }
    for (long size : sizes) {
      Path store = folder.resolve("state-" + size);
      try {
        row(size, store, machine);
      } finally {
        delete(store);
      }
    }
  }

  private void row(long size, Path store, Machine machine) throws IOException {
    StateCost.Figures figures;
    try (RocksStore rocks = RocksStore.open(store, Digests.sha256(Bytes.utf8("bench")))) {
      figures = StateCost.measure(rocks.state(), size, plan);
    }
    double disk = bytes(store) / 1024.0 / 1024.0;
    out.accept(json ? object(figures, plan, disk, machine) : line(figures, disk));
  }

  static String line(StateCost.Figures of, double disk) {
    return String.format(
        Locale.ROOT,
        "%10d %9.2f %9.2f %12.0f %7.0f %7.0f %8.0f %9.0f %9.0f %8.0f %8.1f",
        of.entries(),
        of.sealMillis(),
        of.applyMillis(),
        of.oneSealMicros(),
        of.reads(),
        of.writes(),
        of.kibibytes(),
        of.proofMicros(),
        of.heapMebibytes(),
        disk,
        of.fillSeconds());
  }

  static String object(StateCost.Figures of, StateCost.Plan plan, double disk, Machine machine) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bench", "state");
    fields.put("work", "block-of-" + plan.changes());
    fields.put("entries", of.entries());
    fields.put("value", of.sealMillis());
    fields.put("unit", "ms");
    fields.put("applyMs", of.applyMillis());
    fields.put("oneChangeUs", of.oneSealMicros());
    fields.put("reads", of.reads());
    fields.put("writes", of.writes());
    fields.put("writtenKiB", of.kibibytes());
    fields.put("proofUs", of.proofMicros());
    fields.put("heapMiB", of.heapMebibytes());
    fields.put("diskMiB", disk);
    fields.put("fillSeconds", of.fillSeconds());
    fields.put("machine", machine.description());
    fields.put("commit", machine.commit());
    return JSON.writeValueAsString(fields);
  }

  private static long bytes(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(Files::isRegularFile).mapToLong(StateBench::size).sum();
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path store) throws IOException {
    if (!Files.exists(store)) {
      return;
    }
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
