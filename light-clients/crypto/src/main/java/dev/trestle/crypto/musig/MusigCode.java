package dev.trestle.crypto.musig;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why a contribution to a signature of several keys is refused. Stable: part of the API. */
public enum MusigCode implements ReasonCode {
  /** No compressed point on the curve. The detail names the signer, counted from 0. */
  INVALID_PUBLIC_KEY,
  /** Not two points; the detail names the signer where there is a list. */
  INVALID_PUBLIC_NONCE,
  /** Not two points, each of which may be infinity. */
  INVALID_AGGREGATE_NONCE,
  /** Not a scalar below n, or not this signer's over this message. */
  INVALID_PARTIAL_SIGNATURE,
  /** A tweak that is not below n. */
  TWEAK_OUT_OF_RANGE,
  /** Keys, or a key and a tweak, that cancel each other. */
  INFINITE_KEY,
  /** A key that is not one of those that sign. */
  NOT_A_SIGNER,
  /** No signer, more than {@link KeyAggregate#MAX_KEYS}, or another count than there are keys. */
  WRONG_COUNT,
  /** Contributions that do not add up to a signature. */
  WRONG_SIGNATURE;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
