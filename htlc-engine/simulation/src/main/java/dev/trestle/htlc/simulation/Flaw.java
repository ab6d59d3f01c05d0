package dev.trestle.htlc.simulation;

/**
 * Bugs that can be put into the honest parties, those of other systems among them. Every one must
 * break an invariant: it shows that the invariant is checked.
 */
public enum Flaw {
  NONE,
  /** Timelocks a constant two minutes apart. */
  GAP_TOO_SMALL,
  /** No time for an outage in the gaps. */
  NO_OUTAGE_BUDGET,
  /** The secret is shown when the locks are in a block and not final. */
  REVEAL_BEFORE_FINAL,
  /** One block less counts as final. */
  ONE_CONFIRMATION_SHORT,
  /** The secret is shown when the last leg is final, whatever the others are. */
  REVEAL_LOOKS_AT_ONE_LEG,
  /** The secret is shown hours after it is too late. */
  REVEAL_TOO_LATE,
  /** The own lock is paid before the one that pays for it is final. */
  FUND_BEFORE_FINAL,
  /** Any amount will do. */
  WRONG_AMOUNT,
  /** A lock to other keys counts (an output of the wrong type, published in 2026). */
  DECOY_OUTPUT,
  /** Once the refund is sent nobody looks for a claim. */
  NO_WATCH_AFTER_REFUND,
  /** The preimage is the first item of the witness (published in 2026). */
  PREIMAGE_BY_POSITION,
  /** Spendings whose witness has another number of items are passed over (published in 2026). */
  PREIMAGE_BY_LENGTH,
  /** What was signed is not remembered after a crash. */
  FORGETS_SIGNED,
  /** The journal is written after the transaction was sent. */
  WRITES_AFTER_SENDING,
  /** A broadcast that failed counts as not sent, and is signed anew (published in 2026). */
  FAILURE_IS_NOT_SENT,
  /** What was sent once is not sent again. */
  SENDS_ONCE,
  /** The expiry overwrites the knowledge that the secret is out (published in 2026). */
  EXPIRY_BEATS_PAYMENT,
  /** A spending in a block counts as final, and the swap as over. */
  INCLUDED_IS_FINAL,
  /** Whatever coin came last to the lock is claimed. */
  CLAIMS_ANY_COIN,
  /** Only the coin that came first to the lock is taken back. */
  REFUNDS_ONE_COIN,
  /** A swap whose lock is signed is given up and not watched any more. */
  ABORTS_AFTER_SIGNING,
  /** Two processes run the same swap. */
  TWO_ENGINES,
  /** The journal of an older backup is opened. */
  OLD_SNAPSHOT,
  /** A known secret is used only while every chain is well. */
  CLAIMS_ONLY_WHEN_HEALTHY
}
