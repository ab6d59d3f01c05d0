package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;

/**
 * A secp256k1 public key in compressed form, 33 bytes. The constructor checks that it is a point on
 * the curve.
 */
public record PublicKey(Bytes compressed) implements Comparable<PublicKey> {
  public static final int SIZE = 33;

  public PublicKey {
    if (compressed.size() != SIZE || !Secp256k1.instance().isPublicKey(compressed)) {
      throw new IllegalArgumentException("not a compressed secp256k1 public key");
    }
  }

  public static PublicKey fromHex(String hex) {
    return new PublicKey(Bytes.fromHex(hex));
  }

  /** The x coordinate, as BIP-340 identifies a key. */
  public Hash32 xOnly() {
    return new Hash32(compressed.slice(1, SIZE));
  }

  /** Whether the y coordinate is even, which BIP-340 implies for an x-only key. */
  public boolean hasEvenY() {
    return compressed.at(0) == 2;
  }

  public EvmAddress evmAddress() {
    return EvmAddress.ofUncompressed(Secp256k1.instance().uncompress(this));
  }

  @Override
  public int compareTo(PublicKey other) {
    return compressed.compareTo(other.compressed);
  }

  @Override
  public String toString() {
    return compressed.toHex();
  }
}
