package dev.trestle.relay.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * CometBFT beside: four validators with the key-value application, the same machine, run and number
 * of clients. Its operations are not signed and do next to nothing, so they are compared with null
 * operations.
 */
final class CometPeer {
  static final String ID = "peer-cometbft";

  /** Blocks that one answer lists. */
  private static final int PAGE = 20;

  private final BenchOptions options;
  private final Consumer<String> say;

  CometPeer(BenchOptions options, Consumer<String> say) {
    this.options = options;
    this.say = say;
  }

  /**
   * Rows of the peer, and beside them ours.
   *
   * @param executable cometbft; without it a line says that nothing was measured
   * @param ours what was measured before in this run
   */
  List<Outcome> measure(Optional<Path> executable, List<Outcome> ours) {
    if (executable.isEmpty()) {
      return List.of(
          new Unmeasured(
              ID,
              "CometBFT beside",
              "COMETBFT does not name an executable, so nothing is compared with it",
              Optional.empty()));
    }
    List<Outcome> rows = new ArrayList<>();
    String version = CometNetwork.version(executable.get());
    for (CometNetwork.Pace pace : CometNetwork.Pace.values()) {
      Path folder = options.folder().resolve(ID + pace.suffix());
      say.accept("cometbft " + version + ", pace " + pace + ": starting 4 validators");
      List<Row> measured = new ArrayList<>();
      try (CometNetwork network = CometNetwork.start(executable.get(), folder, pace)) {
        measured.add(throughput(network, pace));
        measured.add(ordered(network, pace));
        measured.add(alone(network, pace));
      }
      BenchNetwork.remove(folder);
      measured.forEach(row -> rows.add(row.with("version", version)));
      rows.addAll(ratios(pace, measured, ours));
    }
    return rows;
  }

  /** Many clients that each wait until their operation is in a block. */
  private Row throughput(CometNetwork network, CometNetwork.Pace pace) {
    try (CometLoad load =
        CometLoad.start(network.rpcPorts(), options.clients(), CometLoad.Wait.BLOCK, "many")) {
      Median median = windows(network, load, Comparator.comparingDouble(Load.Window::perSecond));
      load.stop();
      return median.row(
          ID + pace.suffix() + "-commit",
          "CometBFT, clients that wait for the block",
          median.window().perSecond(),
          "ops/s",
          true,
          options.clients());
    }
  }

  /** Many clients that wait for the mempool alone; what counts is what the blocks have. */
  private Row ordered(CometNetwork network, CometNetwork.Pace pace) {
    Rpc node = new Rpc(network.rpcPorts().getFirst());
    List<Double> runs = new ArrayList<>();
    try (CometLoad load =
        CometLoad.start(network.rpcPorts(), options.clients(), CometLoad.Wait.MEMPOOL, "sync")) {
      load.measure(warmup());
      for (int i = 0; i < options.runs(); i++) {
        long from = height(node);
        load.measure(options.length());
        CometAnswers.Stretch stretch = stretch(node, from, height(node));
        runs.add(stretch.perSecond());
        say.accept(String.format("  in blocks: %.0f/s", stretch.perSecond()));
      }
      load.stop();
    }
    return new Row(
        ID + pace.suffix() + "-sync",
        "CometBFT, clients that wait for the mempool; transactions in blocks",
        runs.stream().sorted().toList().get(runs.size() / 2),
        "ops/s",
        true,
        Optional.empty(),
        Map.of("clients", options.clients(), "runs", List.copyOf(runs)));
  }

  private Row alone(CometNetwork network, CometNetwork.Pace pace) {
    try (CometLoad load = CometLoad.start(network.rpcPorts(), 1, CometLoad.Wait.BLOCK, "one")) {
      Median median =
          windows(network, load, Comparator.comparingDouble(window -> window.millisAt(0.5)));
      load.stop();
      return median.row(
          ID + pace.suffix() + "-one-client-p50",
          "CometBFT, one client, one operation at a time, p50",
          median.window().millisAt(0.5),
          "ms",
          false,
          1);
    }
  }

  private record Median(Load.Window window, List<Double> perSecond, double cpuMsPerOp) {
    Row row(String id, String title, double value, String unit, boolean better, int clients) {
      Map<String, Object> more = new TreeMap<>();
      more.put("p50Ms", window.millisAt(0.5));
      more.put("p99Ms", window.millisAt(0.99));
      more.put("cpuMsPerOp", cpuMsPerOp);
      more.put("clients", clients);
      more.put("runs", perSecond);
      return new Row(id, title, value, unit, better, Optional.empty(), more);
    }
  }

  private record Timed(Load.Window window, double cpuMsPerOp) {}

  private Median windows(CometNetwork network, CometLoad load, Comparator<Load.Window> by) {
    load.measure(warmup());
    List<Timed> runs = new ArrayList<>();
    for (int i = 0; i < options.runs(); i++) {
      Duration cpu = network.cpu();
      Load.Window window = load.measure(options.length());
      double used = network.cpu().minus(cpu).toNanos() / 1e6;
      runs.add(new Timed(window, used / Math.max(1, window.count())));
      say.accept(
          String.format(
              "  run %d: %.0f/s, p50 %.2f ms, p99 %.2f ms",
              i + 1, window.perSecond(), window.millisAt(0.5), window.millisAt(0.99)));
    }
    Timed median =
        runs.stream().sorted(Comparator.comparing(Timed::window, by)).toList().get(runs.size() / 2);
    return new Median(
        median.window(),
        runs.stream().map(run -> run.window().perSecond()).toList(),
        median.cpuMsPerOp());
  }

  /** Nothing is compiled while it runs: long enough to fill mempools and connections. */
  private Duration warmup() {
    return options.warmup().dividedBy(4);
  }

  private static long height(Rpc node) {
    return CometNetwork.height(node.call("status", "[]"));
  }

  private static CometAnswers.Stretch stretch(Rpc node, long from, long to) {
    long transactions = 0;
    for (long first = from + 1; first <= to; first += PAGE) {
      long last = Math.min(to, first + PAGE - 1);
      transactions +=
          CometAnswers.transactions(
              node.call("blockchain", "[\"" + first + "\",\"" + last + "\"]"),
              (int) (last - first + 1));
    }
    Duration length =
        Duration.between(
            CometAnswers.time(node.call("block", "[\"" + from + "\"]")),
            CometAnswers.time(node.call("block", "[\"" + to + "\"]")));
    return new CometAnswers.Stretch(transactions, length);
  }

  /** Ours in multiples of the peer's, where both were measured. */
  static List<Row> ratios(CometNetwork.Pace pace, List<Row> peer, List<Outcome> ours) {
    String prefix = ID + pace.suffix();
    List<Row> ratios = new ArrayList<>();
    double nulls = valueOf("null-ops", ours);
    double waited = valueOf(prefix + "-commit", peer);
    if (nulls > 0 && waited > 0) {
      ratios.add(
          ratio(
              prefix + "-ratio-null-ops",
              "our null operations beside its clients that wait for the block, as ours do",
              nulls / waited));
    }
    double ordered = valueOf(prefix + "-sync", peer);
    if (nulls > 0 && ordered > 0) {
      ratios.add(
          ratio(
              prefix + "-ratio-null-ops-sync",
              "our null operations beside its blocks from a full mempool",
              nulls / ordered));
    }
    double theirs = valueOf(prefix + "-one-client-p50", peer);
    double one = valueOf("one-client-p50", ours);
    if (one > 0 && theirs > 0) {
      ratios.add(
          ratio(prefix + "-ratio-one-client", "its p50 of one client beside ours", theirs / one));
    }
    return ratios;
  }

  private static Row ratio(String id, String title, double value) {
    return new Row(id, title, value, "x", true, Optional.empty(), Map.of());
  }

  /** Zero if it was not measured. */
  private static double valueOf(String work, List<? extends Outcome> rows) {
    for (Outcome each : rows) {
      if (each instanceof Row row && row.work().equals(work)) {
        return row.value();
      }
    }
    return 0;
  }
}
