package dev.trestle.relay.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
  private final Beside beside;
  private final Consumer<String> say;
  private final Machine machine = Machine.here();

  /**
   * What else is on this machine; a line of the table that needs it is not measured without it, and
   * says so.
   *
   * @param contracts an EVM chain with the light client contract
   * @param cometbft the executable of that name
   */
  public record Beside(Optional<Supplier<CertificateGas>> contracts, Optional<Path> cometbft) {}

  /**
   * @param say progress, for people
   */
  public RelayBench(BenchOptions options, Beside beside, Consumer<String> say) {
    this.options = options;
    this.beside = beside;
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
   * @throws IllegalArgumentException if the options name a line that the table does not have
   */
  public boolean run(boolean json, Consumer<String> out) {
    List<Line> lines = lines();
    List<String> ids = lines.stream().map(Line::id).toList();
    for (String work : options.works()) {
      if (!ids.contains(work)) {
        throw new IllegalArgumentException(work + " is none of " + String.join(", ", ids));
      }
    }
    List<Outcome> all = new ArrayList<>();
    for (Line line : lines) {
      if (options.wants(line.id())) {
        for (Outcome row : line.measure(new Measurement(options, say), all)) {
          out.accept(json ? row.json(machine) : row.text());
          all.add(row);
        }
      }
    }
    return all.stream().allMatch(Outcome::isReached);
  }

  /** A part of the table. */
  private interface Line {
    String id();

    /**
     * @param before the rows of the parts before
     */
    List<? extends Outcome> measure(Measurement measurement, List<Outcome> before);
  }

  /** One that is a work on a network of ours. */
  private interface Worked extends Line {
    Workload work();

    @Override
    default String id() {
      return work().id();
    }

    @Override
    default List<? extends Outcome> measure(Measurement measurement, List<Outcome> before) {
      return measure(measurement);
    }

    List<Row> measure(Measurement measurement);
  }

  private record OnChain(Optional<Supplier<CertificateGas>> contracts) implements Line {
    @Override
    public String id() {
      return Gas.ID;
    }

    @Override
    public List<Outcome> measure(Measurement measurement, List<Outcome> before) {
      return Gas.measure(contracts);
    }
  }

  private record Peer(CometPeer peer, Optional<Path> executable) implements Line {
    @Override
    public String id() {
      return CometPeer.ID;
    }

    @Override
    public List<Outcome> measure(Measurement measurement, List<Outcome> before) {
      return peer.measure(executable, before);
    }
  }

  private List<Line> lines() {
    List<Line> lines = new ArrayList<>(works());
    lines.add(new OnChain(beside.contracts()));
    if (options.peers()) {
      lines.add(new Peer(new CometPeer(options, say), beside.cometbft()));
    }
    return lines;
  }

  private List<Line> works() {
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

  private record Throughput(Workload work, Optional<Double> target) implements Worked {
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
  private record Memory(Workload work) implements Worked {
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
  private record Behind(Workload work, CatchUp catchUp) implements Worked {
    @Override
    public List<Row> measure(Measurement measurement) {
      return catchUp.measure(work);
    }
  }

  private record Latency(Workload work) implements Worked {
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
