package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.ledger.tx.Transaction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Four validator processes under load, one after another killed without warning and started again:
 * nothing that was acknowledged is lost, nobody signs twice, each is back in time. {@code
 * -Dtrestle.kills=200} for the long run.
 */
class KillCyclesIT {
  private static final int FEW = 4;
  private static final int KILLS = Integer.getInteger("trestle.kills", FEW);
  private static final int CLIENTS = 8;
  private static final Duration REJOIN = Duration.ofSeconds(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int HEAP_MEGABYTES = 256;
  private static final int LONGEST_PAUSE_MILLIS = 400;

  @TempDir Path temp;

  @Test
  @Timeout(value = 90, unit = TimeUnit.MINUTES) // the long run; each step has its own limit
  void nothingAcknowledgedIsLostAndNobodySignsTwice() {
    long seed = Long.getLong("trestle.seed", System.nanoTime());
    Random random = new Random(seed);
    List<Long> rejoins = new ArrayList<>();
    Map<Hash32, Long> acknowledged = new TreeMap<>();
    try (BenchNetwork network =
        BenchNetwork.start(
            temp,
            new BenchNetwork.Plan(
                BenchValidator.Machine.LEDGER, 0, BenchNetwork.Layout.PROCESSES, HEAP_MEGABYTES))) {
      List<RelentlessClient> clients = new ArrayList<>();
      List<CompletableFuture<Void>> running = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CLIENTS; i++) {
          RelentlessClient client =
              new RelentlessClient(network.genesis().chainId(), i, network::rpcPorts);
          clients.add(client);
          running.add(CompletableFuture.runAsync(client, threads));
        }
        try {
          for (int kill = 0; kill < KILLS; kill++) {
            rejoins.add(cycle(network, clients, random));
          }
        } finally {
          clients.forEach(RelentlessClient::stop);
        }
        running.forEach(CompletableFuture::join);
      }
      clients.forEach(client -> acknowledged.putAll(client.acknowledged()));
      List<Rpc> nodes = network.rpcPorts().stream().map(Rpc::new).toList();
      long head = nodes.stream().mapToLong(Rpc::head).max().orElseThrow();
      until("all have height " + head, () -> nodes.stream().allMatch(n -> n.head() >= head));
      Map<Hash32, Long> chain = oneChain(nodes, head, seed);
      assertThat(lost(acknowledged, chain)).as("seed %d: lost", seed).isEmpty();
      assertThat(lost(Map.of(Hash32.ZERO, 1L), chain)).as("control").hasSize(1);
    }
    rejoins.sort(null);
    System.out.printf(
        "%d kills of validators (seed %d): %d transactions acknowledged, none lost; back after %d"
            + " ms (median), %d ms (worst)%n",
        KILLS, seed, acknowledged.size(), rejoins.get(rejoins.size() / 2), rejoins.getLast());
    if (KILLS > FEW) { // the long run has the machine to itself: elsewhere a time says nothing
      assertThat(rejoins.getLast()).as("seed %d", seed).isLessThan(REJOIN.toMillis());
    }
  }

  /** Milliseconds from the start of the process until it has caught up and is ready to vote. */
  private static long cycle(BenchNetwork network, List<RelentlessClient> clients, Random random) {
    int victim = random.nextInt(BenchNetwork.VALIDATORS);
    pause(random);
    network.validator(victim).kill();
    long before = count(clients);
    until("three of four go on", () -> count(clients) > before + CLIENTS);
    pause(random);
    long target =
        network.rpcPorts().stream()
            .filter(port -> !network.validator(victim).rpcPorts().contains(port))
            .mapToLong(port -> new Rpc(port).head())
            .max()
            .orElseThrow();
    long started = System.nanoTime();
    network.restart(victim);
    Rpc back = new Rpc(network.validator(victim).rpcPorts().getFirst());
    until(
        "validator " + victim + " is back",
        () -> {
          JsonNode status = back.call("relay_status", "[]");
          return status.path("head").asLong() >= target
              && status.path("ready").asBoolean()
              && !status.has("silent")
              && !status.has("halted");
        });
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
  }

  private static long count(List<RelentlessClient> clients) {
    return clients.stream().mapToLong(client -> client.acknowledged().size()).sum();
  }

  /** Where each transaction stands, once all nodes have shown the same blocks without evidence. */
  private static Map<Hash32, Long> oneChain(List<Rpc> nodes, long head, long seed) {
    Hash32 noEvidence = Block.evidenceRoot(List.of());
    Map<Hash32, Long> chain = new TreeMap<>();
    for (long height = 1; height <= head; height++) {
      String params = "[" + height + "]";
      JsonNode block = nodes.getFirst().call("relay_getBlock", params);
      Set<String> ids = new HashSet<>();
      nodes.forEach(node -> ids.add(node.call("relay_getBlock", params).path("id").asString()));
      assertThat(ids).as("seed %d: blocks of height %d", seed, height).hasSize(1);
      RelayHeader header =
          RelayHeader.decode(Bytes.fromHex(block.path("header").asString())).orThrow();
      assertThat(header.evidenceRoot())
          .as("seed %d: evidence at height %d", seed, height)
          .isEqualTo(noEvidence);
      for (JsonNode each : block.path("transactions")) {
        Bytes bytes = Bytes.fromHex(each.asString());
        Hash32 id = Transaction.decode(bytes).id();
        assertThat(chain.put(id, height)).as("seed %d: %s twice", seed, id).isNull();
      }
    }
    return chain;
  }

  /** What was acknowledged at a height where the chain does not have it. */
  private static List<Hash32> lost(Map<Hash32, Long> acknowledged, Map<Hash32, Long> chain) {
    return acknowledged.entrySet().stream()
        .filter(each -> !each.getValue().equals(chain.get(each.getKey())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Lets the fault come at a random moment; nothing waits for it. */
  private static void pause(Random random) {
    Executor later =
        CompletableFuture.delayedExecutor(
            random.nextInt(LONGEST_PAUSE_MILLIS), TimeUnit.MILLISECONDS);
    CompletableFuture.runAsync(() -> {}, later).join();
  }

  private static void until(String what, BooleanSupplier holds) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Executor soon = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited for: %s", what).isLessThan(deadline);
      CompletableFuture.runAsync(() -> {}, soon).join();
    }
  }
}
