package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A BIP-340 signature that lacks the discrete logarithm of a point; made by {@link AdaptorSession}.
 */
public final class PreSignature {
  private final SchnorrSignature sum;
  private final PublicKey point;
  private final boolean negative;
  private final Bytes message;
  private final Hash32 key;

  /**
   * @param negative whether the logarithm is subtracted, as the common nonce has an odd y
   */
  PreSignature(SchnorrSignature sum, PublicKey point, boolean negative, Bytes message, Hash32 key) {
    this.sum = sum;
    this.point = point;
    this.negative = negative;
    this.message = message;
    this.key = key;
  }

  /** x of the nonce and the incomplete scalar, 64 bytes. No valid signature. */
  public Bytes bytes() {
    return sum.bytes();
  }

  Hash32 scalar() {
    return new Hash32(sum.bytes().slice(32, 64));
  }

  /**
   * The signature, which verifies; empty if {@code logarithm} is not the point's.
   *
   * <p>Publishing it tells the logarithm to everybody who has this pre-signature.
   */
  public Optional<SchnorrSignature> complete(SecretKey logarithm) {
    if (!logarithm.publicKey().equals(point)) {
      return Optional.empty();
    }
    Secp256k1 curve = Secp256k1.instance();
    try (SecretKey signed =
            negative ? curve.negate(logarithm) : SecretKey.of(logarithm.exposeForStorage());
        SecretKey s = curve.tweakAdd(signed, scalar()).orElseThrow()) {
      SchnorrSignature signature =
          new SchnorrSignature(Bytes.concat(sum.bytes().slice(0, 32), s.exposeForStorage()));
      return curve.verifySchnorr(signature, message, key)
          ? Optional.of(signature)
          : Optional.empty();
    }
  }

  /** The point's logarithm out of the completed signature; empty for any other signature. */
  public Optional<SecretKey> extract(SchnorrSignature signature) {
    if (!signature.bytes().slice(0, 32).equals(sum.bytes().slice(0, 32))) {
      return Optional.empty();
    }
    BigInteger difference =
        Scalars.number(new Hash32(signature.bytes().slice(32, 64)))
            .subtract(Scalars.number(scalar()));
    Hash32 logarithm = Scalars.word(negative ? difference.negate() : difference);
    if (logarithm.isZero()) {
      return Optional.empty();
    }
    SecretKey found = SecretKey.of(logarithm.bytes());
    return found.publicKey().equals(point) ? Optional.of(found) : Optional.empty();
  }
}
