package dev.trestle.proofs.ssz;

import dev.trestle.base.Hash32;
import java.util.List;

/**
 * Merkle branches to a node that a generalized index names (consensus-specs ssz/merkle-proofs.md).
 */
public final class SszBranch {
  /** Deepest branch that is looked at. */
  public static final int MAX_DEPTH = 32;

  private SszBranch() {}

  /**
   * {@code floorlog2} of a generalized index: the depth of its node, and the length of its branch.
   *
   * @throws IllegalArgumentException unless the index is at least 1
   */
  public static int depth(long generalizedIndex) {
    if (generalizedIndex < 1) {
      throw new IllegalArgumentException("no generalized index: " + generalizedIndex);
    }
    return 63 - Long.numberOfLeadingZeros(generalizedIndex);
  }

  /**
   * {@code is_valid_normalized_merkle_branch} (electra/light-client/sync-protocol.md): whether the
   * branch, from the leaf up, leads from {@code leaf} to {@code root}. A branch longer than the
   * index asks for must begin with zero nodes; a shorter one is wrong.
   */
  public static boolean isValid(
      Hash32 leaf, List<Hash32> branch, long generalizedIndex, Hash32 root) {
    int depth = depth(generalizedIndex);
    int extra = branch.size() - depth;
    if (extra < 0 || branch.size() > MAX_DEPTH) {
      return false;
    }
    for (Hash32 padding : branch.subList(0, extra)) {
      if (!padding.isZero()) {
        return false;
      }
    }
    return root(leaf, branch.subList(extra, branch.size()), generalizedIndex).equals(root);
  }

  /** The root to which the branch leads; its length is that of the branch. */
  public static Hash32 root(Hash32 leaf, List<Hash32> branch, long generalizedIndex) {
    Hash32 node = leaf;
    for (int level = 0; level < branch.size(); level++) {
      Hash32 sibling = branch.get(level);
      boolean right = (generalizedIndex >>> level & 1) == 1;
      node = right ? SszRoot.pair(sibling, node) : SszRoot.pair(node, sibling);
    }
    return node;
  }
}
