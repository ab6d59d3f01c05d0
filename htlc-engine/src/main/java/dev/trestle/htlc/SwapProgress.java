package dev.trestle.htlc;

import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import java.util.Optional;

/**
 * Something happened in a swap; for people and metrics.
 *
 * @param step what happened
 * @param status of the swap after it
 * @param leg index from 0; empty for what concerns the whole swap
 * @param chain of the leg
 * @param transactionId of what was signed, sent or seen
 * @param confirmations of it, 0 in the mempool
 * @param detail for people
 * @param elapsedSeconds since the swap was started here
 */
public record SwapProgress(
    Hash32 swapId,
    Step step,
    SwapStatus status,
    Optional<Integer> leg,
    Optional<ChainId> chain,
    Optional<Hash32> transactionId,
    long confirmations,
    String detail,
    long elapsedSeconds) {
  /** Kinds of progress. */
  public enum Step {
    STARTED,
    RESUMED,
    LOCK_SIGNED,
    LOCK_SENT,
    LOCK_SEEN,
    LOCK_FINAL,
    CLAIM_SIGNED,
    CLAIM_SENT,
    CLAIM_SEEN,
    CLAIM_FINAL,
    REFUND_SIGNED,
    REFUND_SENT,
    REFUND_SEEN,
    REFUND_FINAL,
    SECRET_LEARNED,
    /** A call failed and is tried again. */
    RETRY,
    ALARM,
    ENDED
  }
}
