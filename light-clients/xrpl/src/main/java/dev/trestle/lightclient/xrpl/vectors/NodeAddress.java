package dev.trestle.lightclient.xrpl.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.xrpl.XrplKey;
import java.math.BigInteger;
import java.util.Optional;

/** Keys of nodes as people write them: {@code n...}, base 58 with a checksum of four bytes. */
final class NodeAddress {
  private static final String ALPHABET =
      "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
  private static final BigInteger BASE = BigInteger.valueOf(ALPHABET.length());
  private static final int NODE_PUBLIC = 28;
  private static final int SIZE = 1 + XrplKey.SIZE + 4;

  private NodeAddress() {}

  static Optional<XrplKey> decode(String text) {
    if (text.isEmpty() || text.length() > 60) {
      return Optional.empty();
    }
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      value = value.multiply(BASE).add(BigInteger.valueOf(digit));
    }
    byte[] raw = value.toByteArray();
    if (raw.length != SIZE || raw[0] != NODE_PUBLIC) {
      return Optional.empty();
    }
    Bytes all = Bytes.wrap(raw);
    Bytes body = all.slice(0, SIZE - 4);
    boolean right = Digests.sha256d(body).bytes().slice(0, 4).equals(all.slice(SIZE - 4, SIZE));
    try {
      return right ? Optional.of(new XrplKey(body.slice(1, SIZE - 4))) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
