package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.consensus.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proposals that name their transactions, also beside validators of the release before. */
class CompactProposalIT {
  private static final int TRANSACTIONS = 40;

  @TempDir Path temp;

  /** One or two validators know whole proposals only. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void validatorsOfTwoReleasesDecideTogether(int older) throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      for (int i = 0; i < older; i++) {
        net.protocols.put(DevNet.name(i), new ProtocolRange(1, ProtocolRange.BATCHES));
      }
      List<RelayNode> nodes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        nodes.add(net.startNew(i));
      }
      for (int nonce = 0; nonce < TRANSACTIONS; nonce++) {
        net.send(nodes.get(nonce % 4), net.transaction("a", nonce));
      }
      for (RelayNode node : nodes) {
        net.until(
            "all transactions",
            () -> node.view().nonce(DevNet.key("a", 0).publicKey()) == TRANSACTIONS);
      }
      net.untilHeight(6, nodes.toArray(RelayNode[]::new));
      for (long height = 1; height <= 6; height++) {
        Block first = nodes.getFirst().blockAt(height).orElseThrow();
        for (RelayNode node : nodes) {
          assertThat(node.blockAt(height)).contains(first);
        }
      }
    }
  }

  /** A rolling upgrade: each is stopped as the release before and started as this one. */
  @Test
  void validatorsAreUpgradedOneAfterTheOtherAndTheChainGoesOn() throws IOException {
    ProtocolRange before = new ProtocolRange(1, ProtocolRange.BATCHES);
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        net.protocols.put(DevNet.name(i), before);
        nodes.add(net.startNew(i));
      }
      int nonce = 0;
      for (int i = 0; i < 4; i++) {
        grow(net, nodes.get((i + 1) % 4), nonce++, nodes);
        net.stop(DevNet.name(i));
        List<RelayNode> others = new ArrayList<>(nodes);
        others.remove(i);
        grow(net, others.getFirst(), nonce++, others);
        net.protocols.put(DevNet.name(i), ProtocolRange.CURRENT);
        nodes.set(i, net.restart(i));
        grow(net, nodes.get(i), nonce++, nodes);
      }
      grow(net, nodes.getFirst(), nonce, nodes);
      long height = nodes.getFirst().head();
      for (RelayNode node : nodes) {
        for (long h = 1; h <= height; h++) {
          assertThat(node.blockAt(h)).isEqualTo(nodes.getFirst().blockAt(h)).isPresent();
        }
        assertThat(net.status(node).silent()).isEmpty();
      }
    }
  }

  /** The transaction is in a block of every one of these. */
  private static void grow(DevNet net, RelayNode via, long nonce, List<RelayNode> nodes) {
    net.send(via, net.transaction("upgrade", nonce));
    for (RelayNode node : nodes) {
      net.until(
          "transaction " + nonce,
          () -> node.view().nonce(DevNet.key("upgrade", 0).publicKey()) == nonce + 1);
    }
    net.untilHeight(via.head(), nodes.toArray(RelayNode[]::new));
  }
}
