package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelayNodeIT {
  @TempDir Path temp;

  private static List<RelayNode> startFour(DevNet net) {
    List<RelayNode> nodes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      nodes.add(net.startNew(i));
    }
    return nodes;
  }

  private static void assertSameChain(long height, List<RelayNode> nodes) {
    for (long h = 1; h <= height; h++) {
      Block expected = nodes.getFirst().blockAt(h).orElseThrow();
      for (RelayNode node : nodes) {
        Block found = node.blockAt(h).orElseThrow();
        assertThat(found.id()).as("block %d", h).isEqualTo(expected.id());
        assertThat(found.header().stateRoot()).isEqualTo(expected.header().stateRoot());
      }
    }
  }

  @Test
  void fourValidatorsReachHeight20WithTransactions() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = startFour(net);
      List<Hash32> sent = new ArrayList<>();
      long nonce = 0;
      while (nodes.getFirst().head() < 20) {
        RelayNode node = nodes.get((int) (nonce % 4));
        Hash32 id = net.send(node, net.transaction("sender", nonce));
        sent.add(id);
        TransactionRecord record =
            DevNet.done(
                node.awaitInclusion(id, Duration.ofSeconds(30))
                    .toCompletionStage()
                    .toCompletableFuture());
        assertThat(record.code()).isEqualTo("unknown-chain");
        nonce++;
      }
      net.untilHeight(20, nodes.toArray(RelayNode[]::new));
      assertSameChain(20, nodes);
      long expected = nonce;
      for (RelayNode node : nodes) {
        net.until(
            "all nonces", () -> node.view().nonce(DevNet.key("sender", 0).publicKey()) == expected);
        assertThat(sent).allSatisfy(id -> assertThat(node.transaction(id)).isPresent());
      }
    }
  }
}
