package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.PreparedCertificate;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SignedStatement;
import dev.trestle.relay.consensus.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What attackers without a core share: their keys, and a memory of everything that was said. */
abstract class Liars implements Attacker {
  /** A height and round. */
  record Slot(long height, int round) {}

  final World world;
  final List<Integer> keys = new ArrayList<>();
  final Map<Hash32, Block> blocks = new HashMap<>();
  final Map<Slot, SortedMap<Integer, SignedStatement>> changes = new HashMap<>();

  Liars(World world) {
    this.world = world;
    for (int key = 0; key < world.validators.size(); key++) {
      if (world.isLiar(key)) {
        keys.add(key);
      }
    }
  }

  @Override
  public void observe(SignedMessage message) {
    switch (message.message()) {
      case Proposal proposal -> {
        boolean fresh = blocks.put(proposal.block().id(), proposal.block()) == null;
        onProposal(proposal, fresh);
      }
      case RoundChange change -> {
        int key = world.validators.indexOf(message.sender()).orElseThrow();
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

  SignedMessage sign(int key, ConsensusMessage message) {
    var address = world.validators.address(key);
    Hash32 digest = message.statement().digest(world.config.chainId());
    return new SignedMessage(message, address, world.signatures.sign(address, digest));
  }

  SignedStatement signedChange(int key, Statement statement) {
    var address = world.validators.address(key);
    return new SignedStatement(
        statement,
        address,
        world.signatures.sign(address, statement.digest(world.config.chainId())));
  }

  /** A valid fresh block on the chain of whoever is furthest; empty if nobody is there. */
  Optional<Block> freshBlock(int key, long height) {
    for (SimNode node : world.correct()) {
      if (node.decidedHeight() == height - 1 || node.decidedHeight() >= height) {
        Optional<Packet.Decided> parent =
            height == 1 ? Optional.empty() : Optional.of(node.decided(height - 1));
        long after = parent.map(each -> each.block().header().timeMs() + 1).orElse(World.EPOCH_MS);
        Block block =
            world.build(
                parent,
                world.validators.address(key),
                Math.max(after, World.EPOCH_MS + world.timeMs()));
        blocks.put(block.id(), block);
        return Optional.of(block);
      }
    }
    return Optional.empty();
  }

  SignedMessage proposal(
      int key,
      int round,
      Block block,
      List<SignedStatement> justification,
      Optional<PreparedCertificate> prepared) {
    return sign(key, new Proposal(round, block, justification, prepared));
  }

  /** PREPARE and COMMIT of every faulty validator, to one node. */
  void voteFor(SimNode to, long height, int round, Hash32 blockId) {
    for (int key : keys) {
      world.inject(to, sign(key, new ConsensusMessage.Prepare(height, round, blockId)));
      world.inject(to, sign(key, new ConsensusMessage.Commit(height, round, blockId)));
    }
  }

  @Override
  public Optional<Block> body(int key, Hash32 blockId) {
    return keys.contains(key) ? Optional.ofNullable(blocks.get(blockId)) : Optional.empty();
  }
}
