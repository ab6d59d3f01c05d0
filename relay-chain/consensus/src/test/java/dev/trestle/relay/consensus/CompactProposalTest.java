package dev.trestle.relay.consensus;

import static dev.trestle.relay.consensus.Peers.commit;
import static dev.trestle.relay.consensus.Peers.prepare;
import static dev.trestle.relay.consensus.Peers.proposal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.ConsensusEffect.AssembleBlock;
import dev.trestle.relay.consensus.ConsensusEffect.ExecuteBlock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Proposals name their transactions; the bodies come from elsewhere. */
class CompactProposalTest {
  private final Peers peers = Peers.started();
  private final Block block = peers.keys.block(1, "a");

  private void assertAsked(Integer... from) {
    assertThat(peers.all(AssembleBlock.class))
        .containsExactly(
            new AssembleBlock(
                CompactBlock.of(block),
                List.of(from).stream().map(peers.keys.validators::address).toList()));
  }

  @Test
  void theProposerIsAskedForWhatIsMissing() {
    peers.deliver(peers.proposal(1, 0, block));
    assertAsked(1);
    assertThat(peers.all(ExecuteBlock.class)).isEmpty();
    peers.deliver(peers.proposal(1, 0, block));
    assertThat(peers.effects).isEmpty();
    peers.body(block);
    assertThat(peers.all(ExecuteBlock.class)).containsExactly(new ExecuteBlock(block));
    peers.executed(block, "a");
    peers.verifyReceived(prepare(0, block));
  }

  @Test
  void whoHasPreparedHasTheBodyToo() {
    peers.deliver(peers.proposal(1, 0, block));
    peers.prepare(3, 0, block);
    peers.timer(TimerId.Kind.REBROADCAST, 0);
    assertAsked(1, 3);
  }

  @Test
  void anotherBodyIsIgnored() {
    peers.deliver(peers.proposal(1, 0, block));
    peers.body(peers.keys.block(1, "b"));
    assertThat(peers.effects).isEmpty();
    assertThat(peers.state.body(block.id())).isEmpty();
  }

  @Test
  void aBodyNobodyAskedForIsNotKept() {
    peers.body(block);
    assertThat(peers.state.body(block.id())).isEmpty();
  }

  @Test
  void aReproposedBlockIsNotFetchedAgain() {
    Block prepared = peers.preparedInRound0();
    peers.timer(TimerId.Kind.ROUND, 0);
    peers.deliver(
        peers.justified(
            2, 1, prepared, Optional.of(peers.keys.prepared(1, 0, prepared.id(), 1, 2, 3))));
    assertThat(peers.all(AssembleBlock.class)).isEmpty();
    peers.verifyReceived(prepare(1, prepared));
  }

  @Test
  void theNextProposerAsksThoseWhoCertifiedTheBlock() {
    Peers leader = Peers.startedAs(2); // proposer(1, 1) = 2
    leader.deliver(leader.proposal(1, 0, block));
    assertThat(leader.all(AssembleBlock.class)).hasSize(1);
    PreparedCertificate certificate = leader.keys.prepared(1, 0, block.id(), 0, 1, 3);
    leader.timer(TimerId.Kind.ROUND, 0);
    leader.roundChange(0, 1, Optional.of(certificate));
    leader.roundChange(3, 1, Optional.of(certificate));
    assertThat(leader.all(ConsensusEffect.FetchBlock.class)).hasSize(1);
    leader.body(block);
    leader.verifyReceived(proposal(1, block));
  }

  @Test
  void anOwnProposalIsInTheLogWithItsBody() {
    Peers proposer = Peers.startedAs(1);
    proposer.feed(new ConsensusInput.BlockBuilt(0, block, proposer.nowMs));
    proposer.verifyReceived(proposal(0, block), prepare(0, block));
    assertThat(proposer.log.getFirst()).isEqualTo(new DurableRecord.Body(block));
    assertThat(proposer.log).filteredOn(DurableRecord.Body.class::isInstance).hasSize(1);
    proposer.restart();
    proposer.verifyReceived(proposal(0, block), prepare(0, block));
    proposer.prepare(0, 0, block);
    proposer.prepare(2, 0, block);
    proposer.verifyReceived(commit(0, block));
  }

  @Test
  void aCompactBlockIsBoundToItsHeader() {
    CompactBlock compact = CompactBlock.of(block);
    assertThat(compact.id()).isEqualTo(block.id());
    assertThat(compact.with(block.transactions())).isEqualTo(block);
    assertThatThrownBy(() -> compact.with(List.of(Bytes.utf8("other"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> compact.with(List.of())).isInstanceOf(IllegalArgumentException.class);
    Hash32 other = TestKeys.id("other");
    assertThatThrownBy(
            () ->
                new CompactBlock(
                    block.header(), List.of(other), block.lastCommit(), block.evidence()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aWholeProposalOfThePreviousVersionIsTheSameStatement() {
    SignedMessage compact = peers.proposal(1, 0, block);
    SignedMessage.Received whole =
        SignedMessage.decodeWithBody(compact.encodeWith(block)).orThrow();
    assertThat(whole.message()).isEqualTo(compact);
    assertThat(whole.body()).contains(block);
    assertThat(SignedMessage.decodeWithBody(compact.encode()).orThrow().body()).isEmpty();
    // no other message has a second version
    byte[] vote =
        peers.keys.sign(1, new ConsensusMessage.Prepare(1, 0, block.id())).encode().toArray();
    vote[0] = 2;
    assertThat(SignedMessage.decode(Bytes.wrap(vote)).isAccepted()).isFalse();
  }
}
