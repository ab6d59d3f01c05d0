package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.RelayHeader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the blocks mean: a chain of hashes as state, and the sets of the epochs. Knows every block
 * that anybody has built.
 */
final class SimLedger {
  /** What is wrong with a block. */
  enum Fault {
    NONE,
    STATE_ROOT,
    EPOCH,
    NEXT_VALIDATORS
  }

  private final Hash32 chainId;
  private final Membership membership;
  private final Map<Hash32, Block> built = new HashMap<>();

  SimLedger(Hash32 chainId, Membership membership) {
    this.chainId = chainId;
    this.membership = membership;
  }

  Block build(
      Optional<Packet.Decided> parent, EvmAddress builder, long timeMs, long content, Fault fault) {
    Optional<CommitCertificate> lastCommit = parent.map(Packet.Decided::certificate);
    Hash32 parentId = parent.map(each -> each.block().id()).orElse(chainId);
    long height = parent.map(each -> each.block().height()).orElse(0L) + 1;
    List<Bytes> transactions = List.of(Bytes.utf8("tx " + content));
    Hash32 txRoot = Block.txRoot(transactions);
    RelayHeader header =
        new RelayHeader(
            chainId,
            height,
            timeMs,
            parentId,
            membership.epochOf(height) + (fault == Fault.EPOCH ? 1 : 0),
            membership.at(height).hash(),
            fault == Fault.NEXT_VALIDATORS ? chainId : membership.at(height + 1).hash(),
            txRoot,
            fault == Fault.STATE_ROOT ? txRoot : stateRoot(parentId, txRoot),
            Hash32.ZERO,
            Hash32.ZERO,
            Block.lastCommitHash(lastCommit),
            Block.evidenceRoot(List.of()),
            builder);
    Block block = new Block(header, transactions, lastCommit, List.of());
    built.put(block.id(), block);
    return block;
  }

  Optional<Block> find(Hash32 id) {
    return Optional.ofNullable(built.get(id));
  }

  Verdict<Hash32> execute(Block block) {
    RelayHeader header = block.header();
    return header.epoch() == membership.epochOf(header.height())
            && header.nextValidatorsHash().equals(membership.at(header.height() + 1).hash())
        ? Verdict.accept(stateRoot(header.parentId(), header.txRoot()))
        : Verdict.reject(ConsensusCode.WRONG_VALIDATORS, "epoch or next set");
  }

  /** Whether a correct validator may vote for this block. */
  boolean isValid(Hash32 id) {
    Block block = built.get(id);
    return block != null
        && block.header().validatorsHash().equals(membership.at(block.height()).hash())
        && execute(block) instanceof Verdict.Accepted<Hash32>(Hash32 root)
        && root.equals(block.header().stateRoot());
  }

  private static Hash32 stateRoot(Hash32 parentId, Hash32 txRoot) {
    return Digests.sha256(Bytes.concat(parentId.bytes(), txRoot.bytes()));
  }
}
