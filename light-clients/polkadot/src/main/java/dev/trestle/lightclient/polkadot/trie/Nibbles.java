package dev.trestle.lightclient.polkadot.trie;

import dev.trestle.base.Bytes;

/** Keys of the trie as half bytes, one an element. */
final class Nibbles {
  private Nibbles() {}

  static Bytes of(Bytes key) {
    byte[] out = new byte[2 * key.size()];
    for (int i = 0; i < key.size(); i++) {
      out[2 * i] = (byte) (key.at(i) >>> 4);
      out[2 * i + 1] = (byte) (key.at(i) & 15);
    }
    return Bytes.wrap(out);
  }

  /** Two a byte; with an odd count, the first stands alone in the low half of the first byte. */
  static Bytes pack(Bytes nibbles) {
    int odd = nibbles.size() & 1;
    byte[] out = new byte[(nibbles.size() + 1) / 2];
    for (int i = 0; i < nibbles.size(); i++) {
      int at = i + odd;
      out[at / 2] |= (byte) ((at & 1) == 0 ? nibbles.at(i) << 4 : nibbles.at(i));
    }
    return Bytes.wrap(out);
  }

  static boolean startsWith(Bytes key, int from, Bytes part) {
    return key.size() - from >= part.size() && key.slice(from, from + part.size()).equals(part);
  }
}
