package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.List;
import java.util.Optional;

/**
 * What the shell must do after a step. <b>Order is part of the contract:</b> effects are performed
 * in the order of the list, and none that follows a {@link Persist} or a {@link Decide} may be
 * performed before that one is durable. If the process dies in between, the rest of the list is
 * lost, and that is safe.
 */
public sealed interface ConsensusEffect {
  /** BARRIER. Append to the write-ahead log and wait until it is on disk. */
  record Persist(DurableRecord record) implements ConsensusEffect {}

  /** Send to every other validator of the height, and to observers. */
  record Broadcast(SignedMessage message) implements ConsensusEffect {}

  /**
   * The peer is at an earlier height: send it the certificate and block of {@code height} if the
   * store has them. Emitted at most once a second for each peer.
   */
  record SendDecided(EvmAddress peer, long height) implements ConsensusEffect {}

  /** Send the certificate to every peer; it needs no signature of its own. */
  record Announce(CommitCertificate certificate) implements ConsensusEffect {}

  /** Start, or restart, a timer. */
  record StartTimer(TimerId timer, long delayMs) implements ConsensusEffect {}

  /**
   * Build and execute a block on {@code parent} and answer with {@link ConsensusInput.BlockBuilt}.
   *
   * @param timeMs the time to put into the header
   */
  record BuildBlock(long height, int round, ChainHead parent, long timeMs)
      implements ConsensusEffect {}

  /**
   * Execute on the parent's state and answer with {@link ConsensusInput.BlockExecuted}. The core
   * has checked chain id, height, parent, epoch, time, the certifying set and the parent's
   * certificate, and that each evidence is signed. Left to the executor: next set, history and
   * outbox root, that evidence is new and names a validator of its height, and all transactions.
   * The answer must be the same at every time and on every node.
   */
  record ExecuteBlock(Block block) implements ConsensusEffect {}

  /**
   * Put a proposed block together from the transactions that are here, ask these peers for those
   * that are not, or for the whole body, and answer with {@link ConsensusInput.BodyReceived}.
   * Emitted again while the body is missing.
   *
   * @param from the proposer, and who has said that it has the body
   */
  record AssembleBlock(CompactBlock block, List<EvmAddress> from) implements ConsensusEffect {
    public AssembleBlock {
      from = List.copyOf(from);
    }
  }

  /** Ask these peers for a body, any order, and answer with {@link ConsensusInput.BodyReceived}. */
  record FetchBlock(long height, Hash32 blockId, List<EvmAddress> from) implements ConsensusEffect {
    public FetchBlock {
      from = List.copyOf(from);
    }
  }

  /**
   * BARRIER. The block is final: apply it, execute it first if that has not happened, and store
   * block, certificate and state in one durable batch; then give {@link
   * ConsensusInput.StartHeight}. If execution contradicts the header, halt: a quorum is in another
   * state than this node.
   */
  record Decide(Block block, CommitCertificate certificate) implements ConsensusEffect {}

  /** A validator contradicted itself: pool, gossip, and put it into the next block. */
  record ReportEvidence(Evidence evidence) implements ConsensusEffect {}

  /** Others have decided heights up to this one; fetch and verify the blocks. */
  record SyncNeeded(long height) implements ConsensusEffect {}

  /** A quorum certified a block that this node's execution refuses. The core has stopped. */
  record Diverged(Block block, CommitCertificate certificate) implements ConsensusEffect {}

  /**
   * A quorum certified another block than the one that is decided: more than a third of the set
   * lies. Keep the proof and halt; the core has stopped.
   *
   * @param decided certificate of the decided block; empty if the store has it with that block
   */
  record Forked(Optional<CommitCertificate> decided, CommitCertificate other)
      implements ConsensusEffect {}

  /** Who is missing, at every change of round: one line for the operator. */
  record Summary(Diagnostics diagnostics) implements ConsensusEffect {}

  /** Something an operator may want to know; nothing has to be done. */
  record Notice(ConsensusCode code, String detail) implements ConsensusEffect {}
}
