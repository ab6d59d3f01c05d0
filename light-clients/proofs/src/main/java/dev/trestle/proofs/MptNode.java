package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.List;

/** A node of a Merkle-Patricia trie (Yellow Paper, appendix D), parsed strictly. */
sealed interface MptNode {
  /** Encodings below this size are embedded in the parent, others are named by their hash. */
  int HASHED_FROM = 32;

  /**
   * @param path nibbles, one a byte
   */
  record Leaf(Bytes path, Bytes value) implements MptNode {}

  record Extension(Bytes path, RlpItem child) implements MptNode {}

  record Branch(List<RlpItem> children, Bytes value) implements MptNode {}

  /**
   * @throws DecodeException if no trie has such a node
   */
  static MptNode parse(RlpItem item) {
    List<RlpItem> items = item.items();
    return switch (items.size()) {
      case 17 -> branch(items);
      case 2 -> leafOrExtension(items);
      default -> throw new DecodeException("a node of " + items.size() + " items");
    };
  }

  private static MptNode branch(List<RlpItem> items) {
    List<RlpItem> children = items.subList(0, 16);
    Bytes value = items.get(16).text();
    long used = value.isEmpty() ? 0 : 1;
    for (RlpItem child : children) {
      if (!isEmpty(child)) {
        checkReference(child);
        used++;
      }
    }
    if (used < 2) {
      throw new DecodeException("a branch of fewer than two entries");
    }
    return new Branch(children, value);
  }

  private static MptNode leafOrExtension(List<RlpItem> items) {
    Bytes prefixed = items.get(0).text();
    int flags = prefixed.isEmpty() ? -1 : prefixed.at(0) >>> 4;
    if (flags < 0 || flags > 3) {
      throw new DecodeException("undefined hex-prefix flags");
    }
    boolean odd = (flags & 1) == 1;
    if (!odd && (prefixed.at(0) & 0xf) != 0) {
      throw new DecodeException("padding nibble is not zero");
    }
    Bytes path = nibbles(prefixed).slice(odd ? 1 : 2, 2 * prefixed.size());
    if (flags >= 2) {
      Bytes value = items.get(1).text();
      if (value.isEmpty()) {
        throw new DecodeException("a leaf without value");
      }
      return new Leaf(path, value);
    }
    RlpItem child = items.get(1);
    if (path.isEmpty() || isEmpty(child)) {
      throw new DecodeException("an extension of nothing");
    }
    checkReference(child);
    return new Extension(path, child);
  }

  /** A reference is the hash of a node or, if shorter than a hash, the node itself. */
  private static void checkReference(RlpItem child) {
    boolean sound =
        switch (child) {
          case RlpItem.Text(Bytes value) -> value.size() == Hash32.SIZE;
          case RlpItem.Sequence ignored -> Rlp.encode(child).size() < HASHED_FROM;
        };
    if (!sound) {
      throw new DecodeException("not a node reference");
    }
  }

  static boolean isEmpty(RlpItem child) {
    return child instanceof RlpItem.Text(Bytes value) && value.isEmpty();
  }

  static Bytes nibbles(Bytes key) {
    byte[] out = new byte[2 * key.size()];
    for (int i = 0; i < key.size(); i++) {
      out[2 * i] = (byte) (key.at(i) >>> 4);
      out[2 * i + 1] = (byte) (key.at(i) & 0xf);
    }
    return Bytes.wrap(out);
  }
}
