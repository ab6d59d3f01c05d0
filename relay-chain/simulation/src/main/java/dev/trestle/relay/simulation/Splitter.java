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
import dev.trestle.relay.consensus.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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
    /** Justify a fresh block with one round change, as often as is needed. */
    DUPLICATED,
    /** Justify a fresh block with round changes of a round before anything was prepared. */
    OTHER_ROUND,
    /** Propose another block under the certificate of the prepared one. */
    OTHER_BLOCK,
    /** Claim to be prepared for another block, with a forged certificate. */
    FORGED_CERTIFICATE,
    /** First let one node, the holder, be prepared for another block in round 0. */
    OLDER_PREPARED
  }

  private final Set<Slot> proposed = new HashSet<>();
  private final Set<Slot> changed = new HashSet<>();
  private final Map<Slot, PreparedCertificate> certificates = new HashMap<>();
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
    plan = Scenario.pick(world.random, Plan.values());
    List<SimNode> correct = new ArrayList<>(world.correct());
    for (int i = correct.size() - 1; i > 0; i--) {
      Collections.swap(correct, i, world.random.nextInt(i + 1));
    }
    victim = correct.getFirst();
    int needed = set(height).quorum() - keys.size() - 1;
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
      case PROPOSAL -> plan != Plan.OTHER_ROUND || message.round() > 0;
      case ROUND_CHANGE -> true;
    };
  }

  @Override
  public void observe(SignedMessage message) {
    if (message.height() == height
        && message.round() == 0
        && message.message() instanceof ConsensusMessage.Commit
        && message.sender().equals(address(holder.key))) {
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
            inject(to, signed);
          }
        }
      }
    }
  }

  @Override
  void onChange(RoundChange change) {
    change
        .prepared()
        .ifPresent(each -> certificates.put(new Slot(change.height(), each.round()), each));
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
          inject(to, signed);
        }
      }
    }
  }

  private PreparedCertificate forge(Block block, int round) {
    SortedMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    // the liars first: whoever believes it asks them for the body
    List<Integer> signers = new ArrayList<>(keys);
    for (int i = 0; signers.size() < set(height).quorum(); i++) {
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
            set(height).size(),
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
      if (isProposer(key, height, round)) {
        propose(key, round);
      }
    }
  }

  private void propose(int key, int round) {
    if (proposed.contains(new Slot(height, round))
        || (round == 0 && (world.highest() < height - 1 || plan == Plan.OTHER_ROUND))) {
      return;
    }
    Optional<Lie> lie = lie(key, round);
    Optional<Block> block = lie.isEmpty() ? Optional.empty() : freshBlock(key, height);
    if (block.isEmpty()) {
      return;
    }
    proposed.add(new Slot(height, round));
    SignedMessage message =
        proposal(key, round, block.get(), lie.get().justification(), lie.get().prepared());
    for (SimNode to : world.correct()) {
      if (!(isSplit() && to == victim)) {
        inject(to, message);
      }
    }
    vote(height, round, block.get().id());
  }

  /** What a proposal pretends to rest on. */
  private record Lie(List<SignedStatement> justification, Optional<PreparedCertificate> prepared) {
    static Lie of(List<SignedStatement> justification) {
      return new Lie(justification, Optional.empty());
    }
  }

  /** Empty when it is too early for it. */
  private Optional<Lie> lie(int key, int round) {
    if (round == 0) {
      return Optional.of(Lie.of(List.of()));
    }
    SortedMap<Integer, SignedStatement> held = new TreeMap<>(changesAt(height, round));
    if (isSplit()) {
      held.remove(victim.key);
      switch (plan) {
        case NO_JUSTIFICATION -> {
          return Optional.of(Lie.of(List.of()));
        }
        case DUPLICATED -> {
          SignedStatement own =
              signedChange(key, Statement.roundChange(height, round, -1, Hash32.ZERO));
          return Optional.of(Lie.of(Collections.nCopies(set(height).quorum(), own)));
        }
        case OTHER_ROUND -> {
          return early(justification(height, 1, changesAt(height, 1)));
        }
        case OTHER_BLOCK -> {
          return underCertificate(held);
        }
        case FORGED_CERTIFICATE, OLDER_PREPARED -> {}
      }
    }
    return early(justification(height, round, held));
  }

  private static Optional<Lie> early(List<SignedStatement> justification) {
    return justification.isEmpty() ? Optional.empty() : Optional.of(Lie.of(justification));
  }

  private Optional<Lie> underCertificate(SortedMap<Integer, SignedStatement> held) {
    int highest =
        held.values().stream().mapToInt(each -> each.statement().preparedRound()).max().orElse(-1);
    return set(height).isQuorum(held.size())
        ? Optional.ofNullable(certificates.get(new Slot(height, highest)))
            .map(each -> new Lie(List.copyOf(held.values()), Optional.of(each)))
        : Optional.empty();
  }
}
