package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.CompactBlock;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that lie, over real connections. */
class HostilePeerIT {
  @TempDir Path temp;

  private static SignedMessage prepare(DevNet net, int validator) {
    SecretKey key = net.validatorKey(validator);
    ConsensusMessage message = new ConsensusMessage.Prepare(1, 0, Hash32.fromHex("11".repeat(32)));
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(message.statement().digest(net.genesis.chainId()), key);
    return new SignedMessage(message, key.publicKey().evmAddress(), signature);
  }

  @Test
  void votesFromAnUnlistedCertificateEndTheConnectionEvenWhenTheyAreSigned() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      RelayNode node = net.startNew(0);
      List<PeerAddress> seed = List.of(new PeerAddress("127.0.0.1", node.peerPort()));
      Frame vote = new Frame(FrameType.CONSENSUS, prepare(net, 1).encode());
      try (ScriptedPeer stranger =
          new ScriptedPeer(net, TransportIdentity.generate(new SecureRandom()), seed)) {
        Peer reached = DevNet.done(stranger.met);
        stranger.network.send(reached.fingerprint(), vote);
        DevNet.done(stranger.lost);
      }
      // control: the same bytes over the registered certificate are taken
      try (ScriptedPeer listed = new ScriptedPeer(net, net.identity(DevNet.name(1)), seed)) {
        Peer reached = DevNet.done(listed.met);
        listed.network.send(reached.fingerprint(), vote);
        net.until("a status after the vote", () -> listed.heardOf(FrameType.STATUS).size() >= 3);
        assertThat(listed.lost).isNotDone();
        // what does not decode ends that connection, too
        listed.network.send(
            reached.fingerprint(), new Frame(FrameType.CONSENSUS, Bytes.utf8("garbage")));
        DevNet.done(listed.lost);
      }
    }
  }

  @Test
  void whoBreaksTheRulesAgainIsNotSpokenWithForAWhile() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      RelayNode node = net.startNew(0);
      List<PeerAddress> seed = List.of(new PeerAddress("127.0.0.1", node.peerPort()));
      Frame vote = new Frame(FrameType.CONSENSUS, prepare(net, 1).encode());
      TransportIdentity identity = TransportIdentity.generate(new SecureRandom());
      for (int i = 0; i < 2; i++) {
        assertThat(net.status(node).banned()).as("%d offences", i).isZero();
        try (ScriptedPeer stranger = new ScriptedPeer(net, identity, seed)) {
          Peer reached = DevNet.done(stranger.met);
          stranger.network.send(reached.fingerprint(), vote);
          DevNet.done(stranger.lost);
        }
      }
      net.until("a ban", () -> net.status(node).banned() == 1);
      try (ScriptedPeer banned = new ScriptedPeer(net, identity, seed);
          ScriptedPeer other =
              new ScriptedPeer(net, TransportIdentity.generate(new SecureRandom()), seed)) {
        DevNet.done(other.met);
        assertThat(banned.met).isNotDone();
      }
    }
  }

  /** The ledger, counting what it is asked to check before a block is executed. */
  private static final class Counting implements StateMachine {
    private final StateMachine ledger;
    private final AtomicInteger admissions;

    private Counting(StateMachine ledger, AtomicInteger admissions) {
      this.ledger = ledger;
      this.admissions = admissions;
    }

    @Override
    public Verdict<Admitted> admit(Bytes encoded) {
      admissions.incrementAndGet();
      return ledger.admit(encoded);
    }

    @Override
    public long nextNonce(PublicKey sender) {
      return ledger.nextNonce(sender);
    }

    @Override
    public Hash32 stateRoot() {
      return ledger.stateRoot();
    }

    @Override
    public ValidatorSets validators() {
      return ledger.validators();
    }

    @Override
    public Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions) {
      return ledger.execute(context, transactions);
    }

    @Override
    public void commit(BlockResult result) {
      ledger.commit(result);
    }
  }

  /** A signed proposal of the first block, in round 0, with one transaction that nobody signed. */
  private static Frame proposal(DevNet net, int validator, String transaction) {
    SecretKey key = net.validatorKey(validator);
    List<Bytes> transactions = List.of(Bytes.utf8(transaction));
    ValidatorSet set =
        ValidatorSet.of(net.genesis.validators().stream().map(Genesis.Validator::key).toList());
    RelayHeader header =
        new RelayHeader(
            net.genesis.chainId(),
            1,
            System.currentTimeMillis(),
            net.genesis.chainId(),
            0,
            set.hash(),
            set.hash(),
            Block.txRoot(transactions),
            Hash32.ZERO,
            Hash32.ZERO,
            Hash32.ZERO,
            Hash32.ZERO,
            Block.evidenceRoot(List.of()),
            key.publicKey().evmAddress());
    Block block = new Block(header, transactions, Optional.empty(), List.of());
    ConsensusMessage message =
        new ConsensusMessage.Proposal(0, CompactBlock.of(block), List.of(), Optional.empty());
    EcdsaSignature signature =
        Secp256k1.instance().signEcdsa(message.statement().digest(net.genesis.chainId()), key);
    return new Frame(
        FrameType.CONSENSUS,
        new SignedMessage(message, key.publicKey().evmAddress(), signature).encodeWith(block));
  }

  @Test
  void onlyTheFirstProposalOfTheProposerIsWorthCheckingBeforeItIsExecuted() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      AtomicInteger admissions = new AtomicInteger();
      RelayNode node =
          net.startNew(
              0,
              (genesis, store) ->
                  new Counting(
                      new LedgerMachine(Ledger.open(genesis, Families.of(List.of()), store)),
                      admissions));
      List<PeerAddress> seed = List.of(new PeerAddress("127.0.0.1", node.peerPort()));
      // validator 1 proposes in round 0 of height 1
      for (int validator : List.of(2, 1)) {
        try (ScriptedPeer peer =
            new ScriptedPeer(net, net.identity(DevNet.name(validator)), seed)) {
          Hash32 reached = DevNet.done(peer.met).fingerprint();
          for (int i = 0; i < 5; i++) {
            peer.network.send(reached, proposal(net, validator, "unsigned " + i));
            peer.network.send(reached, proposal(net, 1, "of somebody else " + i));
          }
          peer.network.send(reached, new Frame(FrameType.CONSENSUS, Bytes.utf8("garbage")));
          DevNet.done(peer.lost); // votes are checked one after the other
        }
        assertThat(admissions).as("after validator " + validator).hasValue(validator == 1 ? 1 : 0);
      }
    }
  }

  @Test
  void aBlockWithTheCertificateOfTwoOfFourIsRefusedBySync() throws IOException {
    try (DevNet net = new DevNet(temp, 4)) {
      for (int i = 0; i < 4; i++) {
        net.startNew(i);
      }
      RelayNode honest = net.startFollower("honest");
      net.send(honest, net.transaction("a", 0));
      net.untilHeight(1, honest);
      Block block = honest.blockAt(1).orElseThrow();
      CommitCertificate certificate = honest.certificateAt(1).orElseThrow();
      CommitCertificate weak = ofTwo(certificate);

      AtomicBoolean lying = new AtomicBoolean(true);
      try (ScriptedPeer liar =
          new ScriptedPeer(net, TransportIdentity.generate(new SecureRandom()), List.of())) {
        CompletableFuture<Boolean> asked = new CompletableFuture<>();
        liar.answer =
            (peer, frame) -> {
              PeerStatus status = new PeerStatus(1, block.id(), 1, 0);
              if (frame.type() == FrameType.STATUS) {
                liar.network.send(peer.fingerprint(), new Frame(FrameType.STATUS, status.encode()));
              } else if (frame.type() == FrameType.GET_BLOCKS) {
                CommitCertificate shown = lying.get() ? weak : certificate;
                SyncResponse response =
                    new SyncResponse(
                        1, List.of(new SyncResponse.Item(block.encode(), shown.encode())));
                liar.network.send(
                    peer.fingerprint(), new Frame(FrameType.BLOCKS, response.encode()));
                asked.complete(true);
              }
            };
        RelayNode victim =
            net.start(
                "victim",
                new NodeConfig.Role.Follower(),
                List.of(new PeerAddress("127.0.0.1", liar.port)));
        DevNet.done(asked);
        DevNet.done(liar.lost);
        assertThat(victim.head()).isZero();
        assertThat(victim.blockAt(1)).isEmpty();
        // control: with the whole certificate the same peer is believed, once it is asked again
        lying.set(false);
        net.untilHeight(1, victim);
        assertThat(victim.blockAt(1)).contains(block);
      }
    }
  }

  private static CommitCertificate ofTwo(CommitCertificate certificate) {
    SignatureList all = certificate.signatures();
    SignatureList two =
        new SignatureList(4, all.signers().subList(0, 2), all.signatures().subList(0, 2));
    return new CommitCertificate(
        certificate.height(), certificate.round(), certificate.blockId(), two);
  }
}
