package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;

/**
 * The tree of the relay chain (wire format, "Trees"): keccak256, the shape of RFC 9162, leaf and
 * node hashes in different domains, the count bound into the root.
 */
public final class MerkleTree {
  private static final Bytes LEAF = Bytes.fromHex("00");
  private static final Bytes NODE = Bytes.fromHex("01");
  private static final Bytes ROOT = Bytes.fromHex("02");

  private final List<List<Hash32>> levels;

  private MerkleTree(List<List<Hash32>> levels) {
    this.levels = levels;
  }

  /** Hashes all of {@code leaves}; they may be of any length and none is needed. */
  public static MerkleTree of(List<Bytes> leaves) {
    List<List<Hash32>> levels = new ArrayList<>();
    List<Hash32> level = leaves.stream().map(MerkleTree::leafHash).toList();
    levels.add(level);
    while (level.size() > 1) {
      List<Hash32> above = new ArrayList<>((level.size() + 1) / 2);
      for (int i = 0; i + 1 < level.size(); i += 2) {
        above.add(nodeHash(level.get(i), level.get(i + 1)));
      }
      if (level.size() % 2 == 1) {
        above.add(level.getLast());
      }
      levels.add(above);
      level = above;
    }
    return new MerkleTree(levels);
  }

  /** Tree over 32-byte leaves. */
  public static MerkleTree ofHashes(List<Hash32> leaves) {
    return of(leaves.stream().map(Hash32::bytes).toList());
  }

  public long count() {
    return levels.getFirst().size();
  }

  public Hash32 root() {
    return seal(count(), count() == 0 ? Hash32.ZERO : levels.getLast().getFirst());
  }

  /**
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < count}
   */
  public MerkleProof prove(long index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException("leaf " + index + " of " + count());
    }
    List<Hash32> siblings = new ArrayList<>();
    int at = (int) index;
    for (List<Hash32> level : levels) {
      int sibling = at ^ 1;
      if (sibling < level.size()) {
        siblings.add(level.get(sibling));
      }
      at >>>= 1;
    }
    return new MerkleProof(index, count(), siblings);
  }

  static Hash32 leafHash(Bytes leaf) {
    return Digests.keccak256(LEAF, leaf);
  }

  static Hash32 nodeHash(Hash32 left, Hash32 right) {
    return Digests.keccak256(NODE, left.bytes(), right.bytes());
  }

  static Hash32 seal(long count, Hash32 top) {
    return Digests.keccak256(ROOT, new CanonicalWriter().u64(count).hash(top).toBytes());
  }
}
