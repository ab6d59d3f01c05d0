package dev.trestle.base;

/** A 32-byte digest, identifier or scalar in the byte order in which it is hashed and sent. */
public record Hash32(Bytes bytes) implements Comparable<Hash32> {
  /** All zero. Never a valid root, id or commitment: verifiers reject it. */
  public static final Hash32 ZERO = new Hash32(Bytes.wrap(new byte[32]));

  public static final int SIZE = 32;

  public Hash32 {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("a Hash32 has 32 bytes, not " + bytes.size());
    }
  }

  public static Hash32 of(byte[] source) {
    return new Hash32(Bytes.of(source));
  }

  public static Hash32 wrap(byte[] source) {
    return new Hash32(Bytes.wrap(source));
  }

  public static Hash32 fromHex(String hex) {
    return new Hash32(Bytes.fromHex(hex));
  }

  public boolean isZero() {
    return equals(ZERO);
  }

  public byte[] toArray() {
    return bytes.toArray();
  }

  public String toHex() {
    return bytes.toHex();
  }

  /** Display order of Bitcoin block and transaction ids: the bytes reversed. */
  public String toReversedHex() {
    return bytes.reverse().toHex();
  }

  /** Inverse of {@link #toReversedHex()}. */
  public static Hash32 fromReversedHex(String hex) {
    return new Hash32(Bytes.fromHex(hex).reverse());
  }

  @Override
  public int compareTo(Hash32 other) {
    return bytes.compareTo(other.bytes);
  }

  /** As a record's own, written out: maps of hashes are asked all the time. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Hash32(Bytes that) && bytes.equals(that);
  }

  @Override
  public int hashCode() {
    return bytes.hashCode();
  }

  @Override
  public String toString() {
    return toHex();
  }
}
