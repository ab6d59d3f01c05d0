package dev.trestle.htlc;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** What an operator must look at. Stable: part of the API. */
public enum AlarmCode implements ReasonCode {
  /** The counterparty's lock is not the agreed one. */
  AUDIT_FAILED,
  /** The adapter reports a preimage that does not hash to the swap's hash. */
  BAD_PREIMAGE,
  /** Coins that this party did not send pay its own lock. */
  FOREIGN_FUNDING,
  /** A lock that was irreversible has vanished. */
  DEEP_REORG,
  /** This party's lock transaction was included and failed. */
  LOCK_FAILED,
  /** The secret is known and the claim is late: the refund of that leg is valid already. */
  CLAIM_LATE,
  /** Coins are gone and nothing was received. */
  LOSS;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
