package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.PreparedCertificate;
import dev.trestle.relay.consensus.SignatureList;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SignedStatement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Goes for a fork, with full control of the network: lets exactly one correct node, the victim,
 * decide a height, cuts it off, and tries to make the others decide something else. Random faults
 * hardly ever line up like that.
 */
final class Splitter extends Liars {
  /** How the others are to be led astray. */
  private enum Plan {
    /** Propose a fresh block without any justification. */
    NO_JUSTIFICATION,
    /** Claim to be prepared for another block, with a forged certificate. */
    FORGED_CERTIFICATE,
    /** First let one node, the holder, be prepared for another block in round 0. */
    OLDER_PREPARED
  }

  private final Set<Slot> proposed = new HashSet<>();
  private final Set<Slot> changed = new HashSet<>();
  private Plan plan = Plan.NO_JUSTIFICATION;
  private long height;
  private SimNode victim;
  private SimNode holder;
  private List<SimNode> helpers = List.of();
  private boolean holderReady;

  Splitter(World world) {
    super(world);
    this.victim = world.correct().getFirst();
    this.holder = victim;
    next(1);
  }

  private void next(long attackHeight) {
    height = attackHeight;
    plan = Plan.values()[world.random.nextInt(Plan.values().length)];
    List<SimNode> correct = new ArrayList<>(world.correct());
    for (int i = correct.size() - 1; i > 0; i--) {
      Collections.swap(correct, i, world.random.nextInt(i + 1));
    }
    victim = correct.getFirst();
    int needed = world.validators.quorum() - keys.size() - 1;
    helpers = List.copyOf(correct.subList(1, 1 + needed));
    holder = correct.getLast();
    holderReady = false;
  }

  private boolean isSplit() {
    return victim.decidedHeight() >= height;
  }

  private boolean isActive() {
    return !world.isHealed();
  }

  @Override
  public boolean passes(SimNode from, SimNode to, Packet packet) {
    if (!isActive()) {
      return true;
    }
    if (isSplit()) {
      return from != victim && to != victim;
    }
    if (plan == Plan.OLDER_PREPARED && holderReady && (from == holder || to == holder)) {
      return false;
    }
    return !(packet instanceof Packet.Consensus(SignedMessage message))
        || message.height() != height
        || hears(to, message);
  }

  /** Before the split only the victim hears COMMITs, and only who must be prepared PREPAREs. */
  private boolean hears(SimNode to, SignedMessage message) {
    boolean older = plan == Plan.OLDER_PREPARED && message.round() == 0;
    return switch (message.message().statement().kind()) {
      case COMMIT -> !older && to == victim;
      case PREPARE -> older ? to == holder : to == victim || helpers.contains(to);
      case PROPOSAL, ROUND_CHANGE -> true;
    };
  }

  @Override
  public void observe(SignedMessage message) {
    if (message.height() == height
        && message.round() == 0
        && message.message() instanceof ConsensusMessage.Commit
        && message.sender().equals(world.validators.address(holder.key))) {
      holderReady = true;
    }
    super.observe(message);
  }

  @Override
  void onProposal(Proposal proposal, boolean fresh) {
    if (isActive() && proposed.add(new Slot(proposal.height(), proposal.round()))) {
      vote(proposal.height(), proposal.round(), proposal.block().id());
    }
  }

  private void vote(long at, int round, Hash32 blockId) {
    for (SimNode to : world.correct()) {
      for (int key : keys) {
        for (ConsensusMessage vote :
            List.of(
                new ConsensusMessage.Prepare(at, round, blockId),
                new ConsensusMessage.Commit(at, round, blockId))) {
          SignedMessage signed = sign(key, vote);
          boolean silent = isSplit() ? to == victim : at == height && !hears(to, signed);
          if (!silent) {
            world.inject(to, signed);
          }
        }
      }
    }
  }

  @Override
  void onChange(RoundChange change) {
    if (!isActive() || !changed.add(new Slot(change.height(), change.round()))) {
      return;
    }
    Optional<Block> other =
        plan == Plan.FORGED_CERTIFICATE && isSplit() && change.height() == height
            ? freshBlock(keys.getFirst(), height)
            : Optional.empty();
    Optional<PreparedCertificate> forged = other.map(block -> forge(block, change.round() - 1));
    for (int key : keys) {
      SignedMessage signed = sign(key, new RoundChange(change.height(), change.round(), forged));
      changesAt(change.height(), change.round()).put(key, signed.signedStatement());
      for (SimNode to : world.correct()) {
        if (!(isSplit() && to == victim)) {
          world.inject(to, signed);
        }
      }
    }
  }

  private PreparedCertificate forge(Block block, int round) {
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    // the liars first: whoever believes it asks them for the body
    List<Integer> signers = new ArrayList<>(keys);
    for (int i = 0; signers.size() < world.validators.quorum(); i++) {
      if (!signers.contains(i)) {
        signers.add(i);
      }
    }
    signers.forEach(
        signer ->
            signatures.put(signer, new EcdsaSignature(Bytes.wrap(new byte[EcdsaSignature.SIZE]))));
    return new PreparedCertificate(
        height,
        round,
        block.id(),
        new SignatureList(
            world.validators.size(),
            List.copyOf(signatures.keySet()),
            List.copyOf(signatures.values())));
  }

  @Override
  public void tick() {
    if (!isActive()) {
      return;
    }
    boolean over = world.correct().stream().allMatch(node -> node.decidedHeight() >= height);
    boolean missed = !isSplit() && world.highest() >= height;
    boolean others =
        world.correct().stream()
            .filter(node -> node != victim)
            .allMatch(node -> node.decidedHeight() >= height);
    if (over || missed || others) {
      next(world.highest() + 2);
    }
    int round = 0;
    for (SimNode node : world.correct()) {
      if (node != victim && node.state().height() == height) {
        round = Math.max(round, node.state().round());
      }
    }
    for (int key : keys) {
      if (world.validators.proposerIndex(height, round) == key) {
        propose(key, round);
      }
    }
  }

  private void propose(int key, int round) {
    if (proposed.contains(new Slot(height, round))
        || (round == 0 && world.highest() < height - 1)) {
      return;
    }
    List<SignedStatement> justification = List.of();
    boolean cheat = isSplit() && plan == Plan.NO_JUSTIFICATION;
    if (round > 0 && !cheat) {
      SortedMap<Integer, SignedStatement> held = new TreeMap<>(changesAt(height, round));
      held.keySet().removeIf(each -> each == victim.key && isSplit());
      boolean prepared =
          held.values().stream().anyMatch(each -> each.statement().preparedRound() >= 0);
      if (prepared || !world.validators.isQuorum(held.size())) {
        return;
      }
      justification = new ArrayList<>(held.values());
    }
    Optional<Block> block = freshBlock(key, height);
    if (block.isEmpty()) {
      return;
    }
    proposed.add(new Slot(height, round));
    for (SimNode to : world.correct()) {
      if (!(isSplit() && to == victim)) {
        world.inject(to, proposal(key, round, block.get(), justification, Optional.empty()));
      }
    }
    vote(height, round, block.get().id());
  }
}
