package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.consensus.ConsensusEffect.ReportEvidence;
import dev.trestle.relay.consensus.ConsensusEffect.SendDecided;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R9 after a height was decided: whoever contradicts himself a moment later is caught, too. */
class LateEvidenceTest {
  private final Peers peers = Peers.started();
  private final Block first = peers.preparedInRound0();
  private final Block other = peers.keys.block(1, "b");

  private void decideFirst() {
    peers.commit(1, 0, first);
    peers.commit(2, 0, first);
    assertThat(peers.all(ConsensusEffect.Decide.class)).hasSize(1);
    start(peers.genesis().next(first, peers.keys.validators));
  }

  private void start(ChainHead parent) {
    peers.feed(new ConsensusInput.StartHeight(parent, false, RecoveredHeight.NONE, peers.nowMs));
    assertThat(peers.state.height()).isEqualTo(parent.height() + 1);
  }

  private void assertEvidence(int offender) {
    assertThat(peers.all(ReportEvidence.class))
        .singleElement()
        .satisfies(
            report -> {
              Evidence evidence = report.evidence();
              assertThat(evidence.offender()).isEqualTo(peers.keys.validators.address(offender));
              assertThat(evidence.height()).isEqualTo(1);
              assertThat(evidence.verify(TestKeys.CHAIN).isAccepted()).isTrue();
            });
  }

  private void assertNoEvidence() {
    assertThat(peers.all(ReportEvidence.class)).isEmpty();
  }

  @Test
  void aCommitForAnotherBlockThanTheDecidedOneIsEvidence() {
    decideFirst();
    peers.commit(1, 0, other);
    assertEvidence(1); // E3
    peers.commit(1, 0, peers.keys.block(1, "c"));
    assertNoEvidence(); // one piece is enough
    // validator 2's COMMIT was in the round in which it now says to have prepared nothing
    peers.roundChange(2, 1, Optional.empty());
    assertEvidence(2); // E4
  }

  @Test
  void twoLateStatementsContradictEachOther() {
    decideFirst();
    peers.prepare(3, 0, first);
    assertNoEvidence();
    peers.prepare(3, 0, other);
    assertEvidence(3); // E2
  }

  @Test
  void attachmentsOfALateMessageCountToo() {
    decideFirst();
    peers.roundChange(3, 2, Optional.of(peers.keys.prepared(1, 0, other.id(), 1, 2, 3)));
    // 1 and 2 prepared the first block in that round; 3 had said nothing
    assertThat(peers.all(ReportEvidence.class))
        .extracting(each -> each.evidence().offender())
        .containsExactly(peers.keys.validators.address(1), peers.keys.validators.address(2));
  }

  @Test
  void whoOnlyRepeatsItselfIsNotAccused() {
    decideFirst();
    peers.commit(1, 0, first);
    peers.prepare(2, 0, first);
    peers.commit(3, 0, first);
    assertNoEvidence();
    peers.roundChange(3, 1, Optional.of(peers.keys.prepared(1, 0, first.id(), 1, 2, 3)));
    assertNoEvidence();
    // who is behind is helped all the same
    assertThat(peers.all(SendDecided.class)).hasSize(1);
  }

  @Test
  void aMessageVerifiedAgainstAnotherSetThanThatOfTheHeightIsNoEvidence() {
    decideFirst();
    ValidatorSet larger = new TestKeys(5).validators;
    ConsensusMessage.Commit commit = new ConsensusMessage.Commit(1, 0, other.id());
    SignedMessage signed = peers.keys.sign(1, commit);
    peers.feed(
        new ConsensusInput.Message(new VerifiedMessage(signed, 1, larger.hash()), peers.nowMs));
    assertNoEvidence();
    peers.deliver(signed); // control
    assertEvidence(1);
  }

  @Test
  void twoHeightsLaterNothingIsRemembered() {
    decideFirst();
    ChainHead head = peers.genesis().next(first, peers.keys.validators);
    Block second =
        peers.keys.block(
            2,
            first.id(),
            Optional.of(peers.keys.commit(1, 0, first.id(), 0, 1, 2)),
            2,
            "second",
            peers.nowMs,
            List.of());
    start(head.next(second, peers.keys.validators)); // by block sync
    peers.commit(1, 0, other);
    assertNoEvidence();
    HeightState height = peers.state.current().orElseThrow();
    assertThat(height.saidBefore()).isEqualTo(EvidenceLog.EMPTY);
  }

  @Test
  void afterASkipOfHeightsOnlyWhatComesLateIsCompared() {
    ChainHead head = peers.genesis().next(first, peers.keys.validators);
    peers.state = peers.core.initial();
    start(head);
    peers.commit(1, 0, other);
    assertNoEvidence(); // what it had said before is forgotten
    peers.commit(1, 0, first);
    assertEvidence(1);
  }
}
