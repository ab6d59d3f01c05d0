package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.Optional;

/**
 * How a child's hash becomes its parent's: {@code hash(prefix || child || suffix)}.
 *
 * <p>Rejects with {@code inner-op} (no child, or not an inner operation of the tree: ICS-23 {@code
 * ensureInner}) and {@code unknown-op}.
 */
public record InnerOp(HashOp hash, Bytes prefix, Bytes suffix) {
  /** Largest prefix or suffix in bytes: far over any binary tree's. */
  public static final int MAX_SIDE = 512;

  static InnerOp read(ProtoReader in) {
    return new InnerOp(HashOp.of(in.varint(1)), in.bytes(2, MAX_SIDE), in.bytes(3, MAX_SIDE));
  }

  void write(ProtoWriter out) {
    out.varint(1, hash.number()).bytes(2, prefix).bytes(3, suffix);
  }

  public Verdict<Bytes> apply(Bytes child) {
    if (child.isEmpty()) {
      return Verdict.reject(Ics23Code.INNER_OP, "an inner node has a child");
    }
    return hash.hash(Bytes.concat(prefix, child, suffix))
        .<Verdict<Bytes>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(Ics23Code.UNKNOWN_OP, "of an inner node"));
  }

  /**
   * Whether this operation may be one of {@code spec}'s. That a prefix cannot start like a leaf's
   * keeps inner nodes from being shown as leaves; the bounds of prefix and suffix keep children
   * from hiding in them.
   *
   * @param layer 1 for the parent of the leaf
   */
  public Verdict<InnerOp> check(ProofSpec spec, int layer) {
    InnerSpec inner = spec.inner();
    if (hash != inner.hash()) {
      return wrong("hash operation " + hash);
    }
    if (spec.isIavl()) {
      Optional<Verdict<InnerOp>> wrong = IavlPrefix.checkInner(prefix, layer);
      if (wrong.isPresent()) {
        return wrong.get();
      }
    }
    if (LeafOp.startsWith(prefix, spec.leaf().prefix())) {
      return wrong("a prefix that starts like a leaf's");
    }
    int siblings = (inner.childOrder().size() - 1) * inner.childSize();
    if (prefix.size() < inner.minPrefix() || prefix.size() > inner.maxPrefix() + siblings) {
      return wrong("a prefix of " + prefix.size() + " bytes");
    }
    return inner.childSize() <= 0 || suffix.size() % inner.childSize() != 0
        ? wrong("a suffix of " + suffix.size() + " bytes")
        : Verdict.accept(this);
  }

  private static Verdict<InnerOp> wrong(String detail) {
    return Verdict.reject(Ics23Code.INNER_OP, detail);
  }
}
