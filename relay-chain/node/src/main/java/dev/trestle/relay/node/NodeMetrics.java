package dev.trestle.relay.node;

import dev.trestle.relay.ledger.Receipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * The figures of one node in Prometheus' text format, all under {@code trestle_node_}, those of its
 * JVM, and those of the role that it serves. What changes with every block is counted as it
 * happens; the rest is read from a status when somebody asks.
 */
final class NodeMetrics implements BlockListener, AutoCloseable {
  private static final String PREFIX = "trestle.node.";

  /** Upper bounds of the histogram of block times. */
  private static final Duration[] BLOCK_TIMES = millis(100, 250, 500, 1_000, 2_500, 5_000, 15_000);

  /** Upper bounds of the histogram of the log's forced writes. */
  private static final Duration[] SYNC_TIMES = millis(1, 2, 5, 10, 25, 100, 500);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final Counter blocks = counter("blocks", "Blocks stored since the start");
  private final Counter roundChanges =
      counter("round.changes", "Rounds beyond the first that those blocks needed");
  private final Counter evidence = counter("evidence", "Proofs of a validator's fault in blocks");
  private final Map<Receipt.Outcome, Counter> transactions = new TreeMap<>();
  private final Timer blockTimes = timer("block.interval", BLOCK_TIMES);
  private final Timer syncs = timer("wal.sync", SYNC_TIMES);
  private final MultiGauge peerLag;
  private volatile Optional<NodeStatus> status = Optional.empty();

  private final List<RoleMetrics> roles = new CopyOnWriteArrayList<>();

  /** Block time of the newest block that was counted, milliseconds. */
  private long lastBlockMs = -1;

  NodeMetrics() {
    for (Receipt.Outcome outcome : Receipt.Outcome.values()) {
      transactions.put(
          outcome,
          Counter.builder(PREFIX + "transactions")
              .description("Transactions in those blocks")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    peerLag =
        MultiGauge.builder(PREFIX + "peer.lag.blocks")
            .description("Blocks that a peer is behind this node, by what it says")
            .register(registry);
    chain();
    machine();
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    collections.bindTo(registry);
  }

  private void chain() {
    gauge("height", "Height of the newest block", NodeStatus::head);
    gauge("lowest.height", "Height of the lowest block that is kept", NodeStatus::lowest);
    gauge("network.height", "The head that the others have", NodeStatus::networkHead);
    gauge(
        "sync.lag.blocks",
        "Blocks that this node is behind the others",
        now -> Math.max(0, now.networkHead() - now.head()));
    gauge(
        "round",
        "Round of the height that is being decided",
        now -> now.deciding().map(height -> (double) height.round()).orElse(0.0));
    gauge(
        "height.stalled.seconds",
        "How long the height that is being decided takes, 0 while that is usual",
        now -> now.stalledMs() / 1_000.0);
    gauge("peers", "Connected nodes", now -> now.peers().size());
    gauge("peers.banned", "Peers and hosts that are not spoken with", NodeStatus::banned);
    gauge(
        "validators.missing",
        "Validators not connected, or not heard of in this round",
        now -> now.missing().size());
    gauge("mempool.transactions", "Transactions that wait", NodeStatus::waiting);
    gauge("ready", "1 if it answers /readyz with 200", now -> flag(now.isReady()));
    gauge("halted", "1 after a fault that stopped it", now -> flag(now.halted().isPresent()));
    gauge(
        "silent",
        "1 if this validator does not vote",
        now -> flag(now.validator().isPresent() && now.silent().isPresent()));
  }

  private void machine() {
    gauge("disk.free.bytes", "Room where the node writes", now -> now.disk().freeBytes());
    gauge("disk.min.free.bytes", "With less it pauses", now -> now.disk().minFreeBytes());
    gauge("disk.paused", "1 while it signs and stores nothing", now -> flag(now.disk().paused()));
    FunctionCounter.builder(
            PREFIX + "guard.records",
            this,
            metrics ->
                metrics
                    .status
                    .flatMap(NodeStatus::guard)
                    .map(guard -> (double) guard.sequence())
                    .orElse(0.0))
        .description("Records of the sign guard, over the life of the key")
        .register(registry);
  }

  /** On the thread of the events, in order of height. */
  @Override
  public void onBlock(DecidedBlock block) {
    long timeMs = block.block().header().timeMs();
    if (lastBlockMs >= 0) {
      blockTimes.record(timeMs - lastBlockMs, TimeUnit.MILLISECONDS);
    }
    lastBlockMs = timeMs;
    blocks.increment();
    roundChanges.increment(block.certificate().round());
    evidence.increment(block.block().evidence().size());
    for (Receipt receipt : block.receipts()) {
      Counter counter = transactions.get(receipt.outcome());
      if (counter != null) {
        counter.increment();
      }
    }
  }

  /** A forced write of the write-ahead log took so many nanoseconds. */
  void logSynced(long nanos) {
    syncs.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** From now on those of the role are shown, too. */
  void add(RoleMetrics role) {
    role.bind(registry);
    roles.add(role);
  }

  /** Everything, as of this status. */
  synchronized String scrape(NodeStatus now) {
    status = Optional.of(now);
    roles.forEach(RoleMetrics::refresh);
    List<MultiGauge.Row<?>> lags = new ArrayList<>();
    for (NodeStatus.PeerView peer : now.peers()) {
      Tags tags =
          Tags.of(
              "peer", peer.fingerprint().toHex().substring(0, 16),
              "validator", peer.validator().map(Object::toString).orElse("none"));
      lags.add(MultiGauge.Row.of(tags, Math.max(0, now.head() - peer.head())));
    }
    peerLag.register(lags, true);
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private void gauge(String name, String what, ToDoubleFunction<NodeStatus> read) {
    Gauge.builder(
            PREFIX + name,
            this,
            metrics -> metrics.status.map(read::applyAsDouble).orElse(Double.NaN))
        .description(what)
        .register(registry);
  }

  private Counter counter(String name, String what) {
    return Counter.builder(PREFIX + name).description(what).register(registry);
  }

  private Timer timer(String name, Duration[] bounds) {
    return Timer.builder(PREFIX + name).serviceLevelObjectives(bounds).register(registry);
  }

  private static Duration[] millis(long... bounds) {
    Duration[] durations = new Duration[bounds.length];
    for (int i = 0; i < bounds.length; i++) {
      durations[i] = Duration.ofMillis(bounds[i]);
    }
    return durations;
  }

  private static double flag(boolean holds) {
    return holds ? 1 : 0;
  }
}
