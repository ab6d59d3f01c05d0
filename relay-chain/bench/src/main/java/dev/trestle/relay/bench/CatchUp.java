package dev.trestle.relay.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * How fast a validator that was down fetches, verifies and executes what the other three produced,
 * beside how fast they produced it. Live production has clients and three validators on this
 * machine, catching up has one validator and one that serves it.
 */
final class CatchUp {
  private static final double TARGET = 5;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long LOOK_NANOS = 2_000_000;
  private static final int DOWN = BenchNetwork.VALIDATORS - 1;

  private final BenchOptions options;
  private final Consumer<String> say;

  CatchUp(BenchOptions options, Consumer<String> say) {
    this.options = options;
    this.say = say;
  }

  /** A speed, in both units: blocks have as many operations as came in while the last was made. */
  private record Speed(double blocks, double operations) {
    static Speed of(long blocks, double perBlock, long nanos) {
      double seconds = Math.max(1, nanos) / 1e9;
      return new Speed(blocks / seconds, blocks * perBlock / seconds);
    }
  }

  /** One row: catching up, in multiples of live production. */
  List<Row> measure(Workload work) {
    BenchNetwork.Plan plan =
        new BenchNetwork.Plan(
            work.machine(),
            work.accounts(),
            BenchNetwork.Layout.PROCESSES,
            options.heapMegabytes());
    var folder = options.folder().resolve(work.id());
    say.accept(work.title() + ": starting 4 validators");
    Row row;
    try (BenchNetwork network = BenchNetwork.start(folder, plan)) {
      row = measure(work, network);
    }
    BenchNetwork.remove(folder);
    return List.of(row);
  }

  private Row measure(Workload work, BenchNetwork network) {
    List<Integer> up = network.rpcPorts().subList(0, DOWN);
    Rpc source = new Rpc(up.getFirst());
    try (Submitter submitter = new Submitter(network.genesis(), up.getFirst())) {
      work.prepare(network, submitter);
    }
    network.validator(DOWN).stop();
    double live;
    Speed produced;
    double perBlock;
    try (Load load = Load.start(work, up)) {
      load.measure(options.warmup());
      long head = source.head();
      long started = System.nanoTime();
      long operations = 0;
      for (int i = 0; i < options.runs(); i++) {
        operations += load.measure(options.length()).count();
      }
      long nanos = System.nanoTime() - started;
      long blocks = source.head() - head;
      perBlock = operations / (double) Math.max(1, blocks);
      produced = Speed.of(blocks, perBlock, nanos);
      live = produced.operations();
      load.stop();
    }
    say.accept(String.format("  live: %.0f blocks/s, %.0f ops/s", produced.blocks(), live));
    long target = source.head();
    long launched = System.nanoTime();
    network.restart(DOWN);
    Rpc late = new Rpc(network.validator(DOWN).rpcPorts().getFirst());
    long first = late.head();
    long started = System.nanoTime();
    await(late, target);
    Speed caughtUp = Speed.of(target - first, perBlock, System.nanoTime() - started);
    say.accept(
        String.format(
            "  catching up: %.0f blocks/s, %.0f ops/s over %d blocks",
            caughtUp.blocks(), caughtUp.operations(), target - first));
    Map<String, Object> more = new TreeMap<>();
    more.put("blocks", (double) (target - first));
    more.put("liveBlocksPerSecond", produced.blocks());
    more.put("liveOpsPerSecond", live);
    more.put("blocksPerSecond", caughtUp.blocks());
    more.put("opsPerSecond", caughtUp.operations());
    more.put("processStartMs", (started - launched) / 1e6);
    return new Row(
        work.id(),
        "catching up, in multiples of live production",
        caughtUp.blocks() / Math.max(1e-9, produced.blocks()),
        "x",
        true,
        Optional.of(TARGET),
        more);
  }

  private static void await(Rpc validator, long height) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (validator.head() < height) {
      if (System.nanoTime() > deadline) {
        throw new BenchException("a validator does not catch up to height " + height);
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
