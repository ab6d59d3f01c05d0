package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ConsensusEffect.Forked;
import dev.trestle.relay.consensus.ConsensusEffect.Notice;
import dev.trestle.relay.consensus.ConsensusEffect.ReportEvidence;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** More than a third of the set lies, so that two blocks of one height are certified. */
class ForkTest {
  private final Peers peers = Peers.started();
  private final Block first = peers.preparedInRound0();
  private final Block other = peers.keys.block(1, "b");
  private final CommitCertificate ours = peers.keys.commit(1, 0, first.id(), 0, 1, 2);
  private final CommitCertificate theirs = peers.keys.commit(1, 0, other.id(), 1, 2, 3);

  private void decideFirst() {
    peers.commit(1, 0, first);
    peers.commit(2, 0, first);
    ChainHead head = peers.genesis().next(first, peers.keys.validators);
    peers.feed(new ConsensusInput.StartHeight(head, false, RecoveredHeight.NONE, peers.nowMs));
    assertThat(peers.state.height()).isEqualTo(2);
  }

  private void certificate(CommitCertificate certificate) {
    peers.feed(new ConsensusInput.CertificateReceived(certificate, peers.nowMs));
  }

  private void assertForked(Optional<CommitCertificate> decided, CommitCertificate by) {
    assertThat(peers.all(Forked.class)).containsExactly(new Forked(decided, by));
    assertThat(peers.all(Notice.class))
        .extracting(Notice::code)
        .containsExactly(ConsensusCode.FORKED);
    assertThat(peers.state.isHalted()).isTrue();
    assertThat(peers.timer(TimerId.Kind.REBROADCAST, 0)).isEmpty();
    assertThat(peers.prepare(1, 0, other)).as("nothing is said any more").isEmpty();
  }

  private List<EvmAddress> accused() {
    return peers.all(ReportEvidence.class).stream()
        .map(each -> each.evidence().offender())
        .toList();
  }

  @Test
  void aCertificateForAnotherBlockThanTheDecidedOneHalts() {
    decideFirst();
    certificate(theirs);
    assertThat(accused())
        .containsExactly(peers.keys.validators.address(1), peers.keys.validators.address(2));
    assertForked(Optional.empty(), theirs);
  }

  @Test
  void soDoesOneThatAProposalCarries() {
    decideFirst();
    Block second =
        peers.keys.block(2, other.id(), Optional.of(theirs), 2, "c", peers.nowMs, List.of());
    peers.deliver(peers.proposal(2, 0, second));
    assertForked(Optional.empty(), theirs);
  }

  @Test
  void soDoTwoWhileTheBodyOfTheFirstIsMissing() {
    certificate(theirs);
    assertThat(peers.state.isHalted()).isFalse();
    certificate(theirs);
    assertThat(peers.state.isHalted()).isFalse();
    CommitCertificate second = peers.keys.commit(1, 2, first.id(), 0, 1, 2);
    certificate(second);
    assertThat(accused()).as("they are of two rounds").isEmpty();
    assertForked(Optional.of(theirs), second);
  }

  @Test
  void lessThanAQuorumHaltsNobody() {
    decideFirst();
    certificate(peers.keys.commit(1, 0, other.id(), 2, 3));
    certificate(
        new CommitCertificate(
            1, 0, other.id(), peers.keys.commit(1, 0, TestKeys.id("c"), 1, 2, 3).signatures()));
    certificate(new TestKeys(7).commit(1, 0, other.id(), 1, 2, 3, 4, 5));
    certificate(peers.keys.commit(1, 3, first.id(), 1, 2, 3)); // in a later round, the same block
    Block second =
        peers.keys.block(
            2,
            other.id(),
            Optional.of(peers.keys.commit(1, 0, other.id(), 2, 3)),
            2,
            "c",
            peers.nowMs,
            List.of());
    peers.deliver(peers.proposal(2, 0, second));
    assertThat(peers.all(Forked.class)).isEmpty();
    assertThat(peers.state.isHalted()).isFalse();
    certificate(theirs); // control
    assertThat(peers.state.isHalted()).isTrue();
  }

  @Test
  void theProofNamesWhoSignedBoth() {
    Fork fork = new Fork(ours, theirs);
    ValidatorSet set = peers.keys.validators;
    assertThat(fork.verify(set, TestKeys.CHAIN).isAccepted()).isTrue();
    assertThat(fork.evidence(set))
        .extracting(Evidence::offender)
        .containsExactly(set.address(1), set.address(2));
    assertThat(fork.evidence(set)).allMatch(each -> each.verify(TestKeys.CHAIN).isAccepted());
    Fork weak = new Fork(ours, peers.keys.commit(1, 0, other.id(), 2, 3));
    assertThat(weak.verify(set, TestKeys.CHAIN).isAccepted()).isFalse();
    assertThat(new Fork(ours, peers.keys.commit(1, 1, other.id(), 1, 2, 3)).evidence(set))
        .isEmpty();
  }

  @Test
  void theProofHasOneForm() {
    Fork fork = new Fork(ours, theirs);
    assertThat(Fork.decode(fork.encode()).orThrow()).isEqualTo(fork);
    Bytes encoded = fork.encode();
    assertThat(Fork.decode(encoded.slice(0, encoded.size() - 1)).isAccepted()).isFalse();
    assertThat(Fork.decode(Bytes.concat(encoded, Bytes.utf8("x"))).isAccepted()).isFalse();
    Bytes same = Bytes.concat(encoded.slice(0, 1), ours.encode(), ours.encode());
    assertThat(Fork.decode(same).isAccepted()).as("not two blocks").isFalse();
    assertThatThrownBy(() -> new Fork(ours, ours)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Fork(ours, peers.keys.commit(2, 0, other.id(), 1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
