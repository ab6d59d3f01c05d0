package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;

/**
 * Everything that can happen to the consensus core. {@code nowMs} is the local clock, milliseconds
 * since the Unix epoch; it may jump.
 */
public sealed interface ConsensusInput {
  long nowMs();

  /**
   * The chain ends at {@code parent}: run the next height. Given once at start (also after a
   * restart) and again whenever the head moves, be it by {@link ConsensusEffect.Decide} or by block
   * sync.
   *
   * @param workPending whether transactions wait
   * @param recovered what the durable records say about the next height; {@link
   *     RecoveredHeight#NONE} when the head moved while running
   */
  record StartHeight(ChainHead parent, boolean workPending, RecoveredHeight recovered, long nowMs)
      implements ConsensusInput {}

  /** A transaction waits that was not there when the height started. */
  record WorkArrived(long nowMs) implements ConsensusInput {}

  /** A message that {@link MessageVerifier} accepted. */
  record Message(VerifiedMessage message, long nowMs) implements ConsensusInput {}

  /** The delay of a {@link ConsensusEffect.StartTimer} is over. */
  record TimerFired(TimerId timer, long nowMs) implements ConsensusInput {}

  /**
   * Answer to {@link ConsensusEffect.BuildBlock}. The builder has executed the block; a late or
   * unasked answer is ignored.
   */
  record BlockBuilt(int round, Block block, long nowMs) implements ConsensusInput {}

  /**
   * Answer to {@link ConsensusEffect.ExecuteBlock}.
   *
   * @param outcome accepted: the state root after the block, which the core compares with the
   *     header's; rejected: the block is invalid; later or ignored: try again when it is proposed
   *     again
   */
  record BlockExecuted(Hash32 blockId, Verdict<Hash32> outcome, long nowMs)
      implements ConsensusInput {}

  /**
   * Answer to {@link ConsensusEffect.AssembleBlock} or {@link ConsensusEffect.FetchBlock}, from
   * whoever had the body. A body that was not asked for is ignored.
   */
  record BodyReceived(Block block, long nowMs) implements ConsensusInput {}

  /** Somebody's certificate; the core verifies it, as a whole. */
  record CertificateReceived(CommitCertificate certificate, long nowMs) implements ConsensusInput {}
}
