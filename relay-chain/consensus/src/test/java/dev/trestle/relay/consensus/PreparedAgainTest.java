package dev.trestle.relay.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.relay.consensus.ConsensusEffect.Decide;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * In every round the proposer dies once its block is prepared, and the next one proposes it again:
 * the block keeps its id, so its certificates go on counting, whoever proposed it and when.
 */
class PreparedAgainTest {
  private static final int ROUNDS = 12;

  private final Peers peers = Peers.started();
  private final Block block = peers.keys.block(1, "a");

  /** Of round {@code round}, when everybody has the certificate of the one before. */
  private void proposed(int round) {
    if (round == 0) {
      peers.propose(1, 0, block);
      peers.executed(block, "a");
      return;
    }
    Optional<PreparedCertificate> before =
        Optional.of(peers.keys.prepared(1, round - 1, block.id(), 1, 2, 3));
    int proposer = (1 + round) % 4;
    if (proposer == 0) {
      for (int from = 1; from <= 2; from++) { // with its own they are three
        peers.roundChange(from, round, before);
      }
      assertThat(peers.broadcasts())
          .as("it proposes what is prepared, and no other block")
          .extracting(each -> each.message().statement())
          .contains(Peers.proposal(round, block));
    } else {
      peers.propose(proposer, round, block, before);
    }
  }

  @Test
  void aBlockThatIsPreparedInEveryRoundIsDecidedInTheEnd() {
    for (int round = 0; round < ROUNDS; round++) {
      proposed(round);
      assertThat(peers.state.round()).isEqualTo(round);
      peers.prepare(1, round, block);
      peers.prepare(2, round, block);
      peers.verifyReceived(Peers.commit(round, block));
      assertThat(peers.all(Decide.class)).isEmpty();
      peers.timer(TimerId.Kind.ROUND, round);
      peers.verifyReceived(Peers.roundChange(round + 1, round, block));
    }
    proposed(ROUNDS);
    peers.prepare(1, ROUNDS, block);
    peers.prepare(2, ROUNDS, block);
    peers.commit(1, ROUNDS, block);
    assertThat(peers.all(Decide.class)).as("commits of two rounds do not add up").isEmpty();
    peers.commit(2, ROUNDS, block);
    assertThat(peers.all(Decide.class))
        .singleElement()
        .satisfies(
            decided -> {
              assertThat(decided.block()).isEqualTo(block);
              assertThat(decided.certificate().round()).isEqualTo(ROUNDS);
            });
  }

  /** The control: a round later another block is not even looked at. */
  @Test
  void noOtherBlockIsPreparedInTheNextRound() {
    proposed(0);
    peers.prepare(1, 0, block);
    peers.prepare(2, 0, block);
    Optional<PreparedCertificate> before =
        Optional.of(peers.keys.prepared(1, 0, block.id(), 1, 2, 3));
    SignedMessage other = peers.justified(2, 1, peers.keys.block(1, "b"), before);
    assertThat(peers.verifier.verify(other, peers.keys.validators).isAccepted()).isFalse();
    SignedMessage same = peers.justified(2, 1, block, before);
    assertThat(peers.verifier.verify(same, peers.keys.validators).isAccepted()).isTrue();
  }
}
