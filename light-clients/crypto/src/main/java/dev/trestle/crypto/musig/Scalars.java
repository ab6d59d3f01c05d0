package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.math.BigInteger;

/** Public numbers mod n, the order of the curve. Nothing secret passes here. */
final class Scalars {
  static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private Scalars() {}

  static BigInteger number(Hash32 word) {
    return new BigInteger(1, word.toArray());
  }

  static BigInteger modN(Hash32 hash) {
    return number(hash).mod(N);
  }

  static boolean isBelowN(Hash32 word) {
    return number(word).compareTo(N) < 0;
  }

  static Hash32 word(BigInteger value) {
    return new Hash32(new CanonicalWriter().u256(value.mod(N)).toBytes());
  }

  /** Big-endian in {@code size} bytes, as BIP-327 writes lengths. */
  static Bytes length(long value, int size) {
    byte[] out = new byte[size];
    for (int i = 0; i < size; i++) {
      out[size - 1 - i] = (byte) (value >>> (8 * i));
    }
    return Bytes.wrap(out);
  }
}
