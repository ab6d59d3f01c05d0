package dev.trestle.htlc;

/**
 * Where a swap stands. Derived from the journal and the chains each time, never stored as truth.
 */
public enum SwapStatus {
  /** Terms are known, nothing is signed. */
  QUOTED,
  /** Accepted; no coin is locked yet. */
  AGREED,
  /** At least one leg is on its way. */
  FUNDING,
  /** Every leg is final as agreed. */
  ALL_LOCKED,
  /** The secret is out; the claims are not. */
  SECRET_KNOWN,
  /** This party's claim is sent and not final yet. */
  REDEEMING,
  /** This party has been paid. */
  COMPLETED,
  /** Given up before this party locked anything. */
  ABORTED,
  /** This party's coins wait for the expiry or for the refund to become final. */
  REFUNDING,
  /** This party has its coins back. */
  REFUNDED,
  /** This party's coins are gone and it was not paid: an alarm, never a normal end. */
  LOSS;

  /** Whether nothing of value can still change for this party. */
  public boolean isEnd() {
    return switch (this) {
      case COMPLETED, ABORTED, REFUNDED, LOSS -> true;
      case QUOTED, AGREED, FUNDING, ALL_LOCKED, SECRET_KNOWN, REDEEMING, REFUNDING -> false;
    };
  }
}
