package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.trestle.TrestleProof.Branch;
import dev.trestle.relay.verifier.VerifiedBlock;
import dev.trestle.relay.verifier.VerifierCode;
import java.util.Optional;

/**
 * Packets and entries of the state under the blocks that a client knows.
 *
 * <p>Rejects with {@code budget-exceeded} (before decoding), {@code malformed}, {@code
 * unknown-height}, {@code other-height}, {@code not-supported} (absence from an outbox) and {@code
 * proof-invalid}.
 *
 * <p>Own format: {@code relay-chain/docs/wire-format.md}.
 */
final class TrestleClaims {
  private static final int BYTES_PER_UNIT = 16;

  private final ClientView view;
  private final TrestleState state;

  TrestleClaims(ClientView view, TrestleState state) {
    this.view = view;
    this.state = state;
  }

  Verdict<ProvenFact> membership(Claim claim, Budget budget) {
    long size = (long) claim.path().size() + claim.value().size() + claim.proof().size();
    if (!budget.charge(Budget.HASH * (size / BYTES_PER_UNIT + 1))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      TrestlePath path = TrestlePath.decode(claim.path());
      TrestleProof proof = TrestleProof.decode(claim.proof());
      return block(path.height(), proof)
          .then(block -> shows(block, path, claim.value(), proof.branch()))
          .then(block -> fact(claim.path(), claim.value(), block));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  Verdict<ProvenFact> nonMembership(Bytes pathBytes, Bytes proofBytes, Budget budget) {
    long size = (long) pathBytes.size() + proofBytes.size();
    if (!budget.charge(Budget.HASH * (size / BYTES_PER_UNIT + 1))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      TrestleProof proof = TrestleProof.decode(proofBytes);
      return switch (TrestlePath.decode(pathBytes)) {
        case TrestlePath.InOutbox packet ->
            Verdict.reject(RejectionCode.NOT_SUPPORTED, "no proofs of absence from an outbox");
        case TrestlePath.InState entry ->
            block(entry.height(), proof)
                .then(block -> lacks(block, entry.key(), proof.branch()))
                .then(block -> fact(pathBytes, Bytes.EMPTY, block));
      };
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Verdict<ProvenFact> fact(Bytes path, Bytes value, VerifiedBlock block) {
    return Verdict.accept(new ProvenFact(path, value, TrestleState.ref(block), ProvenFact.FINAL));
  }

  /** The block of the path: a kept one, or one in the history of a kept one. */
  private Verdict<VerifiedBlock> block(long height, TrestleProof proof) {
    Optional<VerifiedBlock> known = state.block(view, proof.knownHeight());
    if (known.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + proof.knownHeight());
    }
    Verdict<VerifiedBlock> found =
        proof
            .older()
            .map(older -> known.get().older(older.header(), older.siblings()))
            .orElseGet(() -> Verdict.accept(known.get()));
    return found.then(
        block ->
            block.height() == height
                ? found
                : Verdict.reject(TrestleCode.OTHER_HEIGHT, block + ", not " + height));
  }

  private static Verdict<VerifiedBlock> shows(
      VerifiedBlock block, TrestlePath path, Bytes value, Branch branch) {
    boolean holds =
        switch (path) {
          case TrestlePath.InOutbox packet -> {
            if (!Packet.decode(value).id().equals(packet.packetId())) {
              yield false;
            }
            yield branch instanceof Branch.Outbox b
                && block.emitted(packet.packetId(), b.index(), b.count(), b.siblings());
          }
          case TrestlePath.InState entry ->
              branch instanceof Branch.State b
                  && b.other().isEmpty()
                  && block.holds(entry.key(), value, b.siblings());
        };
    return holds ? Verdict.accept(block) : invalid();
  }

  private static Verdict<VerifiedBlock> lacks(VerifiedBlock block, Bytes key, Branch branch) {
    return branch instanceof Branch.State b && block.lacks(key, b.siblings(), b.other())
        ? Verdict.accept(block)
        : invalid();
  }

  private static <T> Verdict<T> invalid() {
    return Verdict.reject(VerifierCode.PROOF_INVALID, "the claim does not follow");
  }
}
