package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Claim;

/** What a light client is given. */
public sealed interface Input {
  /** For {@code initialize}. */
  record Anchor(Bytes anchor) implements Input {}

  /**
   * For {@code verify}.
   *
   * @param nowSeconds time at which it is judged
   */
  record Update(Bytes message, long nowSeconds) implements Input {}

  /** For {@code checkMisbehaviour}. */
  record Evidence(Bytes evidence) implements Input {}

  /** For {@code membership}. */
  record Membership(Claim claim) implements Input {}

  /** For {@code nonMembership}. */
  record Absence(Bytes path, Bytes proof) implements Input {}
}
