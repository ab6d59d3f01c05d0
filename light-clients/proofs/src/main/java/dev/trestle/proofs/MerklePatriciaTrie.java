package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A Merkle-Patricia trie built once from all its entries, to make the proofs that {@link MptProof}
 * checks. For whoever holds a whole block's receipts.
 */
public final class MerklePatriciaTrie {
  private static final RlpItem NONE = RlpItem.of(Bytes.EMPTY);

  private final SortedMap<Bytes, Bytes> byNibbles = new TreeMap<>();

  /**
   * @throws IllegalArgumentException on an empty value: a trie has none
   */
  public MerklePatriciaTrie(SortedMap<Bytes, Bytes> entries) {
    entries.forEach(
        (key, value) -> {
          if (value.isEmpty()) {
            throw new IllegalArgumentException("an empty value cannot stand in a trie");
          }
          byNibbles.put(MptNode.nibbles(key), value);
        });
  }

  public Hash32 root() {
    return byNibbles.isEmpty()
        ? MptProof.EMPTY_ROOT
        : Digests.keccak256(Rlp.encode(node(List.copyOf(byNibbles.keySet()), 0)));
  }

  /** The nodes from the root down that decide {@code key}, present or absent. */
  public List<Bytes> prove(Bytes key) {
    List<Bytes> proof = new ArrayList<>();
    if (byNibbles.isEmpty()) {
      return proof;
    }
    Bytes path = MptNode.nibbles(key);
    List<Bytes> keys = List.copyOf(byNibbles.keySet());
    int depth = 0;
    while (!keys.isEmpty()) {
      addUnlessEmbedded(proof, node(keys, depth));
      int common = commonPrefix(keys, depth);
      if (keys.size() == 1 || path.size() < common || !matches(keys.getFirst(), path, common)) {
        break;
      }
      if (common > depth) {
        addUnlessEmbedded(proof, branch(keys, common));
      }
      if (path.size() == common) {
        break;
      }
      keys = below(keys, common, path.at(common));
      depth = common + 1;
    }
    return proof;
  }

  private static void addUnlessEmbedded(List<Bytes> proof, RlpItem node) {
    Bytes encoded = Rlp.encode(node);
    if (proof.isEmpty() || encoded.size() >= MptNode.HASHED_FROM) {
      proof.add(encoded);
    }
  }

  /** The node for keys that agree on their first {@code depth} nibbles. */
  private RlpItem node(List<Bytes> keys, int depth) {
    Bytes first = keys.getFirst();
    if (keys.size() == 1) {
      return RlpItem.of(
          RlpItem.of(hexPrefix(first.slice(depth, first.size()), true)),
          RlpItem.of(valueAt(first)));
    }
    int common = commonPrefix(keys, depth);
    if (common > depth) {
      return RlpItem.of(
          RlpItem.of(hexPrefix(first.slice(depth, common), false)),
          reference(branch(keys, common)));
    }
    return branch(keys, depth);
  }

  private RlpItem branch(List<Bytes> keys, int depth) {
    List<RlpItem> items = new ArrayList<>(17);
    for (int nibble = 0; nibble < 16; nibble++) {
      List<Bytes> under = below(keys, depth, nibble);
      items.add(under.isEmpty() ? NONE : reference(node(under, depth + 1)));
    }
    Bytes first = keys.getFirst(); // in order, so a key that ends here is the first
    items.add(first.size() == depth ? RlpItem.of(valueAt(first)) : NONE);
    return RlpItem.of(items);
  }

  private Bytes valueAt(Bytes nibbles) {
    Bytes value = byNibbles.get(nibbles);
    if (value == null) {
      throw new IllegalStateException("a key without value");
    }
    return value;
  }

  private static RlpItem reference(RlpItem node) {
    Bytes encoded = Rlp.encode(node);
    return encoded.size() < MptNode.HASHED_FROM
        ? node
        : RlpItem.of(Digests.keccak256(encoded).bytes());
  }

  private static List<Bytes> below(List<Bytes> keys, int depth, int nibble) {
    return keys.stream().filter(key -> key.size() > depth && key.at(depth) == nibble).toList();
  }

  private static boolean matches(Bytes key, Bytes path, int upTo) {
    return key.slice(0, upTo).equals(path.slice(0, upTo));
  }

  /** Length of the prefix that all {@code keys} share; they share {@code from} nibbles anyway. */
  private static int commonPrefix(List<Bytes> keys, int from) {
    Bytes first = keys.getFirst();
    Bytes last = keys.getLast(); // ends of the order: what both share, all share
    int common = from;
    while (common < Math.min(first.size(), last.size()) && first.at(common) == last.at(common)) {
      common++;
    }
    return common;
  }

  private static Bytes hexPrefix(Bytes nibbles, boolean leaf) {
    int odd = nibbles.size() & 1;
    byte[] out = new byte[nibbles.size() / 2 + 1];
    out[0] = (byte) ((leaf ? 0x20 : 0) | (odd << 4) | (odd == 1 ? nibbles.at(0) : 0));
    for (int i = 1; i < out.length; i++) {
      int at = 2 * i - 2 + odd;
      out[i] = (byte) ((nibbles.at(at) << 4) | nibbles.at(at + 1));
    }
    return Bytes.wrap(out);
  }
}
