package dev.trestle.crypto;

import dev.trestle.base.Bytes;

/** A BIP-340 signature, 64 bytes. */
public record SchnorrSignature(Bytes bytes) {
  public static final int SIZE = 64;

  public SchnorrSignature {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("a BIP-340 signature has 64 bytes, not " + bytes.size());
    }
  }
}
