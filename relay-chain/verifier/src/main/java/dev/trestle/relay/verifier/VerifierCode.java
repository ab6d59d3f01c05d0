package dev.trestle.relay.verifier;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why something about the relay chain is not believed. Stable: part of the API. */
public enum VerifierCode implements ReasonCode {
  MALFORMED,
  WRONG_RELAY_CHAIN,
  /** Before the trusted start, or the epoch does not belong to the height. */
  UNKNOWN_ERA,
  WRONG_VALIDATORS,
  OTHER_BLOCK,
  BITS_BEYOND_SET,
  BAD_SIGNATURE,
  QUORUM_LOW,
  /** The block does not end the current era. */
  NO_HAND_OVER,
  /** Not an older block of the same chain. */
  NOT_OLDER,
  PROOF_INVALID;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
