package dev.trestle.relay.verifier;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;
import java.util.Optional;

/** The two trees of the wire format, from the side of whoever checks a proof. */
final class Trees {
  private static final Bytes LEAF = Bytes.fromHex("00");
  private static final Bytes NODE = Bytes.fromHex("01");
  private static final Bytes ROOT = Bytes.fromHex("02");
  private static final Bytes STATE_LEAF = Bytes.fromHex("03");
  private static final Bytes STATE_BRANCH = Bytes.fromHex("04");
  private static final int MAX_DEPTH = 256;

  private Trees() {}

  /**
   * Whether {@code leaf} is leaf {@code index} of the tree of {@code count} leaves with this root
   * (RFC 9162, 2.1.3.2, with the count bound into the root).
   */
  static boolean includes(Hash32 root, Bytes leaf, long index, long count, List<Hash32> siblings) {
    if (index < 0 || index >= count) {
      return false;
    }
    long at = index;
    long last = count - 1;
    Hash32 hash = Digests.keccak256(LEAF, leaf);
    for (Hash32 sibling : siblings) {
      if (last == 0) {
        return false;
      }
      if ((at & 1) == 1 || at == last) {
        hash = Digests.keccak256(NODE, sibling.bytes(), hash.bytes());
        while ((at & 1) == 0 && at != 0) {
          at >>>= 1;
          last >>>= 1;
        }
      } else {
        hash = Digests.keccak256(NODE, hash.bytes(), sibling.bytes());
      }
      at >>>= 1;
      last >>>= 1;
    }
    Bytes sealed = new CanonicalWriter().u64(count).hash(hash).toBytes();
    return last == 0 && Digests.keccak256(ROOT, sealed).equals(root);
  }

  /** Whether {@code value} stands under {@code key} in the state with this root. */
  static boolean holds(Hash32 root, Bytes key, Bytes value, List<Hash32> siblings) {
    Hash32 keyHash = Digests.keccak256(key);
    Hash32 leaf = stateLeaf(keyHash, Digests.keccak256(value));
    return isState(root, siblings) && fold(keyHash, leaf, siblings).equals(root);
  }

  /**
   * Whether nothing stands under {@code key}.
   *
   * @param other the leaf that stands where the key would be, if one does
   */
  static boolean lacks(
      Hash32 root, Bytes key, List<Hash32> siblings, Optional<StateProofLeaf> other) {
    if (!isState(root, siblings)) {
      return false;
    }
    Hash32 keyHash = Digests.keccak256(key);
    if (other.isEmpty()) {
      return fold(keyHash, Hash32.ZERO, siblings).equals(root);
    }
    StateProofLeaf met = other.get();
    if (met.keyHash().equals(keyHash)) {
      return false;
    }
    for (int depth = 0; depth < siblings.size(); depth++) {
      if (bit(met.keyHash(), depth) != bit(keyHash, depth)) {
        return false; // a leaf of another slot
      }
    }
    return fold(keyHash, stateLeaf(met.keyHash(), met.valueHash()), siblings).equals(root);
  }

  private static boolean isState(Hash32 root, List<Hash32> siblings) {
    return !root.isZero() && siblings.size() <= MAX_DEPTH;
  }

  private static Hash32 fold(Hash32 keyHash, Hash32 bottom, List<Hash32> siblings) {
    Hash32 hash = bottom;
    for (int depth = siblings.size() - 1; depth >= 0; depth--) {
      Bytes sibling = siblings.get(depth).bytes();
      hash =
          bit(keyHash, depth)
              ? Digests.keccak256(STATE_BRANCH, sibling, hash.bytes())
              : Digests.keccak256(STATE_BRANCH, hash.bytes(), sibling);
    }
    return hash;
  }

  private static Hash32 stateLeaf(Hash32 keyHash, Hash32 valueHash) {
    return Digests.keccak256(STATE_LEAF, keyHash.bytes(), valueHash.bytes());
  }

  private static boolean bit(Hash32 hash, int depth) {
    return (hash.bytes().at(depth / 8) >>> (7 - depth % 8) & 1) == 1;
  }
}
