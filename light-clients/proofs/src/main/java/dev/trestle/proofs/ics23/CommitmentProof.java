package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.Optional;

/**
 * {@code CommitmentProof} of ICS-23: of presence or of absence. Batch and compressed proofs are
 * refused.
 *
 * <p>Reasons for which a proof is refused, with ICS-23's "Proofs" section: {@code malformed} (bytes
 * that are no canonical encoding, over a limit, batch, compressed), {@code proof-kind}, {@code
 * key-mismatch}, {@code value-mismatch}, {@code leaf-op} and {@code inner-op} (operations that are
 * not the specification's), {@code iavl-prefix}, {@code path-depth}, {@code unknown-op}, {@code
 * root-mismatch}; of absence also {@code no-neighbour}, {@code not-left-of-right}, {@code
 * not-right-of-left} and {@code not-neighbours}.
 */
public sealed interface CommitmentProof {
  /** Of presence. */
  record Exist(ExistenceProof proof) implements CommitmentProof {}

  /** Of absence. */
  record Nonexist(NonExistenceProof proof) implements CommitmentProof {}

  /** Largest proof in bytes: two neighbours with the largest value. */
  int MAX_SIZE = 1_000_000;

  /**
   * @throws DecodeException if it is not exactly one proof in its canonical encoding
   */
  static CommitmentProof decode(Bytes encoded) {
    if (encoded.size() > MAX_SIZE) {
      throw new DecodeException("a proof of " + encoded.size() + " bytes");
    }
    return ProtoReader.decode(encoded, CommitmentProof::read);
  }

  /** Reads the fields of the message. */
  static CommitmentProof read(ProtoReader in) {
    Optional<CommitmentProof> exist = in.message(1, ExistenceProof::read).map(Exist::new);
    Optional<CommitmentProof> nonexist = in.message(2, NonExistenceProof::read).map(Nonexist::new);
    if (exist.isPresent() == nonexist.isPresent()) {
      throw new DecodeException("a proof of presence or of absence");
    }
    return exist.or(() -> nonexist).orElseThrow();
  }

  default Bytes encode() {
    return switch (this) {
      case Exist(ExistenceProof proof) -> new ProtoWriter().message(1, proof::write).toBytes();
      case Nonexist(NonExistenceProof proof) ->
          new ProtoWriter().message(2, proof::write).toBytes();
    };
  }

  /** The root to which the proof leads; verifies nothing. */
  default Verdict<Bytes> root() {
    return switch (this) {
      case Exist(ExistenceProof proof) -> proof.root();
      case Nonexist(NonExistenceProof proof) -> proof.root();
    };
  }

  /** Whether {@code value} stands under {@code key} in the tree with this root. */
  default Verdict<ExistenceProof> verifyMembership(
      ProofSpec spec, Bytes root, Bytes key, Bytes value) {
    return switch (this) {
      case Exist(ExistenceProof proof) -> proof.verify(spec, root, key, value);
      case Nonexist nonexist -> Verdict.reject(Ics23Code.PROOF_KIND, "a proof of absence");
    };
  }

  /** Whether nothing stands under {@code key} in the tree with this root. */
  default Verdict<NonExistenceProof> verifyNonMembership(ProofSpec spec, Bytes root, Bytes key) {
    return switch (this) {
      case Nonexist(NonExistenceProof proof) -> proof.verify(spec, root, key);
      case Exist exist -> Verdict.reject(Ics23Code.PROOF_KIND, "a proof of presence");
    };
  }
}
