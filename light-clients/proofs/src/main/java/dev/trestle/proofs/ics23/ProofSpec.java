package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import java.util.List;

/**
 * A kind of tree. Constants are those of the ICS-23 specification.
 *
 * @param minDepth fewest inner operations; 0 for no such bound
 * @param maxDepth most inner operations; 0 for {@link #DEFAULT_MAX_DEPTH}
 * @param prehashCompareKey whether leaves are in the order of their keys' hashes
 */
public record ProofSpec(
    LeafOp leaf, InnerSpec inner, int minDepth, int maxDepth, boolean prehashCompareKey) {
  /** Most inner operations where a specification does not say. */
  public static final int DEFAULT_MAX_DEPTH = 128;

  /** Most inner operations of any specification: a sparse tree over 256 bits. */
  public static final int MAX_DEPTH = 256;

  private static final LeafOp LEAF =
      new LeafOp(
          HashOp.SHA256, HashOp.NO_HASH, HashOp.SHA256, LengthOp.VAR_PROTO, Bytes.fromHex("00"));

  /** The trees in which modules of the Cosmos SDK store. */
  public static final ProofSpec IAVL =
      new ProofSpec(
          LEAF, new InnerSpec(List.of(0, 1), 33, 4, 12, Bytes.EMPTY, HashOp.SHA256), 0, 0, false);

  /** CometBFT's simple Merkle tree: of the stores' roots under the application hash. */
  public static final ProofSpec TENDERMINT =
      new ProofSpec(
          LEAF, new InnerSpec(List.of(0, 1), 32, 1, 1, Bytes.EMPTY, HashOp.SHA256), 0, 0, false);

  /** Sparse Merkle trees with 32 zero bytes for an empty child. */
  public static final ProofSpec SMT =
      new ProofSpec(
          new LeafOp(
              HashOp.SHA256, HashOp.SHA256, HashOp.SHA256, LengthOp.NO_PREFIX, Bytes.fromHex("00")),
          new InnerSpec(List.of(0, 1), 32, 1, 1, Bytes.wrap(new byte[32]), HashOp.SHA256),
          0,
          MAX_DEPTH,
          true);

  /** Most inner operations of a proof. */
  public int depthLimit() {
    return maxDepth == 0 ? DEFAULT_MAX_DEPTH : Math.min(maxDepth, MAX_DEPTH);
  }

  /** Whether prefixes are those of IAVL nodes: everything but the empty child is IAVL's. */
  boolean isIavl() {
    LeafOp want = IAVL.leaf;
    return leaf.hash() == want.hash()
        && leaf.prehashKey() == want.prehashKey()
        && leaf.prehashValue() == want.prehashValue()
        && leaf.length() == want.length()
        && inner.hash() == IAVL.inner.hash()
        && inner.minPrefix() == IAVL.inner.minPrefix()
        && inner.maxPrefix() == IAVL.inner.maxPrefix()
        && inner.childSize() == IAVL.inner.childSize()
        && inner.childOrder().size() == IAVL.inner.childOrder().size();
  }

  /** What keys are ordered by. */
  Bytes comparable(Bytes key) {
    return prehashCompareKey ? leaf.prehashKey().hashOrKeep(key).orElse(key) : key;
  }
}
