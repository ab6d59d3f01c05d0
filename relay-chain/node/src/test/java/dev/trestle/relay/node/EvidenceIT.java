package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A validator contradicts itself over a real connection: found, told, proved, and acted on. */
class EvidenceIT {
  private static final int EPOCH = 5;
  private static final int LIAR = 4;
  private static final Genesis.Parameters PARAMETERS =
      new Genesis.Parameters(2_000_000, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000, EPOCH, 0);

  @TempDir Path temp;

  private long fillers;

  private static Frame commit(DevNet net, long height, Hash32 blockId) {
    SecretKey key = net.validatorKey(LIAR);
    ConsensusMessage message = new ConsensusMessage.Commit(height, 0, blockId);
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(message.statement().digest(net.genesis.chainId()), key);
    return new Frame(
        FrameType.CONSENSUS,
        new SignedMessage(message, key.publicKey().evmAddress(), signature).encode());
  }

  /** Another block, and every one of the nodes has it. */
  private void grow(DevNet net, List<RelayNode> nodes) {
    long height = nodes.getFirst().head();
    net.send(nodes.getFirst(), net.transaction("filler", fillers++));
    net.untilHeight(height + 1, nodes.toArray(RelayNode[]::new));
  }

  private static List<Evidence> inBlocks(RelayNode node) {
    return LongStream.rangeClosed(1, node.head())
        .boxed()
        .flatMap(height -> node.blockAt(height).orElseThrow().evidence().stream())
        .toList();
  }

  @Test
  void whoCommitsToTwoBlocksIsRemovedAndTheOthersGoOn() throws IOException {
    try (DevNet net = new DevNet(temp, 5, 0, PARAMETERS)) {
      net.timing = new NodeConfig.Timing(50, 600_000, 500);
      List<RelayNode> nodes = new ArrayList<>();
      IntStream.range(0, LIAR).forEach(i -> nodes.add(net.startNew(i)));
      RelayNode first = nodes.getFirst();
      grow(net, nodes);
      long height = first.head(); // the chain is idle, or nearly so

      EvmAddress liar = net.validatorKey(LIAR).publicKey().evmAddress();
      try (ScriptedPeer peer =
          new ScriptedPeer(
              net,
              net.identity(DevNet.name(LIAR)),
              List.of(new PeerAddress("127.0.0.1", first.peerPort())))) {
        Hash32 reached = DevNet.done(peer.met).fingerprint();
        for (long late = height; late <= height + 3; late++) {
          peer.network.send(reached, commit(net, late, net.genesis.chainId()));
          peer.network.send(reached, commit(net, late, Hash32.fromHex("11".repeat(32))));
        }
        net.until("it is told", () -> !peer.heardOf(FrameType.EVIDENCE).isEmpty());
        Frame told = peer.heardOf(FrameType.EVIDENCE).getFirst();
        Evidence evidence = Evidence.decode(told.payload()).orThrow();
        assertThat(evidence.offender()).isEqualTo(liar);
        assertThat(evidence.height()).isBetween(height, height + 3);
        for (int i = 0; i < 5; i++) {
          peer.network.send(reached, told); // what is known is told to nobody
        }

        net.until("it is convicted", () -> first.view().conviction(liar).isPresent());
        assertThat(inBlocks(first)).as("without any other work").containsExactly(evidence);
        while (first.eras().size() < 2) {
          grow(net, nodes);
        }
        assertThat(peer.heardOf(FrameType.EVIDENCE))
            .as("once from each node at most")
            .hasSizeLessThanOrEqualTo(LIAR);
      }
      assertThat(first.eras().getLast().members()).isEqualTo(net.members(0, 1, 2, 3));
      // three of the four that are left are a quorum now
      grow(net, nodes);
      net.stop(DevNet.name(3));
      grow(net, nodes.subList(0, 3));
      assertThat(inBlocks(first)).hasSize(1);
    }
  }
}
