package dev.trestle.relay.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * How fast a validator that was down fetches, verifies and executes what the other three produced,
 * beside the speed of all four together. Operations are compared, since blocks differ in size. Live
 * production shares this machine among four validators and the clients; catching up among the one
 * that is late and those that serve it.
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

  private record Speed(double blocks, double operations) {
    static Speed of(long blocks, long operations, long nanos) {
      double seconds = Math.max(1, nanos) / 1e9;
      return new Speed(blocks / seconds, operations / seconds);
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
    Path folder = options.folder().resolve(work.id());
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
    Speed live;
    long missed;
    try (Load load = Load.start(work, up)) {
      load.measure(options.warmup());
      live = produce(source, load).speed();
      network.validator(DOWN).stop();
      missed = produce(source, load).operations();
      load.stop();
    }
    say.accept(
        String.format("  live: %.0f ops/s, %.1f blocks/s", live.operations(), live.blocks()));
    long target = source.head();
    long launched = System.nanoTime();
    network.restart(DOWN);
    Rpc late = new Rpc(network.validator(DOWN).rpcPorts().getFirst());
    long first = late.head();
    long started = System.nanoTime();
    await(late, target);
    Speed caughtUp = Speed.of(target - first, missed, System.nanoTime() - started);
    say.accept(
        String.format(
            "  catching up: %.0f ops/s, %.1f blocks/s over %d blocks",
            caughtUp.operations(), caughtUp.blocks(), target - first));
    Map<String, Object> more = new TreeMap<>();
    more.put("blocks", (double) (target - first));
    more.put("liveBlocksPerSecond", live.blocks());
    more.put("liveOpsPerSecond", live.operations());
    more.put("blocksPerSecond", caughtUp.blocks());
    more.put("opsPerSecond", caughtUp.operations());
    more.put("processStartMs", (started - launched) / 1e6);
    return new Row(
        work.id(),
        "catching up, in multiples of live production",
        caughtUp.operations() / Math.max(1e-9, live.operations()),
        "x",
        true,
        Optional.of(TARGET),
        more);
  }

  private record Produced(Speed speed, long operations) {}

  private Produced produce(Rpc source, Load load) {
    long head = source.head();
    long started = System.nanoTime();
    long operations = 0;
    for (int i = 0; i < options.runs(); i++) {
      operations += load.measure(options.length()).count();
    }
    long nanos = System.nanoTime() - started;
    return new Produced(Speed.of(source.head() - head, operations, nanos), operations);
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
