package dev.trestle.relay.consensus;

import static dev.trestle.relay.consensus.Peers.commit;
import static dev.trestle.relay.consensus.Peers.prepare;
import static dev.trestle.relay.consensus.Peers.proposal;
import static dev.trestle.relay.consensus.Peers.roundChange;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.ConsensusEffect.BuildBlock;
import dev.trestle.relay.consensus.ConsensusEffect.Decide;
import dev.trestle.relay.consensus.ConsensusEffect.Diverged;
import dev.trestle.relay.consensus.ConsensusEffect.ExecuteBlock;
import dev.trestle.relay.consensus.ConsensusEffect.FetchBlock;
import dev.trestle.relay.consensus.ConsensusEffect.Notice;
import dev.trestle.relay.consensus.ConsensusEffect.StartTimer;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R1 to R7, rule by rule, with real signatures. */
class CoreRulesTest {
  private final Peers peers = Peers.started();

  @Test
  void r1ExecutesBeforePreparing() {
    Block block = peers.keys.block(1, "a");

    peers.propose(1, 0, block);
    assertThat(peers.all(ExecuteBlock.class)).containsExactly(new ExecuteBlock(block));
    peers.verifyReceivedNothing();

    peers.executed(block, "a");
    peers.verifyReceived(prepare(0, block));
  }

  @Test
  void persistsBodyAndMessageBeforeSpeaking() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "a");

    assertThat(peers.effects).hasSize(3);
    assertThat(peers.effects.get(0))
        .isEqualTo(new ConsensusEffect.Persist(new DurableRecord.Body(block)));
    SignedMessage prepare = peers.broadcasts().getFirst();
    assertThat(peers.effects.get(1))
        .isEqualTo(new ConsensusEffect.Persist(new DurableRecord.OwnMessage(prepare)));
    assertThat(peers.effects.get(2)).isEqualTo(new ConsensusEffect.Broadcast(prepare));
  }

  @Test
  void r1SilentWhenTheStateRootDiffers() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "something else");
    peers.verifyReceivedNothing();
    assertThat(peers.all(Notice.class).getFirst().code())
        .isEqualTo(ConsensusCode.STATE_ROOT_MISMATCH);
  }

  @Test
  void r1PreparesOnceARound() {
    Block first = peers.keys.block(1, "a");
    Block second = peers.keys.block(1, "b");
    peers.propose(1, 0, first);
    peers.executed(first, "a");
    peers.propose(1, 0, second);
    assertThat(peers.all(ExecuteBlock.class)).isEmpty();
    peers.executed(second, "b");
    peers.verifyReceivedNothing();
  }

  @Test
  void r1RefusesWhatIsNotOnTheHead() {
    TestKeys keys = peers.keys;
    long time = peers.nowMs;
    Block otherParent = keys.block(1, TestKeys.id("x"), Optional.empty(), 1, "a", time, List.of());
    peers.propose(1, 0, otherParent);
    assertRefused(ConsensusCode.WRONG_PARENT);
    peers.propose(1, 0, keys.block(2, "a"));
    assertRefused(ConsensusCode.WRONG_BUILDER);
    peers.propose(1, 0, keys.block(1, "a", TestKeys.GENESIS_MS));
    assertRefused(ConsensusCode.TIME_OUT_OF_RANGE);
    peers.propose(1, 0, keys.block(1, "a", time + 501));
    assertRefused(ConsensusCode.TIME_OUT_OF_RANGE);
  }

  @Test
  void r1RefusesOthersThanTheProposer() {
    Block block = peers.keys.block(3, "a");
    peers.propose(3, 0, block);
    assertRefused(ConsensusCode.NOT_PROPOSER);
    assertThat(peers.state.body(block.id())).isEmpty();
    // in a later round, too, it does not even take the node there
    peers.propose(3, 1, block, Optional.empty());
    assertRefused(ConsensusCode.NOT_PROPOSER);
    assertThat(peers.state.round()).isZero();
  }

  @Test
  void r1RefusesAnEpochThatDoesNotFollow() {
    peers.propose(1, 0, peers.keys.withEpoch(peers.keys.block(1, "a"), 1));
    assertRefused(ConsensusCode.WRONG_EPOCH);
  }

  private void assertRefused(ConsensusCode code) {
    assertThat(peers.all(ExecuteBlock.class)).isEmpty();
    assertThat(peers.all(Notice.class)).extracting(Notice::code).containsExactly(code);
  }

  @Test
  void untimelyProposalIsLookedAtAgain() {
    Block early = peers.keys.block(1, "a", peers.nowMs + 900);
    peers.propose(1, 0, early);
    assertRefused(ConsensusCode.TIME_OUT_OF_RANGE);
    peers.nowMs += 500;
    peers.propose(1, 0, early);
    assertThat(peers.all(ExecuteBlock.class)).hasSize(1);
  }

  @Test
  void reproposedBlockNeedNotBeTimely() {
    Block block = peers.keys.block(1, "a");
    PreparedCertificate prepared = peers.keys.prepared(1, 0, block.id(), 1, 2, 3);
    peers.nowMs += 3_600_000;
    peers.propose(2, 1, block, Optional.of(prepared));
    assertThat(peers.all(ExecuteBlock.class)).hasSize(1);
  }

  @Test
  void r1JustifiedProposalTakesTheNodeToItsRound() {
    Block block = peers.keys.block(2, "a");
    peers.propose(2, 1, block, Optional.empty());
    assertThat(peers.state.round()).isEqualTo(1);
    peers.verifyReceivedNothing();
    peers.executed(block, "a");
    peers.verifyReceived(prepare(1, block));
  }

  @Test
  void r2CommitsOnAQuorumOnce() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "a");
    peers.prepare(1, 0, block);
    peers.verifyReceivedNothing();
    peers.prepare(2, 0, block);
    peers.verifyReceived(commit(0, block));
    assertThat(peers.log).anyMatch(DurableRecord.Prepared.class::isInstance);
    peers.prepare(3, 0, block);
    peers.verifyReceivedNothing();
  }

  @Test
  void r2QuorumBeforeTheProposalCountsWhenItComes() {
    Block block = peers.keys.block(1, "a");
    peers.prepare(1, 0, block);
    peers.prepare(2, 0, block);
    peers.prepare(3, 0, block);
    peers.verifyReceivedNothing();
    peers.propose(1, 0, block);
    peers.executed(block, "a");
    peers.verifyReceived(prepare(0, block), commit(0, block));
  }

  @Test
  void r2IgnoresALatePrepareQuorum() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "a");
    peers.prepare(1, 0, block);
    peers.timer(TimerId.Kind.ROUND, 0);
    peers.prepare(2, 0, block);
    peers.prepare(3, 0, block);
    peers.verifyReceivedNothing();
  }

  @Test
  void r3DecidesOnCommitsOfAnyRound() {
    Block block = peers.preparedInRound0();
    peers.timer(TimerId.Kind.ROUND, 0);
    peers.commit(1, 0, block);
    assertThat(peers.all(Decide.class)).isEmpty();
    peers.commit(2, 0, block);
    Decide decide = peers.all(Decide.class).getFirst();
    assertThat(decide.block()).isEqualTo(block);
    assertThat(decide.certificate().verifyFor(block.header(), peers.keys.validators).isAccepted())
        .isTrue();
    assertThat(peers.effects.get(peers.effects.indexOf(decide) + 1))
        .isEqualTo(new ConsensusEffect.Persist(new DurableRecord.EndHeight(1)));
  }

  @Test
  void r3CommitsOfDifferentRoundsDoNotAddUp() {
    Block block = peers.preparedInRound0();
    peers.commit(1, 1, block);
    peers.commit(2, 2, block);
    assertThat(peers.all(Decide.class)).isEmpty();
  }

  @Test
  void r3FetchesAnUnknownBody() {
    Block block = peers.keys.block(1, "a");
    CommitCertificate certificate = peers.keys.commit(1, 3, block.id(), 1, 2, 3);
    peers.feed(new ConsensusInput.CertificateReceived(certificate, peers.nowMs));
    FetchBlock fetch = peers.all(FetchBlock.class).getFirst();
    assertThat(fetch.from())
        .containsExactlyElementsOf(
            List.of(1, 2, 3).stream().map(peers.keys.validators::address).toList());
    peers.timer(TimerId.Kind.REBROADCAST, 0);
    assertThat(peers.all(FetchBlock.class)).hasSize(1);

    peers.feed(new ConsensusInput.BodyReceived(peers.keys.block(1, "b"), peers.nowMs));
    assertThat(peers.all(Decide.class)).isEmpty();
    peers.feed(new ConsensusInput.BodyReceived(block, peers.nowMs));
    assertThat(peers.all(Decide.class)).containsExactly(new Decide(block, certificate));
  }

  @Test
  void r3RefusesACertificateThatDoesNotHold() {
    Block block = peers.preparedInRound0();
    peers.feed(
        new ConsensusInput.CertificateReceived(
            peers.keys.commit(1, 0, block.id(), 1, 2), peers.nowMs));
    assertThat(peers.all(Decide.class)).isEmpty();
    assertThat(peers.all(Notice.class)).hasSize(1);
  }

  @Test
  void haltsWhenAQuorumCommitsWhatItRefuses() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "something else");
    peers.feed(
        new ConsensusInput.CertificateReceived(
            peers.keys.commit(1, 0, block.id(), 1, 2, 3), peers.nowMs));
    assertThat(peers.all(Diverged.class)).hasSize(1);
    assertThat(peers.all(Decide.class)).isEmpty();
    assertThat(peers.state.isHalted()).isTrue();
    assertThat(peers.timer(TimerId.Kind.ROUND, 0)).isEmpty();
  }

  @Test
  void r4EntersTheNextRoundWithWhatIsPrepared() {
    Block block = peers.preparedInRound0();
    peers.timer(TimerId.Kind.ROUND, 0);
    peers.verifyReceived(roundChange(1, 0, block));
    assertThat(peers.effects.getFirst()).isInstanceOf(ConsensusEffect.Persist.class);
    assertThat(peers.all(ConsensusEffect.Summary.class)).hasSize(1);
    peers.timer(TimerId.Kind.ROUND, 0);
    assertThat(peers.effects).isEmpty();
  }

  @Test
  void r4LaterTimerWaitsForAQuorum() {
    peers.timer(TimerId.Kind.ROUND, 0);
    assertThat(peers.all(StartTimer.class)).isEmpty();
    peers.roundChange(1, 1, Optional.empty());
    assertThat(peers.all(StartTimer.class)).isEmpty();
    peers.roundChange(2, 4, Optional.empty());
    assertThat(peers.all(StartTimer.class))
        .containsExactly(new StartTimer(new TimerId(1, 1, TimerId.Kind.ROUND), 1_500));
  }

  @Test
  void r5FollowsOneMoreThanTheFaulty() {
    peers.roundChange(1, 7, Optional.empty());
    assertThat(peers.state.round()).isZero();
    peers.roundChange(2, 4, Optional.empty());
    assertThat(peers.state.round()).isEqualTo(4);
    peers.verifyReceived(roundChange(4));
  }

  @Test
  void r6ProposesTheHighestPreparedBlock() {
    Peers leader = Peers.startedAs(3); // proposer(1, 2) = 3
    Block older = leader.keys.block(1, "a");
    Block newer = leader.keys.block(2, "b");
    leader.roundChange(1, 2, Optional.of(leader.keys.prepared(1, 0, older.id(), 0, 1, 2)));
    leader.roundChange(2, 2, Optional.of(leader.keys.prepared(1, 1, newer.id(), 0, 1, 2)));
    FetchBlock fetch = leader.all(FetchBlock.class).getLast();
    assertThat(fetch.blockId()).isEqualTo(newer.id());
    leader.body(newer);
    leader.verifyReceived(proposal(2, newer));
  }

  @Test
  void r6BuildsWhenNothingIsPrepared() {
    Peers leader = Peers.startedAs(2); // proposer(1, 1) = 2
    leader.timer(TimerId.Kind.ROUND, 0);
    leader.roundChange(1, 1, Optional.empty());
    assertThat(leader.all(BuildBlock.class)).isEmpty();
    leader.roundChange(3, 1, Optional.empty());
    assertThat(leader.all(BuildBlock.class)).hasSize(1);
    Block block = leader.keys.block(2, "a");
    leader.feed(new ConsensusInput.BlockBuilt(1, block, leader.nowMs));
    leader.verifyReceived(proposal(1, block), prepare(1, block));
    SignedMessage proposal = leader.broadcasts().getFirst();
    assertThat(((Proposal) proposal.message()).justification()).hasSize(3);
    leader.feed(new ConsensusInput.BlockBuilt(1, block, leader.nowMs));
    assertThat(leader.effects).isEmpty();
  }

  @Test
  void r7SaysTheStoredBytesAgain() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.timer(TimerId.Kind.ROUND, 0);
    SignedMessage frozen = peers.broadcasts().getFirst();
    PreparedCertificate prepared = peers.keys.prepared(1, 0, block.id(), 1, 2, 3);
    peers.propose(2, 1, block, Optional.of(prepared));
    peers.executed(block, "a");
    peers.prepare(1, 1, block);
    peers.prepare(2, 1, block); // prepared in round 1 now
    peers.timer(TimerId.Kind.REBROADCAST, 0);
    assertThat(peers.broadcasts()).hasSize(3).contains(frozen);
    assertThat(peers.all(StartTimer.class)).hasSize(1);
  }

  @Test
  void refusesAStartThatContradictsDurableState() {
    Peers fresh = new Peers(4, 0);
    RecoveredHeight ahead =
        RecoveredHeight.recover(List.of(new DurableRecord.Round(5, 1, Optional.empty())));
    assertThatThrownBy(() -> fresh.start(true, ahead))
        .isInstanceOf(TrestleException.class)
        .hasMessageContaining("store-behind-log");
    Peers three = new Peers(3, 0);
    assertThatThrownBy(() -> three.start(true, RecoveredHeight.NONE))
        .hasMessageContaining("set-too-small");
  }

  @Test
  void executionThatCannotAnswerYetIsAskedAgain() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.feed(
        new ConsensusInput.BlockExecuted(
            block.id(), Verdict.later(ConsensusCode.WRONG_PARENT, "busy"), peers.nowMs));
    peers.propose(1, 0, block);
    assertThat(peers.all(ExecuteBlock.class)).hasSize(1);
  }
}
