package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.Optional;

/**
 * How key and value become the hash of a leaf.
 *
 * <p>Rejects with {@code key-mismatch} and {@code value-mismatch} (empty), {@code unknown-op} and
 * {@code leaf-op} (not the leaf operation of the tree: ICS-23 {@code ensureLeaf}).
 */
public record LeafOp(
    HashOp hash, HashOp prehashKey, HashOp prehashValue, LengthOp length, Bytes prefix) {
  /** Largest prefix in bytes. */
  public static final int MAX_PREFIX = 64;

  static LeafOp read(ProtoReader in) {
    return new LeafOp(
        HashOp.of(in.varint(1)),
        HashOp.of(in.varint(2)),
        HashOp.of(in.varint(3)),
        LengthOp.of(in.varint(4)),
        in.bytes(5, MAX_PREFIX));
  }

  void write(ProtoWriter out) {
    out.varint(1, hash.number())
        .varint(2, prehashKey.number())
        .varint(3, prehashValue.number())
        .varint(4, length.number())
        .bytes(5, prefix);
  }

  /** The leaf's hash. An empty key or value cannot stand in a tree. */
  public Verdict<Bytes> apply(Bytes key, Bytes value) {
    if (key.isEmpty()) {
      return Verdict.reject(Ics23Code.KEY_MISMATCH, "a leaf has a key");
    }
    if (value.isEmpty()) {
      return Verdict.reject(Ics23Code.VALUE_MISMATCH, "a leaf has a value");
    }
    Optional<Bytes> left = prehashKey.hashOrKeep(key).flatMap(length::apply);
    Optional<Bytes> right = prehashValue.hashOrKeep(value).flatMap(length::apply);
    return left.flatMap(k -> right.flatMap(v -> hash.hash(Bytes.concat(prefix, k, v))))
        .<Verdict<Bytes>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(Ics23Code.UNKNOWN_OP, "of the leaf"));
  }

  /** Whether this operation is one of {@code spec}'s: equal, with a prefix that starts alike. */
  public Verdict<LeafOp> check(ProofSpec spec) {
    if (spec.isIavl()) {
      Optional<Verdict<LeafOp>> wrong = IavlPrefix.checkLeaf(prefix);
      if (wrong.isPresent()) {
        return wrong.get();
      }
    }
    LeafOp want = spec.leaf();
    boolean same =
        hash == want.hash
            && prehashKey == want.prehashKey
            && prehashValue == want.prehashValue
            && length == want.length;
    return same && startsWith(prefix, want.prefix)
        ? Verdict.accept(this)
        : Verdict.reject(Ics23Code.LEAF_OP, "not the leaf operation of the tree");
  }

  static boolean startsWith(Bytes data, Bytes prefix) {
    return data.size() >= prefix.size() && data.slice(0, prefix.size()).equals(prefix);
  }
}
