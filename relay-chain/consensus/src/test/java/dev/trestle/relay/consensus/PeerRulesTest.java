package dev.trestle.relay.consensus;

import static dev.trestle.relay.consensus.Peers.commit;
import static dev.trestle.relay.consensus.Peers.prepare;
import static dev.trestle.relay.consensus.Peers.roundChange;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.ConsensusEffect.Notice;
import dev.trestle.relay.consensus.ConsensusEffect.ReportEvidence;
import dev.trestle.relay.consensus.ConsensusEffect.SendDecided;
import dev.trestle.relay.consensus.ConsensusEffect.StartTimer;
import dev.trestle.relay.consensus.ConsensusEffect.SyncNeeded;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** R8, R9, idle heights, restarts and bounds. */
class PeerRulesTest {
  private final Peers peers = Peers.started();

  private SignedMessage prepareAt(int from, long height) {
    return peers.keys.sign(from, new ConsensusMessage.Prepare(height, 0, TestKeys.id("far")));
  }

  @Test
  void r8OneClaimIsNotEnoughToSync() {
    peers.deliver(prepareAt(1, 9));
    assertThat(peers.all(SyncNeeded.class)).isEmpty();
    peers.deliver(prepareAt(2, 7));
    assertThat(peers.all(SyncNeeded.class)).containsExactly(new SyncNeeded(6));
    peers.deliver(prepareAt(2, 7));
    assertThat(peers.all(SyncNeeded.class)).isEmpty();
    peers.timer(TimerId.Kind.REBROADCAST, 0);
    assertThat(peers.all(SyncNeeded.class)).containsExactly(new SyncNeeded(6));
  }

  @Test
  void r8ACertificateOfALaterHeightIsEnough() {
    peers.feed(
        new ConsensusInput.CertificateReceived(
            peers.keys.commit(5, 0, TestKeys.id("far"), 1, 2, 3), peers.nowMs));
    assertThat(peers.all(SyncNeeded.class)).containsExactly(new SyncNeeded(5));
  }

  @Test
  void r8EarlyMessagesCountWhenTheirHeightStarts() {
    Block first = peers.preparedInRound0();
    CommitCertificate certificate = peers.keys.commit(1, 0, first.id(), 0, 1, 2);
    Block second =
        peers.keys.block(
            2, first.id(), Optional.of(certificate), 2, "b", peers.nowMs + 1, List.of());
    peers.deliver(peers.proposal(2, 0, second));
    assertThat(peers.all(ConsensusEffect.ExecuteBlock.class)).isEmpty();
    peers.commit(1, 0, first);
    peers.commit(2, 0, first);
    startSecond(first);
    peers.body(second);
    assertThat(peers.all(ConsensusEffect.ExecuteBlock.class))
        .containsExactly(new ConsensusEffect.ExecuteBlock(second));
  }

  @Test
  void refusesABlockWithoutAValidParentCertificate() {
    Block first = peers.preparedInRound0();
    peers.commit(1, 0, first);
    peers.commit(2, 0, first);
    startSecond(first);
    CommitCertificate low = peers.keys.commit(1, 0, first.id(), 0, 1);
    Block second =
        peers.keys.block(2, first.id(), Optional.of(low), 2, "b", peers.nowMs + 1, List.of());
    peers.deliver(peers.proposal(2, 0, second));
    assertThat(peers.all(Notice.class))
        .extracting(Notice::code)
        .containsExactly(ConsensusCode.BAD_LAST_COMMIT);
  }

  private void startSecond(Block first) {
    peers.feed(
        new ConsensusInput.StartHeight(
            peers.genesis().next(first, peers.keys.validators),
            false,
            RecoveredHeight.NONE,
            peers.nowMs));
  }

  @Test
  void r8HelpsAPeerThatIsBehindOnceASecond() {
    Block first = peers.preparedInRound0();
    peers.commit(1, 0, first);
    peers.commit(2, 0, first);
    startSecond(first);
    peers.commit(3, 0, first);
    assertThat(peers.all(SendDecided.class)).isEmpty();
    peers.roundChange(3, 1, Optional.empty());
    assertThat(peers.all(SendDecided.class))
        .containsExactly(new SendDecided(peers.keys.validators.address(3), 1));
    peers.roundChange(3, 2, Optional.empty());
    assertThat(peers.all(SendDecided.class)).isEmpty();
    peers.nowMs += 1_000;
    peers.roundChange(3, 3, Optional.empty());
    assertThat(peers.all(SendDecided.class)).hasSize(1);
  }

  @Test
  void r9EveryContradictionIsEvidenceOnce() {
    Block a = peers.keys.block(1, "a");
    Block b = peers.keys.block(1, "b");
    peers.propose(1, 0, a);
    peers.propose(1, 0, b);
    assertEvidence(1); // E1
    peers.prepare(2, 0, a);
    peers.prepare(2, 0, b);
    assertEvidence(2); // E2
    peers.prepare(2, 1, a);
    peers.prepare(2, 1, b);
    assertThat(peers.all(ReportEvidence.class)).isEmpty();
    peers.commit(3, 0, a);
    peers.commit(3, 0, b);
    assertEvidence(3); // E3
  }

  @Test
  void r9DenyingACommitIsEvidence() {
    Block a = peers.keys.block(1, "a");
    peers.commit(3, 2, a);
    peers.roundChange(3, 3, Optional.of(peers.keys.prepared(1, 1, a.id(), 1, 2, 3)));
    assertEvidence(3); // E4
    peers.roundChange(2, 1, Optional.empty());
    peers.roundChange(2, 1, Optional.of(peers.keys.prepared(1, 0, a.id(), 1, 2, 3)));
    assertEvidence(2); // E5
  }

  @Test
  void r9AttachmentsCountToo() {
    Block a = peers.keys.block(1, "a");
    peers.commit(3, 0, a);
    // validator 3's round change in 2's justification says nothing is prepared
    peers.propose(2, 1, peers.keys.block(2, "b"), Optional.empty());
    assertEvidence(3);
  }

  private void assertEvidence(int offender) {
    List<ReportEvidence> found = peers.all(ReportEvidence.class);
    assertThat(found).hasSize(1);
    Evidence evidence = found.getFirst().evidence();
    assertThat(evidence.offender()).isEqualTo(peers.keys.validators.address(offender));
    assertThat(evidence.verify(TestKeys.CHAIN).isAccepted()).isTrue();
  }

  @Test
  void anEquivocatedVoteStillCountsForItsBlock() {
    Block a = peers.keys.block(1, "a");
    Block b = peers.keys.block(1, "b");
    peers.prepare(3, 0, b);
    peers.propose(1, 0, a);
    peers.executed(a, "a");
    peers.prepare(1, 0, a);
    peers.prepare(3, 0, a);
    peers.verifyReceived(commit(0, a));
  }

  @Test
  void idleHeightStartsNoTimerButTheHeartbeat() {
    Peers idle = new Peers(4, 1); // proposer of round 0
    idle.start(false, RecoveredHeight.NONE);
    assertThat(idle.effects)
        .containsExactly(new StartTimer(new TimerId(1, 0, TimerId.Kind.HEARTBEAT), 9_000));
    assertThat(idle.state.diagnostics().orElseThrow().waitsFor())
        .isEqualTo(Diagnostics.Waiting.WORK);
    idle.feed(new ConsensusInput.WorkArrived(idle.nowMs));
    assertThat(idle.all(ConsensusEffect.BuildBlock.class)).hasSize(1);
    assertThat(idle.all(StartTimer.class)).hasSize(2);
  }

  @Test
  void heartbeatMakesAnEmptyBlock() {
    Peers idle = new Peers(4, 1);
    idle.start(false, RecoveredHeight.NONE);
    idle.timer(TimerId.Kind.HEARTBEAT, 0);
    assertThat(idle.all(ConsensusEffect.BuildBlock.class)).hasSize(1);
  }

  @Test
  void keepsTheLeastIntervalBetweenBlocks() {
    Peers early = new Peers(4, 1);
    early.nowMs = TestKeys.GENESIS_MS + 100;
    early.start(true, RecoveredHeight.NONE);
    assertThat(early.all(ConsensusEffect.BuildBlock.class)).isEmpty();
    assertThat(early.all(StartTimer.class))
        .contains(new StartTimer(new TimerId(1, 0, TimerId.Kind.PROPOSE), 150));
    early.nowMs += 150;
    early.timer(TimerId.Kind.PROPOSE, 0);
    assertThat(early.all(ConsensusEffect.BuildBlock.class)).hasSize(1);
  }

  @Test
  void restartRemembersWhatItSaid() {
    Block block = peers.preparedInRound0();
    peers.restart();
    peers.verifyReceived(prepare(0, block), commit(0, block));
    peers.timer(TimerId.Kind.ROUND, 0);
    peers.verifyReceived(roundChange(1, 0, block));
    peers.restart();
    assertThat(peers.state.round()).isEqualTo(1);
    peers.verifyReceived(roundChange(1, 0, block), commit(0, block));
    peers.commit(1, 0, block);
    peers.commit(2, 0, block);
    assertThat(peers.all(ConsensusEffect.Decide.class)).hasSize(1);
  }

  @Test
  void theGuardMayBeAheadOfTheLog() {
    Block block = peers.preparedInRound0();
    while (!(peers.log.getLast() instanceof DurableRecord.OwnMessage own)
        || !(own.message().message() instanceof ConsensusMessage.Prepare)) {
      peers.log.removeLast(); // died between the guard's COMMIT and the log's
    }
    peers.restart();
    assertThat(peers.all(Notice.class)).isEmpty();
    peers.prepare(1, 0, block);
    peers.prepare(2, 0, block);
    peers.verifyReceived(commit(0, block));
  }

  @Test
  void theGuardRefusesASecondPrepareAfterARestart() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "a");
    peers.log.clear();
    peers.restart();
    Block other = peers.keys.block(1, "b");
    peers.propose(1, 0, other);
    peers.executed(other, "b");
    peers.verifyReceivedNothing();
    assertThat(peers.all(Notice.class))
        .extracting(Notice::code)
        .containsExactly(ConsensusCode.SIGN_REFUSED);
  }

  /** Died between the guard's ROUND_CHANGE and the log's, and was prepared after the restart. */
  @Test
  void aNodeWhoseRoundChangeIsRefusedDoesNotWaitForThoseWhoCannotCountIt() {
    peers.timer(TimerId.Kind.ROUND, 0);
    peers.log.clear();
    peers.restart();
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    peers.executed(block, "a");
    peers.prepare(1, 0, block);
    peers.prepare(2, 0, block);
    peers.prepare(3, 0, block);
    peers.timer(TimerId.Kind.ROUND, 0);
    assertThat(peers.state.round()).isEqualTo(1);
    peers.verifyReceivedNothing();
    assertThat(peers.all(StartTimer.class)).hasSize(1);
    peers.timer(TimerId.Kind.ROUND, 1);
    peers.verifyReceived(roundChange(2, 0, block));
    assertThat(peers.all(StartTimer.class)).isEmpty();
  }

  @Test
  void aSingleValidatorDecidesAlone() {
    TestKeys one = new TestKeys(1);
    Peers alone = new Peers(one, Optional.of(0), 1);
    alone.start(true, RecoveredHeight.NONE);
    assertThat(alone.all(ConsensusEffect.BuildBlock.class)).hasSize(1);
    Block block = one.block(0, "a");
    alone.feed(new ConsensusInput.BlockBuilt(0, block, alone.nowMs));
    assertThat(alone.all(ConsensusEffect.Decide.class)).hasSize(1);
  }

  @Test
  void observersFollowButSayNothing() {
    TestKeys four = new TestKeys(4);
    Peers observer = new Peers(four, Optional.empty());
    observer.start(true, RecoveredHeight.NONE);
    Block block = four.block(1, "a");
    observer.propose(1, 0, block);
    assertThat(observer.all(ConsensusEffect.ExecuteBlock.class)).isEmpty();
    observer.timer(TimerId.Kind.ROUND, 0);
    assertThat(observer.effects).isEmpty();
    observer.commit(0, 0, block);
    observer.commit(1, 0, block);
    observer.commit(2, 0, block);
    assertThat(observer.all(ConsensusEffect.Decide.class)).hasSize(1);
    observer.verifyReceivedNothing();
  }

  @Test
  void aFloodOfVotesIsNotKept() {
    for (int i = 0; i < 50; i++) {
      peers.deliver(
          peers.keys.sign(3, new ConsensusMessage.Prepare(1, 0, TestKeys.id("flood " + i))));
      peers.deliver(
          peers.keys.sign(3, new ConsensusMessage.Commit(1, 1_000 + i, TestKeys.id("flood"))));
      peers.roundChange(3, 1_000 + i, Optional.empty());
    }
    HeightState height = peers.state.current().orElseThrow();
    assertThat(height.votes().votes()).hasSize(2);
    assertThat(height.changes().bySender().get(3)).hasSize(1);
    for (int i = 2; i < 50; i++) {
      peers.deliver(prepareAt(3, 2));
      peers.deliver(peers.keys.sign(3, new ConsensusMessage.Commit(2, i, TestKeys.id("far"))));
    }
    assertThat(peers.state.peers().early().values())
        .allMatch(each -> each.size() <= ConsensusLimits.FUTURE_MESSAGES_PER_SENDER);
  }

  @Test
  void diagnosticsNameWhoIsMissing() {
    Block block = peers.keys.block(1, "a");
    assertThat(peers.state.diagnostics().orElseThrow().waitsFor())
        .isEqualTo(Diagnostics.Waiting.PROPOSAL);
    peers.propose(1, 0, block);
    peers.executed(block, "a");
    peers.prepare(2, 0, block);
    Diagnostics now = peers.state.diagnostics().orElseThrow();
    ValidatorSet set = peers.keys.validators;
    assertThat(now.missingPrepares()).containsExactly(set.address(1), set.address(3));
    assertThat(now.proposer()).isEqualTo(set.address(1));
    assertThat(now.waitsFor()).isEqualTo(Diagnostics.Waiting.PREPARES);
    assertThat(now.missing()).isEqualTo(now.missingPrepares());
    peers.prepare(3, 0, block);
    assertThat(peers.state.diagnostics().orElseThrow().waitsFor())
        .isEqualTo(Diagnostics.Waiting.COMMITS);
    peers.timer(TimerId.Kind.ROUND, 0);
    assertThat(peers.state.diagnostics().orElseThrow().waitsFor())
        .isEqualTo(Diagnostics.Waiting.ROUND_CHANGES);
    assertThat(peers.all(ConsensusEffect.Summary.class).getFirst().diagnostics())
        .satisfies(
            summary ->
                assertThat(summary.missingRoundChanges())
                    .containsExactly(set.address(1), set.address(2), set.address(3)));
  }

  @Test
  void sameStateAndInputGiveTheSameStep() {
    Block block = peers.keys.block(1, "a");
    peers.propose(1, 0, block);
    ConsensusInput input =
        new ConsensusInput.BlockExecuted(
            block.id(), Verdict.accept(TestKeys.stateRoot("a")), peers.nowMs);
    Step one = peers.core.apply(peers.state, input);
    Step other = peers.core.apply(peers.state, input);
    assertThat(one.effects()).isEqualTo(other.effects());
  }
}
