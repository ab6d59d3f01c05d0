package dev.trestle.relay.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.trestle.base.Hash32;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Runs one work on a new network: warm-up, a few runs, and a look at whether it all was true. */
final class Measurement {
  private static final Duration CONVERGE = Duration.ofSeconds(60);

  private final BenchOptions options;
  private final Consumer<String> say;

  Measurement(BenchOptions options, Consumer<String> say) {
    this.options = options;
    this.say = say;
  }

  /**
   * @param cpuMillisPerOperation of all validators together
   * @param othersPercent of the machine's processor time that neither clients nor validators had
   */
  record Run(
      Load.Window window,
      double cpuMillisPerOperation,
      double clientCpuMillisPerOperation,
      double othersPercent) {
    Map<String, Object> figures() {
      Map<String, Object> figures = new TreeMap<>();
      figures.put("p50Ms", window.millisAt(0.5));
      figures.put("p99Ms", window.millisAt(0.99));
      figures.put("cpuMsPerOp", cpuMillisPerOperation);
      figures.put("clientCpuMsPerOp", clientCpuMillisPerOperation);
      figures.put("othersCpuPercent", othersPercent);
      return figures;
    }
  }

  /**
   * @param by which run is the median
   * @param heapMegabytes that live on the heap of one process when all is over
   */
  record Result(
      List<Run> runs,
      Comparator<Run> by,
      double peakMegabytes,
      double heapMegabytes,
      double perBlock) {
    Run median() {
      return runs.stream().sorted(by).toList().get(runs.size() / 2);
    }
  }

  Result run(Workload work, Comparator<Run> by) {
    Path folder = options.folder().resolve(work.id());
    say.accept(work.title() + ": starting 4 validators");
    boolean remove = false;
    try (BenchNetwork network =
        BenchNetwork.start(
            folder,
            new BenchNetwork.Plan(
                work.machine(), work.accounts(), options.layout(), options.heapMegabytes()))) {
      List<Integer> ports = network.rpcPorts();
      try (Submitter submitter = new Submitter(network.genesis(), ports.getFirst())) {
        long started = System.nanoTime();
        work.prepare(network, submitter);
        say.accept("  prepared in " + (System.nanoTime() - started) / 1_000_000 + " ms");
      }
      long before = new Rpc(ports.getFirst()).head();
      List<Run> runs = new ArrayList<>();
      long acknowledged;
      List<Hash32> sample;
      try (Load load = Load.start(work, ports)) {
        say.accept(String.format("  warm-up: %.0f/s", load.measure(options.warmup()).perSecond()));
        for (int i = 0; i < options.runs(); i++) {
          Run run = one(network, load);
          runs.add(run);
          say.accept(
              String.format(
                  "  run %d: %.0f/s, p50 %.2f ms, p99 %.2f ms, %.3f CPU-ms/op, others %.0f%%",
                  i + 1,
                  run.window().perSecond(),
                  run.window().millisAt(0.5),
                  run.window().millisAt(0.99),
                  run.cpuMillisPerOperation(),
                  run.othersPercent()));
        }
        acknowledged = load.stop();
        sample = load.sample();
      }
      long after = verify(ports, sample);
      remove = true;
      return new Result(
          runs,
          by,
          network.peakMemoryBytes() / (1024.0 * 1024),
          network.validator(0).liveHeapBytes() / (1024.0 * 1024),
          acknowledged / (double) Math.max(1, after - before));
    } finally {
      if (remove) {
        BenchNetwork.remove(folder);
      } else {
        say.accept("  failed; what the validators wrote is in " + folder);
      }
    }
  }

  private Run one(BenchNetwork network, Load load) {
    Duration cpu = network.cpu();
    long clientCpu = ownCpuNanos();
    Machine.Ticks ticks = Machine.ticks();
    Load.Window window = load.measure(options.length());
    double operations = Math.max(1, window.count());
    double validators = network.cpu().minus(cpu).toNanos() / 1e6;
    double clients = (ownCpuNanos() - clientCpu) / 1e6;
    Machine.Ticks end = Machine.ticks();
    double all = (end.all() - ticks.all()) * 10.0; // milliseconds: a tick is a hundredth
    double busy = (end.busy() - ticks.busy()) * 10.0;
    double others = all == 0 ? 0 : Math.max(0, (busy - validators - clients) * 100 / all);
    return new Run(window, validators / operations, clients / operations, others);
  }

  /** All validators have the same chain, and what was acknowledged is in it everywhere. */
  private static long verify(List<Integer> ports, List<Hash32> sample) {
    List<Rpc> validators = ports.stream().map(Rpc::new).toList();
    long deadline = System.nanoTime() + CONVERGE.toNanos();
    long head = validators.getFirst().head();
    for (Rpc validator : validators) {
      while (validator.head() < head) {
        if (System.nanoTime() > deadline) {
          throw new BenchException("a validator does not reach height " + head);
        }
        Thread.onSpinWait();
      }
    }
    String expected = block(validators.getFirst(), head);
    for (Rpc validator : validators) {
      if (!block(validator, head).equals(expected)) {
        throw new BenchException("validators have different blocks at height " + head);
      }
    }
    for (int i = 0; i < sample.size(); i++) {
      Rpc validator = validators.get(i % validators.size());
      JsonNode found =
          validator.call("relay_getTransaction", "[\"0x" + sample.get(i).toHex() + "\"]");
      if (found.path("height").asLong() < 1) {
        throw new BenchException("an acknowledged transaction is missing: " + sample.get(i));
      }
    }
    return head;
  }

  private static String block(Rpc validator, long height) {
    JsonNode block = validator.call("relay_getBlock", "[" + height + "]");
    return block.path("id").asString() + block.path("stateRoot").asString();
  }

  private static long ownCpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }
}
