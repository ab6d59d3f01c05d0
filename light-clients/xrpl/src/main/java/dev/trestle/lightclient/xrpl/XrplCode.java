package dev.trestle.lightclient.xrpl;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Why something of the XRP Ledger is refused, where no common code says it. Stable: part of the
 * API.
 */
public enum XrplCode implements ReasonCode {
  /** The publisher's manifest is of another key, revoked, older than one seen, or not signed. */
  PUBLISHER_MANIFEST,
  /** The list of validators is not signed by the publisher. */
  UNL_SIGNATURE,
  /** The list is not newer than the one in force. */
  UNL_SEQUENCE,
  /** The list is no longer in force. */
  UNL_EXPIRED,
  /** The list is not in force yet. */
  UNL_NOT_EFFECTIVE,
  /** A validator's manifest is of no member, not newer than the one known, or not signed. */
  VALIDATOR_MANIFEST,
  /** A partial validation, which does not vouch for the ledger. */
  NOT_FULL,
  /** A validation of another ledger or of another number. */
  LEDGER_MISMATCH;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
