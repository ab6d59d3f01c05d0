package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link MerkleTree} that only grows, of which every complete subtree is kept: two nodes a leaf.
 * Complete subtrees never change, so that any leaf can be proved under the root of any count, in
 * logarithmic time.
 */
public final class MerkleLog {
  private final Nodes nodes;

  /**
   * Reads the top of the complete subtree of {@code 2^level} leaves from {@code index << level}.
   */
  @FunctionalInterface
  public interface Nodes {
    Optional<Hash32> get(int level, long index);
  }

  /** A complete subtree; {@code level} 0 is a leaf. */
  public record Node(int level, long index, Hash32 hash) {}

  public MerkleLog(Nodes nodes) {
    this.nodes = nodes;
  }

  /**
   * The nodes that a leaf completes, itself first.
   *
   * @param count leaves before it
   */
  public List<Node> append(long count, Bytes leaf) {
    List<Node> completed = new ArrayList<>();
    Hash32 hash = MerkleTree.leafHash(leaf);
    completed.add(new Node(0, count, hash));
    long index = count;
    for (int level = 0; (index & 1) == 1; level++) {
      hash = MerkleTree.nodeHash(stored(level, index - 1), hash);
      index >>>= 1;
      completed.add(new Node(level + 1, index, hash));
    }
    return List.copyOf(completed);
  }

  /** Root of the first {@code count} leaves; the same as {@link MerkleTree#root()} over them. */
  public Hash32 root(long count) {
    int levels = count <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(count - 1);
    return MerkleTree.seal(count, count == 0 ? Hash32.ZERO : top(levels, 0, count));
  }

  /**
   * Proof of a leaf under the root of the first {@code count} leaves.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < count}
   * @throws IllegalStateException if a node is missing: fewer than {@code count} leaves are there
   */
  public MerkleProof prove(long index, long count) {
    if (index < 0 || index >= count) {
      throw new IndexOutOfBoundsException("leaf " + index + " of " + count);
    }
    List<Hash32> siblings = new ArrayList<>();
    long at = index;
    long last = count - 1;
    for (int level = 0; last > 0; level++) {
      if ((at & 1) == 1) {
        siblings.add(top(level, at - 1, count));
      } else if (at < last) {
        siblings.add(top(level, at + 1, count));
      }
      at >>>= 1;
      last >>>= 1;
    }
    return new MerkleProof(index, count, siblings);
  }

  /** Top of a subtree of which only the leaves before {@code count} are there. */
  private Hash32 top(int level, long index, long count) {
    // complete if the last leaf of it is there; no shift of it can overflow, count is a long
    if (index < (count >>> level)) {
      return stored(level, index);
    }
    long rightIndex = 2 * index + 1;
    Hash32 left = top(level - 1, 2 * index, count);
    boolean hasRight = rightIndex <= ((count - 1) >>> (level - 1));
    return hasRight ? MerkleTree.nodeHash(left, top(level - 1, rightIndex, count)) : left;
  }

  private Hash32 stored(int level, long index) {
    return nodes
        .get(level, index)
        .orElseThrow(() -> new IllegalStateException("no node " + index + " of level " + level));
  }
}
