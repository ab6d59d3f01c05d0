package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Substrate's {@code binary-merkle-tree} over Keccak-256: neighbours are hashed in pairs, and a
 * last one without neighbour is promoted to the next layer as it is. Because of that a fold over
 * the proof alone reaches the root from several indices ("aliasing", {@code
 * SubstrateMerkleProofAliasing.t.sol} of Snowbridge); so the way is walked by index and width, and
 * the proof must have exactly the length that these two give.
 */
public final class BinaryMerkle {
  /** Most leaves. */
  public static final long MAX_WIDTH = 1L << 20;

  private BinaryMerkle() {}

  /**
   * Rejects with {@code index-out-of-range} (not below the width, or a width of zero or over {@link
   * #MAX_WIDTH}) and {@code branch-length}. Accepts the root, which the caller compares.
   */
  public static Verdict<Hash32> root(long index, long width, Hash32 leaf, List<Hash32> proof) {
    if (width < 1 || width > MAX_WIDTH || index < 0 || index >= width) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, index + " of " + width);
    }
    Hash32 node = leaf;
    int used = 0;
    long at = index;
    for (long last = width - 1; last > 0; last >>= 1, at >>= 1) {
      boolean promoted = (at & 1) == 0 && at == last;
      if (promoted) {
        continue;
      }
      if (used == proof.size()) {
        return Verdict.reject(RejectionCode.BRANCH_LENGTH, used + " hashes are too few");
      }
      Hash32 other = proof.get(used++);
      node = (at & 1) == 1 ? hash(other, node) : hash(node, other);
    }
    return used == proof.size()
        ? Verdict.accept(node)
        : Verdict.reject(RejectionCode.BRANCH_LENGTH, proof.size() + " hashes, " + used + " used");
  }

  /** The root over all leaves; zero for none. */
  public static Hash32 root(List<Hash32> leaves) {
    List<Hash32> layer = leaves;
    while (layer.size() > 1) {
      List<Hash32> above = new ArrayList<>((layer.size() + 1) / 2);
      for (int i = 0; i + 1 < layer.size(); i += 2) {
        above.add(hash(layer.get(i), layer.get(i + 1)));
      }
      if ((layer.size() & 1) == 1) {
        above.add(layer.getLast());
      }
      layer = above;
    }
    return layer.isEmpty() ? Hash32.ZERO : layer.getFirst();
  }

  static Hash32 hash(Hash32 left, Hash32 right) {
    return Digests.keccak256(left.bytes(), right.bytes());
  }
}
