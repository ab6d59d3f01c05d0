package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.Fork;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.Statement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three of four keys certify another block of a height that is decided. */
class ForkIT {
  @TempDir Path temp;

  private static CommitCertificate certify(
      DevNet net, int round, Hash32 blockId, Integer... signers) {
    Statement commit = Statement.commit(1, round, blockId);
    Hash32 digest = commit.digest(net.genesis.chainId());
    List<EcdsaSignature> signatures = new ArrayList<>();
    for (int signer : signers) {
      signatures.add(Secp256k1.instance().signEcdsa(digest, net.validatorKey(signer)));
    }
    return new CommitCertificate(
        1, round, blockId, new SignatureList(4, List.of(signers), signatures));
  }

  private static void requireStopped(DevNet net, RelayNode node) {
    assertThat(DevNet.done(node.fault().toCompletableFuture()))
        .isInstanceOfSatisfying(
            TrestleException.class,
            fault -> assertThat(fault.code()).isEqualTo(ConsensusCode.FORKED));
    NodeStatus status = net.status(node);
    assertThat(status.halted()).hasValueSatisfying(why -> assertThat(why).startsWith("forked"));
    assertThat(status.isReady()).isFalse();
  }

  @Test
  void aNodeThatMeetsProofOfAForkStopsForGood() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = new ArrayList<>();
      IntStream.range(0, 3).forEach(i -> nodes.add(net.startNew(i)));
      RelayNode victim = nodes.getFirst();
      for (int nonce = 0; nonce < 2; nonce++) {
        net.send(victim, net.transaction("a", nonce));
        net.untilHeight(nonce + 1, nodes.toArray(RelayNode[]::new));
      }
      CommitCertificate decided = victim.certificateAt(1).orElseThrow();
      Hash32 other = net.genesis.chainId();
      CommitCertificate weak = certify(net, decided.round(), other, 1, 3);
      CommitCertificate whole = certify(net, decided.round(), other, 1, 2, 3);
      try (ScriptedPeer liar =
          new ScriptedPeer(
              net,
              net.identity(DevNet.name(3)),
              List.of(new PeerAddress("127.0.0.1", victim.peerPort())))) {
        Hash32 reached = DevNet.done(liar.met).fingerprint();
        liar.network.send(reached, new Frame(FrameType.CERTIFICATE, weak.encode()));
        net.send(victim, net.transaction("a", 2));
        net.untilHeight(3, nodes.toArray(RelayNode[]::new));
        assertThat(net.status(victim).halted()).as("two of four prove nothing").isEmpty();

        liar.network.send(reached, new Frame(FrameType.CERTIFICATE, whole.encode()));
        requireStopped(net, victim);
        // the keys that signed both are shown to the others
        net.until(
            "evidence is told",
            () -> liar.heardOf(FrameType.EVIDENCE).size() >= signedBoth(decided));
        Evidence told =
            Evidence.decode(liar.heardOf(FrameType.EVIDENCE).getFirst().payload()).orThrow();
        assertThat(told.height()).isEqualTo(1);
      }
      long height = victim.head();
      net.stop(DevNet.name(0));
      try (RocksStore store =
          RocksStore.open(NodeFiles.store(net.home(DevNet.name(0))), net.genesis.chainId())) {
        assertThat(store.fork()).contains(new Fork(decided, whole));
      }
      RelayNode again = net.restart(0);
      requireStopped(net, again);
      assertThat(again.blockAt(height)).as("it serves reads").isPresent();
      assertThat(again.head()).isEqualTo(height);
    }
  }

  /** How many of 1, 2 and 3 are among the signers of a certificate. */
  private static long signedBoth(CommitCertificate decided) {
    return decided.signatures().signers().stream().filter(signer -> signer > 0).count();
  }
}
