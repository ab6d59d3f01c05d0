package dev.trestle.relay.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a benchmark is run.
 *
 * @param works which lines of the table; all if empty
 * @param clients at once, where the work has many
 * @param warmup before the first run: processes are new and compile while they run
 * @param length of one run
 * @param runs of which the median counts
 * @param heapMegabytes largest heap of one validator
 * @param layout of the validators over processes
 * @param folder where the networks live while they run
 * @param peers whether other systems are measured beside
 */
public record BenchOptions(
    List<String> works,
    int clients,
    Duration warmup,
    Duration length,
    int runs,
    int heapMegabytes,
    BenchNetwork.Layout layout,
    Path folder,
    boolean peers) {
  /** Most clients at once. */
  public static final int MAX_CLIENTS = 1_000;

  public BenchOptions {
    works = List.copyOf(works);
    if (clients < 1
        || clients > MAX_CLIENTS
        || runs < 1
        || heapMegabytes < 64
        || length.toMillis() < 500) {
      throw new IllegalArgumentException(
          "1 to 1,000 clients, at least one run of half a second, at least 64 MB of heap");
    }
  }

  boolean wants(String work) {
    return works.isEmpty() || works.contains(work);
  }

  /** Operations that each of many clients needs at {@code perSecond} in all. */
  int prepared(int perSecond) {
    double seconds = warmup.toMillis() / 1e3 + runs * (length.toMillis() / 1e3 + 0.5) + 2;
    return (int) Math.ceil(seconds * perSecond / clients) + 2;
  }
}
