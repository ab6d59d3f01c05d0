package dev.trestle.relay.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.Transaction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Validator processes under load: all four started anew one after the other, then four become seven
 * and four again by governance. Every transaction of every client is acknowledged and stands in the
 * chain once, and each block is certified by the set of its height.
 */
class RollingChangeIT {
  private static final int CLIENTS = 6;
  private static final int SPARES = 3;
  private static final int ALL = BenchNetwork.VALIDATORS + SPARES;
  private static final int HEAP_MEGABYTES = 192;

  /** Epochs of 40 blocks and no delay of governance; the rest as usual. */
  private static final Genesis.Parameters PARAMETERS =
      new Genesis.Parameters(2_000_000, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000, 40, 0);

  @TempDir Path temp;

  private final List<RelentlessClient> clients = new ArrayList<>();
  private final long started = System.nanoTime();

  /** What all nodes agree on. */
  private record Chain(Map<Hash32, Long> transactions, List<Certified> blocks) {
    /** The longest time between two blocks, milliseconds. */
    long longestPause() {
      return IntStream.range(1, blocks.size())
          .mapToLong(i -> blocks.get(i).header.timeMs() - blocks.get(i - 1).header.timeMs())
          .max()
          .orElse(0);
    }
  }

  private record Certified(RelayHeader header, CommitCertificate certificate) {}

  @Test
  void noTransactionFailsWhileValidatorsComeAndGo() {
    BenchNetwork.Plan plan =
        new BenchNetwork.Plan(
            BenchValidator.Machine.LEDGER,
            0,
            BenchNetwork.Layout.PROCESSES,
            HEAP_MEGABYTES,
            SPARES,
            PARAMETERS);
    try (BenchNetwork network = BenchNetwork.start(temp, plan)) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CLIENTS; i++) {
          RelentlessClient client =
              new RelentlessClient(network.genesis().chainId(), i, network::rpcPorts);
          clients.add(client);
          running.add(CompletableFuture.runAsync(client, threads));
        }
        try {
          changeEverything(network);
        } finally {
          clients.forEach(RelentlessClient::stop);
        }
        running.forEach(CompletableFuture::join);
      }
      check(network);
    }
  }

  private void changeEverything(BenchNetwork network) {
    progress();
    for (int validator = 0; validator < BenchNetwork.VALIDATORS; validator++) {
      restart(network, validator);
    }
    tell("four validators started anew");
    Governors governors = new Governors(network.genesis().chainId());
    for (int i = 0; i < SPARES; i++) {
      assertThat(network.startSpare()).isEqualTo(BenchNetwork.VALIDATORS + i);
    }
    set(network, governors, ALL);
    progress();
    tell("four became seven");
    set(network, governors, BenchNetwork.VALIDATORS);
    progress();
    for (int spare = BenchNetwork.VALIDATORS; spare < ALL; spare++) {
      assertThat(status(network, spare).has("silent")).isTrue();
    }
    tell("seven became four");
  }

  private void restart(BenchNetwork network, int validator) {
    network.validator(validator).stop();
    progress();
    network.restart(validator);
    awaitVoting(network, validator);
  }

  /** Governance names the first {@code count}; waits until they are the set everywhere. */
  private void set(BenchNetwork network, Governors governors, int count) {
    governors.decide(rpc(network, 2), new GovernanceAction.SetValidators(network.members(count)));
    for (int i = 0; i < ALL; i++) {
      Rpc node = rpc(network, i);
      Waiting.until(
          count + " validators at node " + i,
          () -> node.call("relay_getValidators", "[]").size() == count);
      if (i < count) {
        awaitVoting(network, i);
      }
    }
  }

  private static void awaitVoting(BenchNetwork network, int validator) {
    Waiting.until(
        "validator " + validator + " votes",
        () -> {
          JsonNode status = status(network, validator);
          return status.path("ready").asBoolean() && !status.has("silent");
        });
  }

  private static JsonNode status(BenchNetwork network, int node) {
    JsonNode status = rpc(network, node).call("relay_status", "[]");
    assertThat(status.has("halted")).as("node %d: %s", node, status).isFalse();
    return status;
  }

  private static Rpc rpc(BenchNetwork network, int node) {
    return new Rpc(network.validator(node).rpcPorts().getFirst());
  }

  /** Every client begins and ends another transaction. */
  private void progress() {
    List<Integer> before = clients.stream().map(each -> each.acknowledged().size()).toList();
    for (int i = 0; i < before.size(); i++) {
      RelentlessClient client = clients.get(i);
      int had = before.get(i);
      Waiting.until("a client goes on", () -> client.acknowledged().size() > had + 1);
    }
  }

  private void tell(String what) {
    System.out.printf(
        "%s after %d ms, %d transactions%n",
        what,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
        clients.stream().mapToInt(client -> client.acknowledged().size()).sum());
  }

  private void check(BenchNetwork network) {
    List<Rpc> nodes = network.rpcPorts().stream().map(Rpc::new).toList();
    long head = nodes.stream().mapToLong(Rpc::head).max().orElseThrow();
    Waiting.until("all have height " + head, () -> nodes.stream().allMatch(n -> n.head() >= head));
    Chain chain = oneChain(nodes, head);
    Map<Hash32, Long> acknowledged = new TreeMap<>();
    clients.forEach(client -> acknowledged.putAll(client.acknowledged()));
    assertThat(chain.transactions()).containsAllEntriesOf(acknowledged);
    int total = clients.stream().mapToInt(client -> client.acknowledged().size()).sum();
    assertThat(acknowledged).as("each once").hasSize(total);

    ValidatorSet four = set(network.members(BenchNetwork.VALIDATORS));
    ValidatorSet seven = set(network.members(ALL));
    List<ValidatorSet> byEpoch = List.of(four, seven, four);
    assertThat(uncertified(chain, byEpoch)).isEmpty();
    assertThat(chain.blocks().getLast().header().epoch()).isEqualTo(2);
    // five of seven certify: at least one of the new ones has signed each of these blocks
    // controls: a lost transaction and the set of another epoch are noticed
    Map<Hash32, Long> shorter = new TreeMap<>(chain.transactions());
    assertThat(shorter.remove(acknowledged.keySet().iterator().next())).isNotNull();
    assertThat(shorter.entrySet().containsAll(acknowledged.entrySet())).isFalse();
    long ofSeven = chain.blocks().stream().filter(each -> each.header().epoch() == 1).count();
    assertThat(uncertified(chain, List.of(four, four, four))).hasSize((int) ofSeven);
    System.out.printf(
        "%d transactions acknowledged, each in the chain once; %d blocks, %d of them by seven;"
            + " longest time without a block %d ms%n",
        total, head, ofSeven, chain.longestPause());
  }

  private static ValidatorSet set(List<Genesis.Validator> members) {
    return ValidatorSet.of(members.stream().map(Genesis.Validator::key).toList());
  }

  /** Heights of blocks that the set of their epoch has not certified. */
  private static List<Long> uncertified(Chain chain, List<ValidatorSet> byEpoch) {
    return chain.blocks().stream()
        .filter(
            each ->
                !each.certificate()
                    .verifyFor(each.header(), byEpoch.get((int) each.header().epoch()))
                    .isAccepted())
        .map(each -> each.header().height())
        .toList();
  }

  private static Chain oneChain(List<Rpc> nodes, long head) {
    Hash32 noEvidence = Block.evidenceRoot(List.of());
    Chain chain = new Chain(new TreeMap<>(), new ArrayList<>());
    for (long height = 1; height <= head; height++) {
      String params = "[" + height + "]";
      JsonNode block = nodes.getFirst().call("relay_getBlock", params);
      Set<String> ids = new HashSet<>();
      nodes.forEach(node -> ids.add(node.call("relay_getBlock", params).path("id").asString()));
      assertThat(ids).as("blocks of height %d", height).hasSize(1);
      RelayHeader header =
          RelayHeader.decode(Bytes.fromHex(block.path("header").asString())).orThrow();
      assertThat(header.evidenceRoot()).as("height %d", height).isEqualTo(noEvidence);
      chain
          .blocks()
          .add(
              new Certified(
                  header,
                  CommitCertificate.decode(Bytes.fromHex(block.path("certificate").asString()))
                      .orThrow()));
      for (JsonNode each : block.path("transactions")) {
        Hash32 id = Transaction.decode(Bytes.fromHex(each.asString())).id();
        assertThat(chain.transactions().put(id, height)).as("%s twice", id).isNull();
      }
    }
    return chain;
  }
}
