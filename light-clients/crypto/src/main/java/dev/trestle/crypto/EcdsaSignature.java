package dev.trestle.crypto;

import dev.trestle.base.Bytes;

/**
 * A recoverable secp256k1 ECDSA signature in the 64-byte form of EIP-2098: r, then s with the
 * parity of R's y in its top bit. Low-s: what little of high s fits this form, every check refuses.
 */
public record EcdsaSignature(Bytes bytes) {
  public static final int SIZE = 64;

  public EcdsaSignature {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("an EIP-2098 signature has 64 bytes, not " + bytes.size());
    }
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
