package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;

/**
 * The right edge of a growing {@link MerkleTree}: enough to append a leaf and to know the root, in
 * logarithmic space.
 *
 * @param count leaves so far
 * @param peaks tops of the complete subtrees, the largest first; one for each bit set in count
 */
public record MerkleFrontier(long count, List<Hash32> peaks) {
  /** The tree without leaves. */
  public static final MerkleFrontier EMPTY = new MerkleFrontier(0, List.of());

  public MerkleFrontier {
    peaks = List.copyOf(peaks);
    if (count < 0 || peaks.size() != Long.bitCount(count)) {
      throw new IllegalArgumentException(peaks.size() + " peaks for " + count + " leaves");
    }
  }

  public MerkleFrontier append(Bytes leaf) {
    List<Hash32> next = new ArrayList<>(peaks);
    Hash32 node = MerkleTree.leafHash(leaf);
    for (long rest = count; (rest & 1) == 1; rest >>>= 1) {
      node = MerkleTree.nodeHash(next.removeLast(), node);
    }
    next.add(node);
    return new MerkleFrontier(Math.addExact(count, 1), next);
  }

  /** The same as {@link MerkleTree#root()} over the same leaves. */
  public Hash32 root() {
    if (count == 0) {
      return MerkleTree.seal(0, Hash32.ZERO);
    }
    Hash32 top = peaks.getLast();
    for (int i = peaks.size() - 2; i >= 0; i--) {
      top = MerkleTree.nodeHash(peaks.get(i), top);
    }
    return MerkleTree.seal(count, top);
  }

  public void write(CanonicalWriter out) {
    out.u64(count).list(peaks, CanonicalWriter::hash);
  }

  public static MerkleFrontier read(CanonicalReader in) {
    long count = in.u64();
    List<Hash32> peaks = in.list(MerkleProof.MAX_SIBLINGS, CanonicalReader::hash);
    if (peaks.size() != Long.bitCount(count)) {
      throw new DecodeException(peaks.size() + " peaks for " + count + " leaves");
    }
    return new MerkleFrontier(count, peaks);
  }
}
