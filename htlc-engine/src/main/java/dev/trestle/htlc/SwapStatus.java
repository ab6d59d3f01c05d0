package dev.trestle.htlc;

/**
 * Where a swap stands. Derived from the journal and the chains each time, never stored as truth.
 */
public enum SwapStatus {
  /** Terms are known, nothing is signed. */
  QUOTED(0),
  /** Accepted; no coin is locked yet. */
  AGREED(1),
  /** At least one leg is on its way. */
  FUNDING(2),
  /** Every leg is final as agreed. */
  ALL_LOCKED(3),
  /** The secret is out; the claims are not. */
  SECRET_KNOWN(4),
  /** This party's claim is sent and not final yet. */
  REDEEMING(5),
  /** This party has been paid. */
  COMPLETED(6),
  /** Given up before this party locked anything. */
  ABORTED(7),
  /** This party's coins wait for the expiry or for the refund to become final. */
  REFUNDING(8),
  /** This party has its coins back. */
  REFUNDED(9),
  /** This party's coins are gone and it was not paid: an alarm, never a normal end. */
  LOSS(10);

  private final int number;

  SwapStatus(int number) {
    this.number = number;
  }

  /** Its number in the journal; never reused. */
  int number() {
    return number;
  }

  /** Whether nothing of value can still change for this party. */
  public boolean isEnd() {
    return switch (this) {
      case COMPLETED, ABORTED, REFUNDED, LOSS -> true;
      case QUOTED, AGREED, FUNDING, ALL_LOCKED, SECRET_KNOWN, REDEEMING, REFUNDING -> false;
    };
  }
}
