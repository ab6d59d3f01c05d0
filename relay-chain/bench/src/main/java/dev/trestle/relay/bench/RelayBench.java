package dev.trestle.relay.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The benchmark of the relay chain: the lines of its table, one after the other. */
public final class RelayBench {
  private static final double NULL_OPS = 8_000;
  private static final double SIGNED = 5_000;
  private static final double PACKETS = 3_000;
  private static final double HEAP_MB = 512;
  private static final int FEW_ACCOUNTS = 10_000;
  private static final int MANY_ACCOUNTS = 1_000_000;
  private static final double ONE_P50_MS = 2.5;
  private static final double ONE_P99_MS = 8;

  private final BenchOptions options;
  private final Consumer<String> say;
  private final Machine machine = Machine.here();

  /**
   * @param say progress, for people
   */
  public RelayBench(BenchOptions options, Consumer<String> say) {
    this.options = options;
    this.say = say;
  }

  /** What the figures are of, in one line. */
  public String heading() {
    return machine.description()
        + "; commit "
        + machine.commit()
        + switch (options.layout()) {
          case PROCESSES -> "; 4 validators, a process each,";
          case TOGETHER -> "; 4 validators in one process,";
        }
        + " on the loopback address, logs and stores forced to the disk";
  }

  /**
   * Measures.
   *
   * @param json one JSON object a row instead of text
   * @param out gets each row as soon as it is known
   * @return whether every target was reached
   */
  public boolean run(boolean json, Consumer<String> out) {
    boolean reached = true;
    for (Line line : lines()) {
      if (options.wants(line.work().id())) {
        for (Row row : line.measure(new Measurement(options, say))) {
          out.accept(json ? row.json(machine) : row.text());
          reached &= row.isReached();
        }
      }
    }
    return reached;
  }

  private interface Line {
    Workload work();

    List<Row> measure(Measurement measurement);
  }

  private List<Line> lines() {
    int clients = options.clients();
    return List.of(
        new Throughput(
            Workloads.NullOps.of("null-ops", "null operations", clients), Optional.of(NULL_OPS)),
        new Throughput(
            new Workloads.SignedTransfers(
                "signed-transfers", clients, options.prepared((int) (SIGNED * 1.6)), FEW_ACCOUNTS),
            Optional.of(SIGNED)),
        new Latency(Workloads.NullOps.of("one-client", "one client, one operation at a time", 1)),
        new Throughput(
            new Workloads.VerifiedPackets(clients, options.prepared((int) (PACKETS * 1.4))),
            Optional.of(PACKETS)),
        new Throughput(
            new Workloads.OpenedTransfers(clients, options.prepared((int) (PACKETS * 1.4))),
            Optional.empty()),
        new Memory(
            new Workloads.SignedTransfers(
                "memory", clients, options.prepared((int) (SIGNED * 1.6)), MANY_ACCOUNTS)),
        new Behind(
            new Workloads.SignedTransfers(
                "catch-up", clients, options.prepared((int) (SIGNED * 1.6)), FEW_ACCOUNTS),
            new CatchUp(options, say)));
  }

  private record Throughput(Workload work, Optional<Double> target) implements Line {
    @Override
    public List<Row> measure(Measurement measurement) {
      Measurement.Result result =
          measurement.run(work, Comparator.comparingDouble(run -> run.window().perSecond()));
      Measurement.Run median = result.median();
      Map<String, Object> more = new TreeMap<>(median.figures());
      more.put("clients", work.clients());
      more.put("runs", result.runs().stream().map(run -> run.window().perSecond()).toList());
      more.put("opsPerBlock", result.perBlock());
      more.put("peakMB", result.peakMegabytes());
      return List.of(
          new Row(
              work.id(), work.title(), median.window().perSecond(), "ops/s", true, target, more));
    }
  }

  /** One validator's heap with a large state; the limit itself is the processes'. */
  private record Memory(Workload work) implements Line {
    @Override
    public List<Row> measure(Measurement measurement) {
      Measurement.Result result =
          measurement.run(work, Comparator.comparingDouble(run -> run.window().perSecond()));
      Map<String, Object> more = new TreeMap<>(result.median().figures());
      more.put("perSecond", result.median().window().perSecond());
      more.put("peakMB", result.peakMegabytes());
      more.put("entries", work.accounts());
      return List.of(
          new Row(
              work.id(),
              work.title() + ", live heap of one validator",
              result.heapMegabytes(),
              "MB",
              false,
              Optional.of(HEAP_MB),
              more));
    }
  }

  /** A validator that was down. */
  private record Behind(Workload work, CatchUp catchUp) implements Line {
    @Override
    public List<Row> measure(Measurement measurement) {
      return catchUp.measure(work);
    }
  }

  private record Latency(Workload work) implements Line {
    @Override
    public List<Row> measure(Measurement measurement) {
      Measurement.Result result =
          measurement.run(work, Comparator.comparingDouble(run -> run.window().millisAt(0.5)));
      Measurement.Run median = result.median();
      Map<String, Object> more = new TreeMap<>(median.figures());
      more.put("perSecond", median.window().perSecond());
      List<Row> rows = new ArrayList<>();
      rows.add(row("p50", median.window().millisAt(0.5), ONE_P50_MS, more));
      rows.add(row("p99", median.window().millisAt(0.99), ONE_P99_MS, more));
      return rows;
    }

    private Row row(String quantile, double millis, double target, Map<String, Object> more) {
      return new Row(
          work.id() + "-" + quantile,
          work.title() + ", " + quantile,
          millis,
          "ms",
          false,
          Optional.of(target),
          more);
    }
  }
}
