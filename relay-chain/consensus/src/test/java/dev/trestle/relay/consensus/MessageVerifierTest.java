package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.ConsensusMessage.Commit;
import dev.trestle.relay.consensus.ConsensusMessage.Prepare;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Signatures and justifications (R1), with an attacker's proposals. */
class MessageVerifierTest {
  private final TestKeys keys = new TestKeys(4);
  private final MessageVerifier verifier = new MessageVerifier(TestKeys.CHAIN);
  private final Block block = keys.block(2, "a");
  private final Block other = keys.block(1, "b");

  private void assertRejected(SignedMessage message, ConsensusCode code) {
    Verdict<VerifiedMessage> verdict = verifier.verify(message, keys.validators);
    assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
    assertThat(((Verdict.Rejected<VerifiedMessage>) verdict).reason()).isEqualTo(code);
  }

  private SignedStatement change(int from, int round, int preparedRound, Hash32 id) {
    return keys.sign(from, Statement.roundChange(1, round, preparedRound, id));
  }

  private SignedStatement unprepared(int from) {
    return change(from, 1, -1, Hash32.ZERO);
  }

  /** Round 1 of height 1 is validator 2's. */
  private SignedMessage proposal(
      Block proposed, Optional<PreparedCertificate> prepared, SignedStatement... changes) {
    return keys.sign(2, new Proposal(1, CompactBlock.of(proposed), List.of(changes), prepared));
  }

  @Test
  void acceptsWhatIsJustified() {
    SignedMessage fresh =
        proposal(block, Optional.empty(), unprepared(0), unprepared(1), unprepared(3));
    assertThat(verifier.verify(fresh, keys.validators).isAccepted()).isTrue();
    SignedMessage carried =
        proposal(
            other,
            Optional.of(keys.prepared(1, 0, other.id(), 0, 1, 3)),
            unprepared(0),
            change(1, 1, 0, other.id()),
            unprepared(3));
    assertThat(verifier.verify(carried, keys.validators).isAccepted()).isTrue();
  }

  @Test
  void refusesAProposalWithoutAQuorumBehindIt() {
    assertRejected(proposal(block, Optional.empty()), ConsensusCode.QUORUM_LOW);
    assertRejected(
        proposal(block, Optional.empty(), unprepared(0), unprepared(1)), ConsensusCode.QUORUM_LOW);
    assertRejected(
        proposal(block, Optional.empty(), unprepared(0), unprepared(1), unprepared(1)),
        ConsensusCode.DUPLICATE_SIGNER);
  }

  @Test
  void refusesToForgetWhatIsPrepared() {
    SignedStatement claim = change(1, 1, 0, other.id());
    PreparedCertificate proof = keys.prepared(1, 0, other.id(), 0, 1, 3);
    assertRejected(
        proposal(block, Optional.empty(), unprepared(0), claim, unprepared(3)),
        ConsensusCode.UNJUSTIFIED);
    assertRejected(
        proposal(block, Optional.of(proof), unprepared(0), claim, unprepared(3)),
        ConsensusCode.UNJUSTIFIED);
  }

  @Test
  void refusesACertificateThatIsLowForgedOrUnclaimed() {
    SignedStatement claim = change(1, 1, 0, other.id());
    assertRejected(
        proposal(
            other,
            Optional.of(keys.prepared(1, 0, other.id(), 0, 1)),
            unprepared(0),
            claim,
            unprepared(3)),
        ConsensusCode.QUORUM_LOW);
    PreparedCertificate forged =
        new PreparedCertificate(
            1, 0, other.id(), keys.commit(1, 0, other.id(), 0, 1, 3).signatures());
    assertRejected(
        proposal(other, Optional.of(forged), unprepared(0), claim, unprepared(3)),
        ConsensusCode.BAD_SIGNATURE);
    PreparedCertificate proof = keys.prepared(1, 0, other.id(), 0, 1, 3);
    assertRejected(
        proposal(other, Optional.of(proof), unprepared(0), unprepared(1), unprepared(3)),
        ConsensusCode.UNJUSTIFIED);
  }

  @Test
  void refusesRoundChangesOfAnotherRoundOrByNobody() {
    SignedStatement later = change(3, 2, -1, Hash32.ZERO);
    assertRejected(
        proposal(block, Optional.empty(), unprepared(0), unprepared(1), later),
        ConsensusCode.UNJUSTIFIED);
    SignedStatement vote = keys.sign(3, Statement.prepare(1, 1, block.id()));
    assertRejected(
        proposal(block, Optional.empty(), unprepared(0), unprepared(1), vote),
        ConsensusCode.UNJUSTIFIED);
    SignedStatement stolen =
        new SignedStatement(
            unprepared(3).statement(), unprepared(3).signer(), unprepared(0).signature());
    assertRejected(
        proposal(block, Optional.empty(), unprepared(0), unprepared(1), stolen),
        ConsensusCode.BAD_SIGNATURE);
  }

  @Test
  void refusesAJustificationInRoundZero() {
    assertRejected(
        keys.sign(
            1,
            new Proposal(
                0,
                CompactBlock.of(other),
                List.of(unprepared(0), unprepared(1), unprepared(2)),
                Optional.empty())),
        ConsensusCode.UNJUSTIFIED);
  }

  @Test
  void refusesForeignersAndBorrowedSignatures() {
    SignedMessage vote = keys.sign(1, new Prepare(1, 0, block.id()));
    SignedMessage borrowed =
        new SignedMessage(new Commit(1, 0, block.id()), vote.sender(), vote.signature());
    assertRejected(borrowed, ConsensusCode.BAD_SIGNATURE);
    SignedMessage inAnotherName =
        new SignedMessage(vote.message(), keys.validators.address(0), vote.signature());
    assertRejected(inAnotherName, ConsensusCode.BAD_SIGNATURE);
    TestKeys more = new TestKeys(9);
    int stranger =
        IntStream.range(0, 9)
            .filter(i -> keys.validators.indexOf(more.validators.address(i)).isEmpty())
            .findFirst()
            .orElseThrow();
    assertRejected(
        more.sign(stranger, new Prepare(1, 0, block.id())), ConsensusCode.UNKNOWN_SIGNER);
    assertThat(
            new MessageVerifier(TestKeys.id("other chain"))
                .verify(vote, keys.validators)
                .isAccepted())
        .isFalse();
  }

  @Test
  void refusesARoundChangeWhoseCertificateDoesNotHold() {
    PreparedCertificate low = keys.prepared(1, 0, block.id(), 0, 1);
    assertRejected(keys.sign(1, new RoundChange(1, 1, Optional.of(low))), ConsensusCode.QUORUM_LOW);
  }

  @Test
  void theCoreDropsWhatWasVerifiedAgainstAnotherSet() {
    Peers peers = Peers.started();
    ValidatorSet larger = new TestKeys(5).validators;
    SignedMessage vote = keys.sign(1, new Prepare(1, 0, block.id()));
    if (verifier.verify(vote, larger) instanceof Verdict.Accepted<VerifiedMessage>(var verified)) {
      peers.feed(new ConsensusInput.Message(verified, peers.nowMs));
      assertThat(peers.all(ConsensusEffect.Notice.class))
          .extracting(ConsensusEffect.Notice::code)
          .containsExactly(ConsensusCode.WRONG_VALIDATORS);
    } else {
      throw new AssertionError("validator 1 is in both sets");
    }
  }
}
