package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The siblings of a transaction on its way up to a block's Merkle root.
 *
 * <p>Verifying rejects with {@code branch-length} (deeper than any block, or not as deep as the
 * number of transactions asks for), {@code index-out-of-range} (bits beyond the branch, or beyond
 * the number of transactions), {@code duplicate-subtree} (equal halves that no block of this size
 * has: CVE-2012-2459) and {@code root-mismatch}.
 *
 * @param index position of the transaction in the block; bit i selects the side at level i
 * @param siblings from the leaf up, wire order
 */
public record MerkleBranch(long index, List<Hash32> siblings) {
  /** Levels; a block of 4,000,000 weight units holds fewer than 2^15 transactions. */
  public static final int MAX_DEPTH = 24;

  public MerkleBranch {
    siblings = List.copyOf(siblings);
  }

  /** The branch of the transaction at {@code index} of a block. */
  public static MerkleBranch of(List<Hash32> txIds, int index) {
    List<Hash32> siblings = new ArrayList<>();
    List<Hash32> level = txIds;
    int at = index;
    while (level.size() > 1) {
      int sibling = at ^ 1;
      siblings.add(level.get(sibling < level.size() ? sibling : at));
      level = parents(level);
      at /= 2;
    }
    return new MerkleBranch(index, siblings);
  }

  /** Merkle root over the ids of a block's transactions; the odd node of a level is doubled. */
  public static Hash32 root(List<Hash32> txIds) {
    List<Hash32> level = txIds;
    while (level.size() > 1) {
      level = parents(level);
    }
    return level.getFirst();
  }

  /** Whether two neighbours under one parent are equal, on any level (CVE-2012-2459). */
  static boolean hasRepeatedPair(List<Hash32> txIds) {
    List<Hash32> level = txIds;
    while (level.size() > 1) {
      for (int i = 0; i + 1 < level.size(); i += 2) {
        if (level.get(i).equals(level.get(i + 1))) {
          return true;
        }
      }
      level = parents(level);
    }
    return false;
  }

  private static List<Hash32> parents(List<Hash32> level) {
    List<Hash32> next = new ArrayList<>((level.size() + 1) / 2);
    for (int i = 0; i < level.size(); i += 2) {
      Hash32 right = level.get(Math.min(i + 1, level.size() - 1));
      next.add(Digests.sha256d(level.get(i).bytes(), right.bytes()));
    }
    return next;
  }

  /**
   * Rejects a branch that does not lead from {@code leaf} to {@code root}, an index that the branch
   * is too short for, and an equal sibling to the left, which only a repeated subtree has
   * (CVE-2012-2459).
   *
   * @param txCount number of transactions in the block where it is known; pins the depth
   */
  public Verdict<Hash32> verify(Hash32 root, Hash32 leaf, OptionalLong txCount) {
    if (siblings.size() > MAX_DEPTH) {
      return Verdict.reject(RejectionCode.BRANCH_LENGTH, siblings.size() + " levels");
    }
    if (txCount.isPresent() && siblings.size() != depth(txCount.getAsLong())) {
      return Verdict.reject(
          RejectionCode.BRANCH_LENGTH,
          siblings.size() + " levels for " + txCount.getAsLong() + " transactions");
    }
    if (index < 0 || index >>> siblings.size() != 0) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, "index " + index);
    }
    Hash32 node = leaf;
    boolean repeats = false;
    for (int level = 0; level < siblings.size(); level++) {
      Hash32 sibling = siblings.get(level);
      boolean isRight = (index >>> level & 1) != 0;
      boolean isLast = txCount.isEmpty() || index >>> level == (txCount.getAsLong() - 1) >>> level;
      repeats |= sibling.equals(node) && (isRight || !isLast);
      node =
          isRight
              ? Digests.sha256d(sibling.bytes(), node.bytes())
              : Digests.sha256d(node.bytes(), sibling.bytes());
    }
    if (repeats && node.equals(root)) {
      return Verdict.reject(RejectionCode.DUPLICATE_SUBTREE, "equal halves above " + leaf);
    }
    if (txCount.isPresent() && index >= txCount.getAsLong()) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, "index " + index);
    }
    if (!node.equals(root)) {
      return Verdict.reject(RejectionCode.ROOT_MISMATCH, "leads to " + node);
    }
    return Verdict.accept(root);
  }

  /** Levels of a tree over {@code txCount} leaves: ceil(log2). */
  static int depth(long txCount) {
    return txCount <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(txCount - 1);
  }
}
