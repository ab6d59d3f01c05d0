package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.proofs.protobuf.ProtoReader;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.util.List;

/**
 * {@code MerkleProof} of ICS-23 as IBC uses it: a tree whose leaves are roots of trees. The first
 * proof is in the lowest tree; each further one shows that the root below stands under its key.
 * Besides the reasons of {@link CommitmentProof}: {@code layer-count}.
 *
 * <p>And {@code root-mismatch} where a proof of absence is not under the root.
 *
 * @param proofs from the lowest tree up
 */
public record MerkleProof(List<CommitmentProof> proofs) {
  /** Most trees above one another. */
  public static final int MAX_LAYERS = 8;

  public MerkleProof {
    proofs = List.copyOf(proofs);
  }

  /**
   * @throws DecodeException if it is not exactly one proof in its canonical encoding
   */
  public static MerkleProof decode(Bytes encoded) {
    if (encoded.size() > CommitmentProof.MAX_SIZE) {
      throw new DecodeException("a proof of " + encoded.size() + " bytes");
    }
    return ProtoReader.decode(
        encoded, in -> new MerkleProof(in.messages(1, MAX_LAYERS, CommitmentProof::read)));
  }

  public Bytes encode() {
    ProtoWriter out = new ProtoWriter();
    proofs.forEach(proof -> out.message(1, proof.encode()));
    return out.toBytes();
  }

  /**
   * Whether {@code value} stands under {@code path}.
   *
   * @param specs of the trees from the lowest up
   * @param path keys from the highest tree down: the store first, the key in it last
   */
  public Verdict<MerkleProof> verifyMembership(
      List<ProofSpec> specs, Bytes root, List<Bytes> path, Bytes value) {
    return layers(specs, path).then(proof -> chain(specs, root, path, 0, value));
  }

  /** Whether nothing stands under {@code path}, while the stores above exist. */
  public Verdict<MerkleProof> verifyNonMembership(
      List<ProofSpec> specs, Bytes root, List<Bytes> path) {
    return layers(specs, path)
        .then(proof -> proofs.getFirst().root())
        .then(
            lowest ->
                proofs
                    .getFirst()
                    .verifyNonMembership(specs.getFirst(), lowest, path.getLast())
                    .then(absent -> topOrChain(specs, root, path, lowest)));
  }

  private Verdict<MerkleProof> topOrChain(
      List<ProofSpec> specs, Bytes root, List<Bytes> path, Bytes lowest) {
    if (proofs.size() > 1) {
      return chain(specs, root, path, 1, lowest);
    }
    return lowest.equals(root)
        ? Verdict.accept(this)
        : Verdict.reject(Ics23Code.ROOT_MISMATCH, "the proof leads to " + lowest);
  }

  private Verdict<MerkleProof> layers(List<ProofSpec> specs, List<Bytes> path) {
    boolean fits =
        !proofs.isEmpty() && proofs.size() == specs.size() && proofs.size() == path.size();
    return fits
        ? Verdict.accept(this)
        : Verdict.reject(Ics23Code.LAYER_COUNT, proofs.size() + " proofs in " + specs.size());
  }

  private Verdict<MerkleProof> chain(
      List<ProofSpec> specs, Bytes root, List<Bytes> path, int from, Bytes value) {
    Bytes below = value;
    for (int i = from; i < proofs.size(); i++) {
      CommitmentProof proof = proofs.get(i);
      Bytes key = path.get(path.size() - 1 - i);
      boolean top = i == proofs.size() - 1;
      Verdict<Bytes> claimed = top ? Verdict.accept(root) : proof.root();
      if (!(claimed instanceof Verdict.Accepted<Bytes>(Bytes layerRoot))) {
        return claimed.then(none -> Verdict.accept(this));
      }
      Verdict<ExistenceProof> checked =
          !top && proof instanceof CommitmentProof.Exist(ExistenceProof lower)
              ? lower.verifyUnderItsRoot(specs.get(i), key, below)
              : proof.verifyMembership(specs.get(i), layerRoot, key, below);
      if (!checked.isAccepted()) {
        return checked.then(none -> Verdict.accept(this));
      }
      below = layerRoot;
    }
    return Verdict.accept(this);
  }
}
