package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.util.List;

/**
 * Inclusion proof of a {@link MerkleTree}. Untrusted until {@link #verifies} says yes.
 *
 * @param index of the leaf, from 0
 * @param count leaves of the tree
 * @param siblings from the leaf up, exactly as many as the shape asks for
 */
public record MerkleProof(long index, long count, List<Hash32> siblings) {
  /** Siblings of a leaf in the largest tree, one of 2^63 - 1 leaves. */
  public static final int MAX_SIBLINGS = 63;

  public MerkleProof {
    siblings = List.copyOf(siblings);
  }

  /**
   * Whether {@code leaf} is leaf {@code index} of the tree of {@code count} leaves with this root.
   * False for every proof of another shape; never throws.
   */
  public boolean verifies(Hash32 root, Bytes leaf) {
    if (index < 0 || index >= count || siblings.size() > MAX_SIBLINGS) {
      return false;
    }
    Hash32 node = MerkleTree.leafHash(leaf);
    long at = index;
    long last = count - 1;
    int used = 0;
    // RFC 9162, 2.1.3.2: a node without a right neighbour is carried up unchanged.
    while (last > 0) {
      boolean right = (at & 1) == 1;
      if (right || at < last) {
        if (used == siblings.size()) {
          return false;
        }
        Hash32 sibling = siblings.get(used++);
        node = right ? MerkleTree.nodeHash(sibling, node) : MerkleTree.nodeHash(node, sibling);
      }
      at >>>= 1;
      last >>>= 1;
    }
    return used == siblings.size() && MerkleTree.seal(count, node).equals(root);
  }

  public void write(CanonicalWriter out) {
    out.u64(index).u64(count).list(siblings, CanonicalWriter::hash);
  }

  public static MerkleProof read(CanonicalReader in) {
    return new MerkleProof(in.u64(), in.u64(), in.list(MAX_SIBLINGS, CanonicalReader::hash));
  }
}
