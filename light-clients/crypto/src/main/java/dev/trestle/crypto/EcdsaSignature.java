package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A recoverable secp256k1 ECDSA signature in the 64-byte form of EIP-2098: r, then s with the
 * parity of R's y in its top bit. Low-s: what little of high s fits this form, every check refuses.
 */
public record EcdsaSignature(Bytes bytes) {
  public static final int SIZE = 64;

  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  public EcdsaSignature {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("an EIP-2098 signature has 64 bytes, not " + bytes.size());
    }
  }

  /**
   * The low-s form of a signature as chains write it that do not ask for low s: (r, s) and (r, n -
   * s) with the other parity recover to the same key. Empty if s is zero or not below n.
   *
   * @param rs r and s, 32 bytes each
   * @param recoveryId 0 or 1
   */
  public static Optional<EcdsaSignature> normalized(Bytes rs, int recoveryId) {
    if (rs.size() != SIZE || recoveryId < 0 || recoveryId > 1) {
      return Optional.empty();
    }
    BigInteger s = new BigInteger(1, rs.slice(32, SIZE).toArray());
    if (s.signum() == 0 || s.compareTo(ORDER) >= 0) {
      return Optional.empty();
    }
    boolean high = s.compareTo(ORDER.shiftRight(1)) > 0;
    byte[] low = (high ? ORDER.subtract(s) : s).toByteArray();
    byte[] out = java.util.Arrays.copyOf(rs.slice(0, 32).toArray(), SIZE);
    for (int i = 0; i < Math.min(32, low.length); i++) {
      out[SIZE - 1 - i] = low[low.length - 1 - i];
    }
    out[32] |= (byte) ((high ? 1 - recoveryId : recoveryId) << 7);
    return Optional.of(new EcdsaSignature(Bytes.wrap(out)));
  }

  /** 0 or 1. */
  public int recoveryId() {
    return bytes.at(32) >>> 7;
  }

  /** r and s without the parity bit, 64 bytes. */
  public Bytes rs() {
    byte[] raw = bytes.toArray();
    raw[32] &= 0x7f;
    return Bytes.wrap(raw);
  }
}
