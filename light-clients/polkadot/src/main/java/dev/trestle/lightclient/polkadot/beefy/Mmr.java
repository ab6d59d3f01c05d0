package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;

/**
 * Proofs of leaves of a Merkle mountain range over Keccak-256 as {@code pallet-mmr} makes them: one
 * perfect tree for each bit of the number of leaves, the peaks hashed from the right to the left,
 * the right one first.
 *
 * <p>Polkadot SDK {@code merkle-mountain-range}; Snowbridge {@code MMRProof.sol}.
 */
public final class Mmr {
  /** Most leaves. */
  public static final long MAX_LEAVES = 1L << 40;

  private Mmr() {}

  /**
   * The root over a leaf with the items of {@code mmr_generateProof}: the peaks left of the leaf's
   * tree, the neighbours from the leaf up, and one hash for all peaks to the right. Rejects with
   * {@code index-out-of-range} and {@code branch-length}.
   */
  public static Verdict<Hash32> root(long index, long leaves, Hash32 leaf, List<Hash32> items) {
    if (leaves < 1 || leaves > MAX_LEAVES || index < 0 || index >= leaves) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, index + " of " + leaves);
    }
    int peaksLeft = 0;
    long first = 0;
    int height = 63 - Long.numberOfLeadingZeros(leaves);
    while (first + (1L << height) <= index) {
      first += 1L << height;
      peaksLeft++;
      height = 63 - Long.numberOfLeadingZeros(leaves - first);
    }
    boolean peaksRight = first + (1L << height) < leaves;
    int needed = peaksLeft + height + (peaksRight ? 1 : 0);
    if (items.size() != needed) {
      return Verdict.reject(
          RejectionCode.BRANCH_LENGTH, items.size() + " hashes, " + needed + " needed");
    }
    Hash32 node = leaf;
    for (int i = 0; i < height; i++) {
      Hash32 other = items.get(peaksLeft + i);
      boolean right = (((index - first) >>> i) & 1) == 1;
      node = right ? BinaryMerkle.hash(other, node) : BinaryMerkle.hash(node, other);
    }
    node = peaksRight ? BinaryMerkle.hash(items.getLast(), node) : node;
    for (int i = peaksLeft - 1; i >= 0; i--) {
      node = BinaryMerkle.hash(node, items.get(i));
    }
    return Verdict.accept(node);
  }

  /**
   * The root over a leaf with a proof in which bit {@code i} of {@code order} tells that item
   * {@code i} stands to the left (Snowbridge's {@code MMRProof}). It binds the leaf and not its
   * place. Rejects with {@code branch-length} more than 64 items and with {@code
   * index-out-of-range} bits beyond the items.
   */
  public static Verdict<Hash32> fold(Hash32 leaf, List<Hash32> items, long order) {
    if (items.size() > Long.SIZE) {
      return Verdict.reject(RejectionCode.BRANCH_LENGTH, items.size() + " hashes");
    }
    if (items.size() < Long.SIZE && order >>> items.size() != 0) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, "order bits beyond the items");
    }
    Hash32 node = leaf;
    for (int i = 0; i < items.size(); i++) {
      boolean left = ((order >>> i) & 1) == 1;
      Hash32 other = items.get(i);
      node = left ? BinaryMerkle.hash(other, node) : BinaryMerkle.hash(node, other);
    }
    return Verdict.accept(node);
  }
}
