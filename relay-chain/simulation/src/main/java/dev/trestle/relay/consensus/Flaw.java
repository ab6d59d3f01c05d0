package dev.trestle.relay.consensus;

/** A bug put in on purpose, to prove that the simulation notices it. */
public enum Flaw {
  NONE,
  /** One vote too few is a quorum. */
  QUORUM_MINUS_ONE,
  /** A restart forgets the log and the sign guard. */
  NO_DURABLE_STATE,
  /** R1 without the justification. */
  JUSTIFICATION_UNCHECKED,
  /** R1 and R6 take the lowest prepared round. */
  LOWEST_PREPARED,
  /** Prepared certificates are believed. */
  CERTIFICATE_UNVERIFIED,
  /** R2 also for rounds that are over, without a sign guard. */
  LATE_COMMIT,
  /** The shell sends before it persists, without a sign guard. */
  SPEAK_BEFORE_PERSIST,
  /** The timer of a round starts on entry, so that who is ahead alone stays ahead. */
  TIMER_ON_ENTRY
}
