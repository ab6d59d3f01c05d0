package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The way from the root of a ledger's tree to where a key stands or would stand. Encoding: {@code
 * u8 version = 1 | list of node | optional other leaf}, from the root down; a node is {@code u16
 * bitmap | hash 32 for each set bit}, the highest bit for branch 0, without the branch on the way;
 * the other leaf is {@code key 32 | bytes item}. A key is absent where its branch is empty, where
 * another leaf stands in its place, or in an empty tree.
 *
 * <p>Reasons: {@code malformed}, {@code branch-length} (more than 64 nodes, or none to a leaf),
 * {@code root-mismatch}, {@code path-mismatch} (another leaf that is the key's own or does not
 * share its way; a bit for the branch on the way), {@code unexpected-element} (another leaf in a
 * proof of presence).
 *
 * <p>{@code rippled} {@code shamap/README.md}; XLS-41 for the form in proofs of payment.
 */
public record ShaMapProof(List<Node> nodes, Optional<OtherLeaf> other) {
  private static final int HIGHEST = 1 << (ShaMap.BRANCHES - 1);

  /** The branches of an inner node that are neither empty nor on the way. */
  public record Node(int bitmap, List<Hash32> branches) {
    public Node {
      branches = List.copyOf(branches);
      if (branches.size() != Integer.bitCount(bitmap) || branches.contains(Hash32.ZERO)) {
        throw new IllegalArgumentException("branches do not fit their bits");
      }
    }

    private void write(CanonicalWriter out) {
      out.u16(bitmap);
      branches.forEach(out::hash);
    }

    private static Node read(CanonicalReader in) {
      int bitmap = in.u16();
      List<Hash32> branches = new ArrayList<>();
      for (int i = 0; i < Integer.bitCount(bitmap); i++) {
        branches.add(in.hash());
      }
      return new Node(bitmap, branches);
    }

    private boolean has(int branch) {
      return (bitmap & (HIGHEST >>> branch)) != 0;
    }

    /** With what stands on the way; zero for nothing. */
    private Hash32 hash(int way, Hash32 below) {
      List<Hash32> all = new ArrayList<>();
      int used = 0;
      for (int i = 0; i < ShaMap.BRANCHES; i++) {
        Hash32 given = has(i) ? branches.get(used++) : Hash32.ZERO;
        all.add(i == way ? below : given);
      }
      return ShaMap.inner(all);
    }
  }

  /** A leaf that stands in the place of an absent one. */
  public record OtherLeaf(Hash32 key, Bytes item) {}

  public ShaMapProof {
    nodes = List.copyOf(nodes);
  }

  /**
   * @throws DecodeException if it is no proof
   */
  public static ShaMapProof decode(Bytes encoded) {
    return Messages.decode(
        encoded,
        in ->
            new ShaMapProof(
                in.list(ShaMap.MAX_DEPTH, Node::read),
                in.optional(each -> new OtherLeaf(each.hash(), each.bytes(Claim.MAX_PROOF)))));
  }

  public Bytes encode() {
    return Messages.begin()
        .list(nodes, (out, node) -> node.write(out))
        .optional(other, (out, leaf) -> out.hash(leaf.key()).bytes(leaf.item()))
        .toBytes();
  }

  /** Whether {@code item} stands under the path's key. */
  Verdict<ShaMapProof> present(LedgerPath path, Hash32 root, Bytes item) {
    if (other.isPresent()) {
      return Verdict.reject(RejectionCode.UNEXPECTED_ELEMENT, "another leaf");
    }
    return nodes.isEmpty()
        ? Verdict.reject(RejectionCode.BRANCH_LENGTH, "no node above the leaf")
        : fold(path, root, path.leaf(path.key(), item));
  }

  /** Whether nothing stands under the path's key. */
  Verdict<ShaMapProof> absent(LedgerPath path, Hash32 root) {
    if (other.isEmpty()) {
      return fold(path, root, Hash32.ZERO);
    }
    if (nodes.isEmpty()) {
      return Verdict.reject(RejectionCode.BRANCH_LENGTH, "no node above the other leaf");
    }
    OtherLeaf leaf = other.get();
    if (leaf.key().equals(path.key()) || !sharesWay(leaf.key(), path.key())) {
      return Verdict.reject(RejectionCode.PATH_MISMATCH, "the leaf of " + leaf.key());
    }
    return fold(path, root, path.leaf(leaf.key(), leaf.item()));
  }

  private boolean sharesWay(Hash32 one, Hash32 another) {
    for (int i = 0; i < nodes.size(); i++) {
      if (ShaMap.branch(one, i) != ShaMap.branch(another, i)) {
        return false;
      }
    }
    return true;
  }

  private Verdict<ShaMapProof> fold(LedgerPath path, Hash32 root, Hash32 end) {
    Hash32 below = end;
    for (int depth = nodes.size() - 1; depth >= 0; depth--) {
      Node node = nodes.get(depth);
      int way = ShaMap.branch(path.key(), depth);
      if (node.has(way)) {
        return Verdict.reject(RejectionCode.PATH_MISMATCH, "a branch on the way at " + depth);
      }
      below = node.hash(way, below);
    }
    return below.equals(root)
        ? Verdict.accept(this)
        : Verdict.reject(RejectionCode.ROOT_MISMATCH, "the root is " + below);
  }
}
