package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CompactBlock;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.PreparedCertificate;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SignedStatement;
import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What attackers without a core share: their keys, and a memory of everything that was said. */
abstract class Liars implements Attacker {
  /** A height and round. */
  record Slot(long height, int round) {}

  final World world;
  final List<Integer> keys = new ArrayList<>();
  private final Set<Hash32> seen = new HashSet<>();
  final Map<Slot, SortedMap<Integer, SignedStatement>> changes = new HashMap<>();

  Liars(World world) {
    this.world = world;
    keys.addAll(world.membership.liars());
  }

  @Override
  public void observe(SignedMessage message) {
    switch (message.message()) {
      case Proposal proposal -> {
        onProposal(proposal, seen.add(proposal.block().id()));
      }
      case RoundChange change -> {
        int key = world.membership.everyone().indexOf(message.sender()).orElseThrow();
        changesAt(change.height(), change.round()).put(key, message.signedStatement());
        onChange(change);
      }
      case ConsensusMessage.Prepare prepare -> {}
      case ConsensusMessage.Commit commit -> {}
    }
  }

  void onProposal(Proposal proposal, boolean fresh) {}

  void onChange(RoundChange change) {}

  SortedMap<Integer, SignedStatement> changesAt(long height, int round) {
    return changes.computeIfAbsent(new Slot(height, round), slot -> new TreeMap<>());
  }

  EvmAddress address(int key) {
    return world.membership.everyone().address(key);
  }

  /** The set of the height that is attacked. */
  ValidatorSet set(long height) {
    return world.membership.at(height);
  }

  /** Whether it is this liar's turn to propose. */
  boolean isProposer(int key, long height, int round) {
    return world.correct().stream()
        .filter(node -> node.state().height() == height)
        .findFirst()
        .flatMap(node -> node.state().proposer(round))
        .filter(address(key)::equals)
        .isPresent();
  }

  SignedMessage sign(int key, ConsensusMessage message) {
    return new SignedMessage(message, address(key), signature(key, message.statement()));
  }

  SignedStatement signedChange(int key, Statement statement) {
    return new SignedStatement(statement, address(key), signature(key, statement));
  }

  private EcdsaSignature signature(int key, Statement statement) {
    return world.signatures.sign(
        address(key), statement.position(), world.signatures.digest(statement));
  }

  /** The round in which most of the work at this height is going on. */
  int highestRound(long height) {
    int round = 0;
    for (SimNode node : world.correct()) {
      if (node.state().height() == height) {
        round = Math.max(round, node.state().round());
      }
    }
    return round;
  }

  /** A fresh block on the chain of whoever is furthest; empty if nobody is there. */
  Optional<Block> freshBlock(int key, long height, SimLedger.Fault fault) {
    for (SimNode node : world.correct()) {
      if (node.decidedHeight() >= height - 1) {
        Optional<Packet.Decided> parent =
            height == 1 ? Optional.empty() : Optional.of(node.decided(height - 1));
        long after = parent.map(each -> each.block().header().timeMs() + 1).orElse(World.EPOCH_MS);
        return Optional.of(
            world.ledger.build(
                parent,
                address(key),
                Math.max(after, World.EPOCH_MS + world.timeMs()),
                world.random.nextLong(),
                fault));
      }
    }
    return Optional.empty();
  }

  Optional<Block> freshBlock(int key, long height) {
    return freshBlock(key, height, SimLedger.Fault.NONE);
  }

  /**
   * Round changes to this round, those of all liars included; empty if they justify no fresh block.
   */
  List<SignedStatement> justification(
      long height, int round, SortedMap<Integer, SignedStatement> from) {
    SortedMap<Integer, SignedStatement> held = new TreeMap<>(from);
    for (int liar : keys) {
      held.put(liar, signedChange(liar, Statement.roundChange(height, round, -1, Hash32.ZERO)));
    }
    held.keySet().removeIf(key -> set(height).indexOf(address(key)).isEmpty());
    boolean prepared =
        held.values().stream().anyMatch(each -> each.statement().preparedRound() >= 0);
    return prepared || !set(height).isQuorum(held.size()) ? List.of() : List.copyOf(held.values());
  }

  void inject(SimNode to, SignedMessage message) {
    world.network.inject(to, new Packet.Consensus(message));
  }

  SignedMessage proposal(
      int key,
      int round,
      Block block,
      List<SignedStatement> justification,
      Optional<PreparedCertificate> prepared) {
    return sign(key, new Proposal(round, CompactBlock.of(block), justification, prepared));
  }

  /** PREPARE and COMMIT of every faulty validator, to one node. */
  void voteFor(SimNode to, long height, int round, Hash32 blockId) {
    for (int key : keys) {
      inject(to, sign(key, new ConsensusMessage.Prepare(height, round, blockId)));
      inject(to, sign(key, new ConsensusMessage.Commit(height, round, blockId)));
    }
  }

  @Override
  public Optional<Block> body(int key, Hash32 blockId) {
    return keys.contains(key) && world.random.nextInt(4) > 0
        ? world.ledger.find(blockId)
        : Optional.empty();
  }
}
