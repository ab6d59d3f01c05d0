package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CompactBlock;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.Evidence;
import dev.trestle.relay.consensus.PreparedCertificate;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SignedStatement;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.StatementKind;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Genesis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * E1 to E5: five of sixteen validators, one for each kind of contradiction, tell it to a node. What
 * that node tells all others is put into a block that another node executes; at the next epoch the
 * five are gone.
 */
class EvidenceKindsIT {
  private static final int VALIDATORS = 16;
  private static final Hash32 ONE = Digests.sha256(Bytes.utf8("one"));
  private static final Hash32 OTHER = Digests.sha256(Bytes.utf8("other"));

  /** By the number of the validator; number 1 proposes in round 0 of height 1. */
  private static final Map<Integer, List<StatementKind>> KINDS =
      Map.of(
          1, List.of(StatementKind.PROPOSAL, StatementKind.PROPOSAL),
          2, List.of(StatementKind.PREPARE, StatementKind.PREPARE),
          3, List.of(StatementKind.COMMIT, StatementKind.COMMIT),
          4, List.of(StatementKind.ROUND_CHANGE, StatementKind.COMMIT),
          5, List.of(StatementKind.ROUND_CHANGE, StatementKind.ROUND_CHANGE));

  @TempDir Path temp;

  private static EcdsaSignature sign(DevNet net, int validator, Statement statement) {
    return Secp256k1.instance()
        .signEcdsa(statement.digest(net.genesis.chainId()), net.validatorKey(validator));
  }

  private static Frame frame(DevNet net, int validator, ConsensusMessage message) {
    EvmAddress sender = net.validatorKey(validator).publicKey().evmAddress();
    EcdsaSignature signature = sign(net, validator, message.statement());
    return new Frame(FrameType.CONSENSUS, new SignedMessage(message, sender, signature).encode());
  }

  private static ConsensusMessage proposal(DevNet net, int validator, long timeMs) {
    SecretKey key = net.validatorKey(validator);
    ValidatorSet set =
        ValidatorSet.of(net.genesis.validators().stream().map(Genesis.Validator::key).toList());
    RelayHeader header =
        new RelayHeader(
            net.genesis.chainId(),
            1,
            timeMs,
            net.genesis.chainId(),
            0,
            set.hash(),
            set.hash(),
            Block.txRoot(List.of()),
            Hash32.ZERO,
            Hash32.ZERO,
            Hash32.ZERO,
            Hash32.ZERO,
            Block.evidenceRoot(List.of()),
            key.publicKey().evmAddress());
    Block block = new Block(header, List.of(), Optional.empty(), List.of());
    return new ConsensusMessage.Proposal(0, CompactBlock.of(block), List.of(), Optional.empty());
  }

  /** Of a quorum without the node and those who lie otherwise. */
  private static PreparedCertificate prepared(DevNet net) {
    Statement prepare = Statement.prepare(1, 0, ONE);
    List<Integer> signers = IntStream.range(5, VALIDATORS).boxed().toList();
    return new PreparedCertificate(
        1,
        0,
        ONE,
        new SignatureList(
            VALIDATORS,
            signers,
            signers.stream().map(signer -> sign(net, signer, prepare)).toList()));
  }

  private static Map<Integer, List<ConsensusMessage>> contradictions(DevNet net) {
    long now = System.currentTimeMillis();
    Map<Integer, List<ConsensusMessage>> all = new LinkedHashMap<>();
    all.put(1, List.of(proposal(net, 1, now), proposal(net, 1, now + 1)));
    all.put(
        2,
        List.of(
            new ConsensusMessage.Prepare(1, 0, ONE), new ConsensusMessage.Prepare(1, 0, OTHER)));
    all.put(
        3,
        List.of(new ConsensusMessage.Commit(1, 0, ONE), new ConsensusMessage.Commit(1, 0, OTHER)));
    all.put(
        4,
        List.of(
            new ConsensusMessage.Commit(1, 2, ONE),
            new ConsensusMessage.RoundChange(1, 3, Optional.empty())));
    all.put(
        5,
        List.of(
            new ConsensusMessage.RoundChange(1, 1, Optional.empty()),
            new ConsensusMessage.RoundChange(1, 1, Optional.of(prepared(net)))));
    return all;
  }

  @Test
  void everyKindIsFoundToldProvedAndActedOn() throws IOException {
    try (DevNet net = new DevNet(temp, VALIDATORS, 0, TestChain.PARAMETERS)) {
      List<Evidence> told = found(net);
      Map<Integer, List<StatementKind>> kinds = new TreeMap<>();
      for (Evidence each : told) {
        kinds.put(
            number(net, each.offender()),
            List.of(kind(each.first()), kind(each.second())).stream().sorted().toList());
      }
      assertThat(kinds).isEqualTo(KINDS);
      actedOn(net, told);
    }
  }

  private static StatementKind kind(SignedStatement signed) {
    return signed.statement().kind();
  }

  private static int number(DevNet net, EvmAddress validator) {
    return IntStream.range(0, VALIDATORS)
        .filter(i -> net.validatorKey(i).publicKey().evmAddress().equals(validator))
        .findFirst()
        .orElseThrow();
  }

  /** What validator 6, who has said nothing, hears from the node. */
  private static List<Evidence> found(DevNet net) {
    RelayNode node = net.startNew(0);
    List<PeerAddress> seed = List.of(new PeerAddress("127.0.0.1", node.peerPort()));
    try (ScriptedPeer witness = new ScriptedPeer(net, net.identity(DevNet.name(6)), seed)) {
      DevNet.done(witness.met);
      contradictions(net)
          .forEach(
              (validator, messages) -> {
                try (ScriptedPeer liar =
                    new ScriptedPeer(net, net.identity(DevNet.name(validator)), seed)) {
                  Hash32 reached = DevNet.done(liar.met).fingerprint();
                  int before = witness.heardOf(FrameType.EVIDENCE).size();
                  messages.forEach(each -> liar.network.send(reached, frame(net, validator, each)));
                  net.until(
                      "evidence against validator " + validator,
                      () -> witness.heardOf(FrameType.EVIDENCE).size() > before);
                }
              });
      List<Evidence> told = new ArrayList<>();
      witness
          .heardOf(FrameType.EVIDENCE)
          .forEach(each -> told.add(Evidence.decode(each.payload()).orThrow()));
      return told;
    }
  }

  private void actedOn(DevNet net, List<Evidence> told) {
    List<EvmAddress> guilty = told.stream().map(Evidence::offender).toList();
    try (TestChain builder = new TestChain(net, temp.resolve("builder"));
        TestChain other = new TestChain(net, temp.resolve("other"))) {
      Block proof =
          builder
              .chain
              .build(
                  builder.chain.head().timeMs() + 1,
                  builder.chain.validators().address(0),
                  List.of(),
                  told)
              .orElseThrow();
      Block received = Block.decode(proof.encode()).orThrow();
      assertThat(other.chain.execute(received).isAccepted()).isTrue();
      ChainExecutor.Committed _ =
          other.chain.commit(received, other.certify(received, 0, other.chain.validators()));
      assertThat(guilty)
          .allMatch(each -> other.machine.ledger().view().conviction(each).isPresent());
      assertThat(IntStream.range(0, VALIDATORS).filter(i -> !KINDS.containsKey(i)))
          .allMatch(
              i ->
                  other
                      .machine
                      .ledger()
                      .view()
                      .conviction(net.validatorKey(i).publicKey().evmAddress())
                      .isEmpty());
      long epoch = other.chain.head().nextEpoch();
      assertThat(other.chain.validators().size()).as("until the epoch ends").isEqualTo(VALIDATORS);
      while (other.chain.head().nextEpoch() == epoch) {
        other.grow(1);
      }
      ValidatorSet left = other.chain.validators();
      assertThat(left.size()).isEqualTo(VALIDATORS - KINDS.size());
      assertThat(guilty).allMatch(each -> left.indexOf(each).isEmpty());
    }
  }
}
