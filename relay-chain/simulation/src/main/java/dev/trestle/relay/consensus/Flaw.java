package dev.trestle.relay.consensus;

/**
 * A bug put in on purpose, to prove that the simulation notices it. Where the sign guard would hide
 * a bug of the core, the guard is switched off: it is the second line of defence, and the first one
 * is what is tested.
 */
public enum Flaw {
  NONE,
  /** One vote too few is a quorum. */
  QUORUM_MINUS_ONE,
  /** R1 without the justification. */
  JUSTIFICATION_UNCHECKED,
  /** R1 counts a validator as often as its round change is attached. */
  DUPLICATE_COUNTED,
  /** R1 counts round changes of other rounds. */
  OTHER_ROUND_COUNTED,
  /** R1 and R6 take the lowest prepared round. */
  LOWEST_PREPARED,
  /** Prepared certificates are believed. */
  CERTIFICATE_UNVERIFIED,
  /** R1 takes any block with the highest certificate. */
  PREPARED_BLOCK_UNCHECKED,
  /** R1 from whomever. */
  PROPOSER_UNCHECKED,
  /** R1 whatever execution says. */
  EXECUTION_UNCHECKED,
  /** Who missed a turn is judged by the node's own certificates, not by those in the blocks. */
  ROTATION_FROM_OWN_VIEW,
  /** R2 also for rounds that are over. */
  LATE_COMMIT,
  /** R7 makes the ROUND_CHANGE anew, with what is prepared by now. */
  CHANGE_RECOMPUTED,
  /** The timer of a round starts on entry, so that who is ahead alone stays ahead. */
  TIMER_ON_ENTRY,
  /** A restart forgets the log and the sign guard. */
  NO_DURABLE_STATE,
  /** The shell sends before it writes. */
  SPEAK_BEFORE_PERSIST,
  /** The shell sends before what it wrote is synced. */
  SPEAK_BEFORE_SYNC,
  /** A validator that lost its log votes on. */
  LOST_LOG_VOTES,
  /** The first block of an epoch is taken from the set of the epoch before. */
  STALE_EPOCH_SET;

  /** Whether the sign guard is on. */
  public boolean isGuarded() {
    return switch (this) {
      case LATE_COMMIT, CHANGE_RECOMPUTED, SPEAK_BEFORE_PERSIST, SPEAK_BEFORE_SYNC -> false;
      case NONE,
          QUORUM_MINUS_ONE,
          JUSTIFICATION_UNCHECKED,
          DUPLICATE_COUNTED,
          OTHER_ROUND_COUNTED,
          LOWEST_PREPARED,
          CERTIFICATE_UNVERIFIED,
          PREPARED_BLOCK_UNCHECKED,
          PROPOSER_UNCHECKED,
          EXECUTION_UNCHECKED,
          ROTATION_FROM_OWN_VIEW,
          TIMER_ON_ENTRY,
          NO_DURABLE_STATE,
          LOST_LOG_VOTES,
          STALE_EPOCH_SET ->
          true;
    };
  }
}
