package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import java.util.Locale;

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

  /** Of a key in its 65-byte form. */
  static EvmAddress ofUncompressed(Bytes key) {
    return new EvmAddress(Digests.keccak256(key.slice(1, 65)).bytes().slice(12, 32));
  }

  public static EvmAddress fromHex(String hex) {
    return new EvmAddress(Bytes.fromHex(hex));
  }

  /**
   * Reads an address as people write it: {@code 0x} and 40 hex digits, in one case or with the
   * checksum of EIP-55.
   *
   * @throws IllegalArgumentException otherwise, and for address zero, which nobody owns
   */
  public static EvmAddress parse(String text) {
    if (!text.matches("0x[0-9a-fA-F]{40}")) {
      throw new IllegalArgumentException("an EVM address is 0x and 40 hex digits");
    }
    EvmAddress address = fromHex(text);
    String digits = text.substring(2);
    boolean oneCase =
        digits.equals(digits.toLowerCase(Locale.ROOT))
            || digits.equals(digits.toUpperCase(Locale.ROOT));
    if (!oneCase && !text.equals(address.checksummed())) {
      throw new IllegalArgumentException("the checksum of the address is wrong (EIP-55)");
    }
    if (address.bytes.equals(Bytes.wrap(new byte[SIZE]))) {
      throw new IllegalArgumentException("the zero address");
    }
    return address;
  }

  /** Mixed-case hex with {@code 0x}: the case of each letter is a bit of a checksum (EIP-55). */
  public String checksummed() {
    String digits = bytes.toHex();
    String hash = Digests.keccak256(Bytes.utf8(digits)).toHex();
    StringBuilder text = new StringBuilder("0x");
    for (int i = 0; i < digits.length(); i++) {
      char digit = digits.charAt(i);
      boolean upper = Character.digit(hash.charAt(i), 16) >= 8;
      text.append(upper ? Character.toUpperCase(digit) : digit);
    }
    return text.toString();
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
