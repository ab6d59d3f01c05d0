package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;

/**
 * Shows a component of a transaction: {@code u8 version = 1 | groups | list of hash leaves | nonce
 * 32}. It carries all leaves of the group instead of a {@code PartialMerkleTree}: a tree that a
 * participant built unevenly would else show two components at one index.
 *
 * <p>Corda {@code MerkleTransaction.kt}, {@code FilteredTransaction}.
 *
 * @param leaves of the group, in their order, without padding
 * @param nonce of the component that is shown
 */
public record ComponentProof(GroupHashes groups, List<Hash32> leaves, Hash32 nonce) {
  /** Most components of a group. */
  public static final int MAX_LEAVES = 4_096;

  public ComponentProof {
    leaves = List.copyOf(leaves);
    if (leaves.isEmpty() || leaves.size() > MAX_LEAVES) {
      throw new IllegalArgumentException("a group of " + leaves.size() + " components");
    }
    if (leaves.contains(Hash32.ZERO)) {
      throw new IllegalArgumentException("padding as a component");
    }
  }

  /**
   * @throws DecodeException if it is no proof
   */
  public static ComponentProof decode(Bytes encoded) {
    return Messages.decode(
        encoded,
        in ->
            new ComponentProof(
                GroupHashes.read(in), in.list(MAX_LEAVES, each -> each.hash()), in.hash()));
  }

  public Bytes encode() {
    CanonicalWriter out = Messages.begin();
    groups.write(out);
    return out.list(leaves, CanonicalWriter::hash).hash(nonce).toBytes();
  }

  /**
   * Whether {@code component} stands at the path. Rejects with {@code root-mismatch} (not this
   * transaction's groups, not this group's leaves), {@code index-out-of-range} (no such group or
   * component) and {@code value-mismatch}.
   */
  Verdict<ComponentProof> shows(ComponentPath path, Bytes component) {
    if (!groups.id().equals(path.id())) {
      return Verdict.reject(RejectionCode.ROOT_MISMATCH, "the groups are not the transaction's");
    }
    if (path.group() >= groups.count() || path.index() >= leaves.size()) {
      return Verdict.reject(RejectionCode.INDEX_OUT_OF_RANGE, path.group() + "/" + path.index());
    }
    if (!groups.roots().get(path.group()).equals(CordaTree.root(leaves))) {
      return Verdict.reject(RejectionCode.ROOT_MISMATCH, "the leaves are not the group's");
    }
    return leaves.get((int) path.index()).equals(CordaTree.leaf(nonce, component))
        ? Verdict.accept(this)
        : Verdict.reject(RejectionCode.VALUE_MISMATCH, "another component");
  }

  /** Hashes of {@link #shows}, the component's own left out. */
  long hashes() {
    return GroupHashes.MAX + 2L * leaves.size();
  }
}
