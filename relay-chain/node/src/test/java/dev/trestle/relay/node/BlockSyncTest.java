package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockSyncTest {
  private static final Peer VALIDATOR = peer("validator", true);
  private static final Peer OTHER = peer("other", false);

  private final Recorder node = new Recorder();
  private final BlockSync sync = new BlockSync(node, true);

  private static Peer peer(String name, boolean validator) {
    return new Peer(Digests.sha256(Bytes.utf8(name)), validator, name);
  }

  private static PeerStatus at(long head) {
    return new PeerStatus(head, Hash32.ZERO, head + 1, 0);
  }

  /** Takes every block whose certificate is by the set. */
  private static final class Recorder implements BlockSync.Port {
    private final List<Hash32> asked = new ArrayList<>();
    private final List<Hash32> dropped = new ArrayList<>();
    private ChainHead head = Chains.genesis();
    private int moves;

    @Override
    public ChainHead head() {
      return head;
    }

    @Override
    public void request(Hash32 peer, SyncRequest request) {
      assertThat(request.from()).isEqualTo(head.height() + 1);
      asked.add(peer);
    }

    @Override
    public Verdict<Block> apply(Block block, CommitCertificate certificate) {
      return certificate
          .verifyFor(block.header(), Chains.SET)
          .then(
              valid -> {
                head = head.next(block, Chains.SET);
                return Verdict.accept(block);
              });
    }

    @Override
    public void headMoved() {
      moves++;
    }

    @Override
    public void disconnect(Hash32 peer, String reason) {
      dropped.add(peer);
    }
  }

  private static List<BlockSync.Offer> chain(int length) {
    List<BlockSync.Offer> chain = new ArrayList<>();
    ChainHead head = Chains.genesis();
    Optional<CommitCertificate> last = Optional.empty();
    for (int i = 0; i < length; i++) {
      Block block = Chains.block(head, last, 2_000 + i);
      CommitCertificate certificate = Chains.certify(block);
      chain.add(new BlockSync.Offer(block, certificate));
      head = head.next(block, Chains.SET);
      last = Optional.of(certificate);
    }
    return chain;
  }

  @Test
  void asksOnePeerAtATimeAndGoesOnWhenItAnswers() {
    List<BlockSync.Offer> chain = chain(5);
    sync.status(VALIDATOR.fingerprint(), at(5), 0);
    sync.status(OTHER.fingerprint(), at(5), 1);
    assertThat(node.asked).containsExactly(VALIDATOR.fingerprint());
    sync.blocks(VALIDATOR, chain.subList(0, 3), 2);
    assertThat(node.head.height()).isEqualTo(3);
    assertThat(node.moves).isEqualTo(1);
    assertThat(node.asked).hasSize(2);
    sync.blocks(node.asked.get(1).equals(OTHER.fingerprint()) ? OTHER : VALIDATOR, chain, 3);
    assertThat(node.head.height()).isEqualTo(5);
    assertThat(node.asked).hasSize(2);
  }

  @Test
  void aFalseBlockEndsTheConnectionAndThePeerIsNotAskedForAWhile() {
    List<BlockSync.Offer> chain = chain(2);
    sync.status(OTHER.fingerprint(), at(2), 0);
    BlockSync.Offer forged = new BlockSync.Offer(chain.get(0).block(), chain.get(1).certificate());
    sync.blocks(OTHER, List.of(forged), 1);
    assertThat(node.head.height()).isZero();
    assertThat(node.dropped).containsExactly(OTHER.fingerprint());
    sync.left(OTHER.fingerprint());
    sync.status(OTHER.fingerprint(), at(2), 2);
    assertThat(node.asked).hasSize(1);
    sync.status(OTHER.fingerprint(), at(2), 2 + BlockSync.AVOID_MS);
    assertThat(node.asked).hasSize(2);
  }

  @Test
  void silenceOrAnEmptyAnswerTurnsToTheNextPeer() {
    sync.status(VALIDATOR.fingerprint(), at(9), 0);
    sync.status(OTHER.fingerprint(), at(9), 0);
    Peer first = node.asked.getFirst().equals(OTHER.fingerprint()) ? OTHER : VALIDATOR;
    Peer second = first.equals(OTHER) ? VALIDATOR : OTHER;
    sync.tick(BlockSync.ANSWER_MS - 1);
    assertThat(node.asked).hasSize(1);
    sync.tick(BlockSync.ANSWER_MS);
    assertThat(node.asked).containsExactly(first.fingerprint(), second.fingerprint());
    sync.blocks(second, List.of(), BlockSync.ANSWER_MS + 1);
    assertThat(node.asked).hasSize(2);
    assertThat(node.dropped).isEmpty();
  }

  @Test
  void strangersThatClaimAHighHeadDoNotKeepItFromAskingAValidator() {
    BlockSync wary = new BlockSync(node, () -> false, () -> Set.of(VALIDATOR.fingerprint()));
    for (int i = 0; i < PeerNetwork.MAX_FOLLOWERS; i++) {
      wary.status(peer("stranger " + i, false).fingerprint(), at(1_000_000), 0);
    }
    wary.status(VALIDATOR.fingerprint(), at(9), 0);
    wary.tick(BlockSync.ANSWER_MS);
    assertThat(node.asked).hasSize(2).endsWith(VALIDATOR.fingerprint());
    // silent, it is left alone for a while, and the others are asked
    wary.tick(2 * BlockSync.ANSWER_MS);
    assertThat(node.asked).hasSize(3);
    assertThat(node.asked.getLast()).isNotEqualTo(VALIDATOR.fingerprint());
  }

  @Test
  void unaskedBlocksAreTakenFromValidatorsOnly() {
    List<BlockSync.Offer> chain = chain(1);
    sync.blocks(OTHER, chain, 0);
    assertThat(node.head.height()).isZero();
    sync.blocks(VALIDATOR, chain, 0);
    assertThat(node.head.height()).isEqualTo(1);
  }

  @Test
  void aValidatorOneBlockBehindLeavesItToConsensusForAMoment() {
    BlockSync patient = new BlockSync(node, false);
    patient.status(VALIDATOR.fingerprint(), at(1), 0);
    assertThat(node.asked).isEmpty();
    patient.tick(BlockSync.PATIENCE_MS);
    assertThat(node.asked).hasSize(1);
  }

  @Test
  void liarsDoNotMoveTheCertainHead() {
    Peer liar = peer("liar", true);
    Peer third = peer("third", true);
    sync.status(VALIDATOR.fingerprint(), at(7), 0);
    sync.status(third.fingerprint(), at(6), 0);
    sync.status(liar.fingerprint(), at(1_000_000), 0);
    sync.status(OTHER.fingerprint(), at(2_000_000), 0);
    Set<Hash32> validators =
        Set.of(VALIDATOR.fingerprint(), third.fingerprint(), liar.fingerprint());
    assertThat(sync.certainHead(validators, 1)).isEqualTo(7);
    assertThat(sync.certainHead(validators, 0)).isEqualTo(1_000_000);
    assertThat(sync.certainHead(validators, 3)).isZero();
    assertThat(sync.claimedHead()).isEqualTo(2_000_000);
  }
}
