package dev.trestle.crypto;

import dev.trestle.base.Bytes;

/**
 * The last 20 bytes of keccak256 of an uncompressed secp256k1 public key. Ethereum's account
 * address, and the identity of validators and committee members, so that a contract can check their
 * signatures with {@code ecrecover}.
 */
public record EvmAddress(Bytes bytes) implements Comparable<EvmAddress> {
  public static final int SIZE = 20;

  public EvmAddress {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("an address has 20 bytes, not " + bytes.size());
    }
  }

  public static EvmAddress fromHex(String hex) {
    return new EvmAddress(Bytes.fromHex(hex));
  }

  @Override
  public int compareTo(EvmAddress other) {
    return bytes.compareTo(other.bytes);
  }

  /** Lower-case hex with {@code 0x}. */
  @Override
  public String toString() {
    return "0x" + bytes.toHex();
  }
}
