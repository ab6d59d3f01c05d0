package dev.trestle.lightclient.trestle;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/**
 * Why something about a relay chain is refused, besides {@code RejectionCode} and the {@code
 * VerifierCode} of certificates and proofs. Stable: part of the API.
 */
public enum TrestleCode implements ReasonCode {
  /** The epoch lies before that of a lower block. */
  EPOCH_BACKWARDS,
  /** The block ends its era and the update does not bring the next validators. */
  HAND_OVER_MISSING,
  /** The block is not the one that the path names. */
  OTHER_HEIGHT;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
