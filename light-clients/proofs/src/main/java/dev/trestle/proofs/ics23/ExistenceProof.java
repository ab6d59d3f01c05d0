package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.List;
import java.util.Optional;

/**
 * Proof that {@code value} stands under {@code key}.
 *
 * <p>Rejects, after ICS-23 {@code verifyExistence}: {@code key-mismatch}, {@code value-mismatch},
 * {@code leaf-op} (missing, or not the tree's), {@code path-depth}, {@code inner-op} (prefix and
 * suffix that fit to no child), {@code iavl-prefix}, {@code root-mismatch}.
 *
 * @param leaf absent only in malformed proofs
 * @param path inner operations from the leaf to the root
 */
public record ExistenceProof(Bytes key, Bytes value, Optional<LeafOp> leaf, List<InnerOp> path) {
  /** Largest key in bytes. */
  public static final int MAX_KEY = 1_024;

  /** Largest value in bytes. */
  public static final int MAX_VALUE = 400_000;

  public ExistenceProof {
    path = List.copyOf(path);
  }

  static ExistenceProof read(ProtoReader in) {
    return new ExistenceProof(
        in.bytes(1, MAX_KEY),
        in.bytes(2, MAX_VALUE),
        in.message(3, LeafOp::read),
        in.messages(4, ProofSpec.MAX_DEPTH, InnerOp::read));
  }

  void write(ProtoWriter out) {
    out.bytes(1, key).bytes(2, value);
    leaf.ifPresent(op -> out.message(3, op::write));
    path.forEach(op -> out.message(4, op::write));
  }

  /** The root to which the path leads, whatever the tree. */
  public Verdict<Bytes> root() {
    if (leaf.isEmpty()) {
      return Verdict.reject(Ics23Code.LEAF_OP, "the leaf operation is missing");
    }
    Verdict<Bytes> hash = leaf.get().apply(key, value);
    for (InnerOp op : path) {
      hash = hash.then(op::apply);
    }
    return hash;
  }

  /** Whether every operation is one of {@code spec}'s. */
  public Verdict<ExistenceProof> check(ProofSpec spec) {
    if (leaf.isEmpty()) {
      return Verdict.reject(Ics23Code.LEAF_OP, "the leaf operation is missing");
    }
    if (!(leaf.get().check(spec) instanceof Verdict.Accepted<LeafOp>)) {
      return leaf.get().check(spec).then(op -> Verdict.accept(this));
    }
    if (path.size() < spec.minDepth() || path.size() > spec.depthLimit()) {
      return Verdict.reject(Ics23Code.PATH_DEPTH, path.size() + " inner operations");
    }
    for (int i = 0; i < path.size(); i++) {
      Verdict<InnerOp> checked = path.get(i).check(spec, i + 1);
      if (!checked.isAccepted()) {
        return checked.then(op -> Verdict.accept(this));
      }
    }
    return Verdict.accept(this);
  }

  /** Whether the proof shows that {@code wantedValue} stands under {@code wantedKey}. */
  public Verdict<ExistenceProof> verify(
      ProofSpec spec, Bytes root, Bytes wantedKey, Bytes wantedValue) {
    return states(spec, wantedKey, wantedValue)
        .then(proof -> leadsTo(root))
        .then(proof -> positioned(spec));
  }

  /**
   * Whether the proof shows that {@code wantedValue} stands under {@code wantedKey} in the tree
   * with the root that {@link #root} gave, which is not computed again.
   */
  Verdict<ExistenceProof> verifyUnderItsRoot(ProofSpec spec, Bytes wantedKey, Bytes wantedValue) {
    return states(spec, wantedKey, wantedValue).then(proof -> positioned(spec));
  }

  private Verdict<ExistenceProof> states(ProofSpec spec, Bytes wantedKey, Bytes wantedValue) {
    if (!key.equals(wantedKey)) {
      return Verdict.reject(Ics23Code.KEY_MISMATCH, "a proof for key " + key);
    }
    if (!value.equals(wantedValue)) {
      return Verdict.reject(Ics23Code.VALUE_MISMATCH, "a proof of another value");
    }
    return check(spec);
  }

  /** Each child has its place in its parent: stricter than the specification's checks of sizes. */
  private Verdict<ExistenceProof> positioned(ProofSpec spec) {
    for (InnerOp op : path) {
      if (spec.inner().branchOf(op).isEmpty()) {
        return Verdict.reject(Ics23Code.INNER_OP, "prefix and suffix fit to no child");
      }
      if (spec.isIavl() && !IavlPrefix.statesLengths(op.prefix())) {
        return Verdict.reject(Ics23Code.IAVL_PREFIX, "a child that is not 32 bytes");
      }
    }
    return Verdict.accept(this);
  }

  private Verdict<ExistenceProof> leadsTo(Bytes root) {
    return root()
        .then(
            actual ->
                actual.equals(root)
                    ? Verdict.accept(this)
                    : Verdict.reject(Ics23Code.ROOT_MISMATCH, "the path leads to " + actual));
  }
}
