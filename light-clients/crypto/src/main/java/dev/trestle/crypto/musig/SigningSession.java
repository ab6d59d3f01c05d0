package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import java.math.BigInteger;

/**
 * What all signers of one message agree on (BIP-327 Session Context), with what follows from it.
 */
public final class SigningSession {
  private final KeyAggregate keys;
  private final Bytes message;
  private final BigInteger nonceCoefficient;
  private final PublicKey commitment;
  private final BigInteger challenge;

  private SigningSession(KeyAggregate keys, AggregateNonce nonce, Bytes message) {
    this.keys = keys;
    this.message = message;
    this.nonceCoefficient =
        Scalars.modN(
            Digests.tagged("MuSig/noncecoef", nonce.bytes(), keys.xOnly().bytes(), message));
    this.commitment = nonce.at(nonceCoefficient).key().orElse(Point.G);
    this.challenge =
        Scalars.modN(
            Digests.tagged(
                "BIP0340/challenge", commitment.xOnly().bytes(), keys.xOnly().bytes(), message));
  }

  /**
   * @param keys with every tweak that the signature must be under
   * @param nonce of all signers
   * @param message of any length; a signature hash has 32 bytes
   */
  public static SigningSession of(KeyAggregate keys, AggregateNonce nonce, Bytes message) {
    return new SigningSession(keys, nonce, message);
  }

  KeyAggregate keys() {
    return keys;
  }

  Bytes message() {
    return message;
  }

  /** b of BIP-327. */
  BigInteger nonceCoefficient() {
    return nonceCoefficient;
  }

  /** e of BIP-327. */
  BigInteger challenge() {
    return challenge;
  }

  /** R of BIP-327: what the nonces commit to. */
  PublicKey commitment() {
    return commitment;
  }

  /** x of {@link #commitment}, the first half of the signature. */
  Hash32 nonceX() {
    return commitment.xOnly();
  }
}
