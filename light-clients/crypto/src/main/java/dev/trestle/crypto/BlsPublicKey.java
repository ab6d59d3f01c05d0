package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import java.util.Optional;
import supranational.blst.P1_Affine;

/**
 * A validated BLS12-381 public key: a point of G1's prime-order subgroup other than infinity, as
 * {@code KeyValidate} of draft-irtf-cfrg-bls-signature section 2.5 asks. Only {@link #decode} makes
 * one, so whoever holds a key need not check it again.
 */
public final class BlsPublicKey {
  /** Compressed form in bytes. */
  public static final int SIZE = 48;

  private final Bytes compressed;
  private final P1_Affine point;

  private BlsPublicKey(Bytes compressed, P1_Affine point) {
    this.compressed = compressed;
    this.point = point;
  }

  /** Empty unless {@code compressed} is the one 48-byte form of a point that may be a key. */
  public static Optional<BlsPublicKey> decode(Bytes compressed) {
    if (compressed.size() != SIZE || (compressed.at(0) & 0x80) == 0) {
      return Optional.empty(); // the library would read the uncompressed form as well
    }
    P1_Affine point;
    try {
      point = new P1_Affine(compressed.toArray());
    } catch (RuntimeException e) { // what the binding throws for a bad encoding
      return Optional.empty();
    }
    return point.is_inf() || !point.in_group()
        ? Optional.empty()
        : Optional.of(new BlsPublicKey(compressed, point));
  }

  /** The 48-byte form of the Zcash serialisation. */
  public Bytes compressed() {
    return compressed;
  }

  P1_Affine point() {
    return point;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlsPublicKey that && compressed.equals(that.compressed);
  }

  @Override
  public int hashCode() {
    return compressed.hashCode();
  }

  @Override
  public String toString() {
    return compressed.toHex();
  }
}
