package dev.trestle.relay.simulation;

import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SignedStatement;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Proposes two blocks at once, or an invalid one, votes for everything, changes rounds at random.
 */
final class Equivocator extends Liars {
  private final Set<Slot> proposed = new HashSet<>();

  Equivocator(World world) {
    super(world);
  }

  @Override
  void onProposal(Proposal proposal, boolean fresh) {
    if (!fresh) {
      return; // once a block: an answer to every repetition would be a storm
    }
    for (SimNode to : world.correct()) {
      if (world.random.nextInt(10) < 7) {
        voteFor(to, proposal.height(), proposal.round(), proposal.block().id());
      }
    }
  }

  @Override
  public void tick() {
    long height = world.highest() + 1;
    int round = highestRound(height);
    for (int key : keys) {
      if (isProposer(key, height, round)) {
        proposeTwice(key, height, round);
      }
      if (world.random.nextInt(20) == 0) {
        changeRound(key, height, round + 1 + world.random.nextInt(2));
      }
    }
  }

  private void changeRound(int key, long height, int round) {
    SignedMessage change = sign(key, new RoundChange(height, round, Optional.empty()));
    changesAt(height, round).put(key, change.signedStatement());
    for (SimNode to : world.correct()) {
      if (world.random.nextBoolean()) {
        inject(to, change);
      }
    }
  }

  private void proposeTwice(int key, long height, int round) {
    if (proposed.contains(new Slot(height, round))) {
      return;
    }
    List<SignedStatement> justification =
        round == 0 ? List.of() : justification(height, round, changesAt(height, round));
    if (round > 0 && justification.isEmpty()) {
      return;
    }
    SimLedger.Fault fault =
        world.random.nextInt(3) > 0
            ? SimLedger.Fault.NONE
            : Scenario.pick(world.random, SimLedger.Fault.values());
    Optional<Block> one = freshBlock(key, height, fault);
    Optional<Block> other = freshBlock(key, height);
    if (one.isEmpty() || other.isEmpty()) {
      return;
    }
    proposed.add(new Slot(height, round));
    for (SimNode to : world.correct()) {
      Block block = world.random.nextBoolean() ? one.get() : other.get();
      inject(to, proposal(key, round, block, justification, Optional.empty()));
      voteFor(to, height, round, block.id());
      if (world.random.nextInt(4) == 0) {
        voteFor(to, height, round, (block.equals(one.get()) ? other : one).get().id());
      }
    }
  }
}
