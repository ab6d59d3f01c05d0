package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.consensus.Block;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
}
