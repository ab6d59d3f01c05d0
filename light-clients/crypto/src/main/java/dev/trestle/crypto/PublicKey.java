package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A secp256k1 public key in compressed form, 33 bytes. The constructor checks that it is a point on
 * the curve.
 */
public record PublicKey(Bytes compressed) implements Comparable<PublicKey> {
  public static final int SIZE = 33;

  /** Keys that are remembered, a power of two: about a megabyte when all are there. */
  private static final int REMEMBERED = 1 << 13;

  /**
   * Encodings that were found to be keys lately, each at the place its hash says: senders,
   * validators and members come again and again, and the check takes a square root.
   */
  private static final AtomicReferenceArray<Bytes> KNOWN = new AtomicReferenceArray<>(REMEMBERED);

  public PublicKey {
    int place = Math.floorMod(compressed.hashCode() * 0x9e3779b1, REMEMBERED);
    if (!compressed.equals(KNOWN.get(place))) {
      if (compressed.size() != SIZE || !Secp256k1.instance().isPublicKey(compressed)) {
        throw new IllegalArgumentException("not a compressed secp256k1 public key");
      }
      KNOWN.set(place, compressed);
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

  /** The point with the other y: minus this one. */
  public PublicKey negate() {
    byte[] other = compressed.toArray();
    other[0] ^= 1;
    return new PublicKey(Bytes.wrap(other));
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
