package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.Optional;

/**
 * Proof that nothing stands under {@code key}: the leaves before and after it are neighbours.
 *
 * <p>Rejects, after ICS-23 {@code verifyNonExistence}: {@code no-neighbour}, {@code key-mismatch}
 * (an empty key), {@code not-left-of-right}, {@code not-right-of-left}, {@code not-neighbours}
 * (something may stand between), and the reasons of {@link ExistenceProof}.
 *
 * @param left the last leaf before; absent when the key is before all
 * @param right the first leaf after; absent when the key is after all
 */
public record NonExistenceProof(
    Bytes key, Optional<ExistenceProof> left, Optional<ExistenceProof> right) {
  static NonExistenceProof read(ProtoReader in) {
    return new NonExistenceProof(
        in.bytes(1, ExistenceProof.MAX_KEY),
        in.message(2, ExistenceProof::read),
        in.message(3, ExistenceProof::read));
  }

  void write(ProtoWriter out) {
    out.bytes(1, key);
    left.ifPresent(proof -> out.message(2, proof::write));
    right.ifPresent(proof -> out.message(3, proof::write));
  }

  /** The root of a neighbour; {@link #verify} shows that the other has the same. */
  public Verdict<Bytes> root() {
    return left.or(() -> right)
        .map(ExistenceProof::root)
        .orElseGet(() -> Verdict.reject(Ics23Code.NO_NEIGHBOUR, "no neighbour"));
  }

  /**
   * Whether the proof shows that nothing stands under {@code absent}. The key that the proof names
   * is of no importance: neighbours show the absence of every key between them.
   */
  public Verdict<NonExistenceProof> verify(ProofSpec spec, Bytes root, Bytes absent) {
    if (left.isEmpty() && right.isEmpty()) {
      return Verdict.reject(Ics23Code.NO_NEIGHBOUR, "no neighbour");
    }
    if (absent.isEmpty()) {
      return Verdict.reject(Ics23Code.KEY_MISMATCH, "an empty key");
    }
    return present(left, spec, root)
        .then(proof -> present(right, spec, root))
        .then(proof -> ordered(spec, absent))
        .then(proof -> adjacent(spec));
  }

  private Verdict<NonExistenceProof> present(
      Optional<ExistenceProof> neighbour, ProofSpec spec, Bytes root) {
    return neighbour
        .map(proof -> proof.verify(spec, root, proof.key(), proof.value()))
        .map(verdict -> verdict.then(proof -> Verdict.accept(this)))
        .orElseGet(() -> Verdict.accept(this));
  }

  private Verdict<NonExistenceProof> ordered(ProofSpec spec, Bytes absent) {
    Bytes own = spec.comparable(absent);
    if (right.isPresent() && own.compareTo(spec.comparable(right.get().key())) >= 0) {
      return Verdict.reject(Ics23Code.NOT_LEFT_OF_RIGHT, "not before " + right.get().key());
    }
    if (left.isPresent() && own.compareTo(spec.comparable(left.get().key())) <= 0) {
      return Verdict.reject(Ics23Code.NOT_RIGHT_OF_LEFT, "not after " + left.get().key());
    }
    return Verdict.accept(this);
  }

  private Verdict<NonExistenceProof> adjacent(ProofSpec spec) {
    InnerSpec inner = spec.inner();
    boolean nothingBetween;
    if (left.isEmpty()) {
      nothingBetween = inner.isLeftmost(right.orElseThrow().path());
    } else if (right.isEmpty()) {
      nothingBetween = inner.isRightmost(left.get().path());
    } else {
      nothingBetween = inner.areNeighbours(left.get().path(), right.get().path());
    }
    return nothingBetween
        ? Verdict.accept(this)
        : Verdict.reject(Ics23Code.NOT_NEIGHBOURS, "something may stand between");
  }
}
