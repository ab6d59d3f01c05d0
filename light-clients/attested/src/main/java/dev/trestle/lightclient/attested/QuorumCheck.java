package dev.trestle.lightclient.attested;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.proofs.evm.EvmHeader;
import java.util.List;
import java.util.Optional;

/**
 * Whether a client message carries a header and the signatures of a quorum over it (signatures:
 * EIP-2, SEC 1 4.1.6).
 *
 * <p>Rejects with {@code budget-exceeded}, {@code malformed} (also fewer signatures than bits),
 * {@code wrong-epoch} (another committee), {@code bits-beyond-set} (a bit without member), {@code
 * quorum-low}, {@code trailing-bytes} (more signatures than bits), {@code bad-signature} (of no
 * key), {@code unknown-signer} (of no member) and {@code duplicate-signer} (of another member than
 * the bit says, or twice).
 */
final class QuorumCheck {
  /** Bytes of header that one unit of hashing covers. */
  private static final int BYTES_PER_UNIT = 64;

  private QuorumCheck() {}

  static Verdict<EvmHeader> check(AttestedAnchor anchor, Bytes message, Budget budget) {
    AttestedUpdate.Raw raw;
    EvmHeader header;
    if (!budget.charge(Budget.HASH * (message.size() / BYTES_PER_UNIT + 1))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      raw = AttestedUpdate.Raw.decode(message);
      header = EvmHeader.decode(raw.headerRlp());
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    return shape(anchor, raw, budget)
        .then(signers -> signatures(anchor, digest(anchor, header), signers, raw.rest()))
        .then(quorum -> Verdict.accept(header));
  }

  static Hash32 digest(AttestedAnchor anchor, EvmHeader header) {
    return new HeaderAttestation(
            anchor.hubId(), anchor.chain(), anchor.epoch(), header.number(), header.hash())
        .digest();
  }

  /** Everything that needs no signature check. */
  private static Verdict<List<Integer>> shape(
      AttestedAnchor anchor, AttestedUpdate.Raw raw, Budget budget) {
    if (raw.epoch() != anchor.epoch()) {
      return Verdict.reject(
          RejectionCode.WRONG_EPOCH, "epoch " + raw.epoch() + ", not " + anchor.epoch());
    }
    if (raw.members() != anchor.members().size()) {
      return Verdict.reject(
          RejectionCode.MALFORMED,
          "a bitmap of " + raw.members() + " members, not " + anchor.members().size());
    }
    List<Integer> signers = raw.signers();
    if (!signers.isEmpty() && signers.getLast() >= raw.members()) {
      return Verdict.reject(RejectionCode.BITS_BEYOND_SET, "bit " + signers.getLast());
    }
    if (signers.size() < anchor.threshold()) {
      return Verdict.reject(
          RejectionCode.QUORUM_LOW, signers.size() + " of " + anchor.threshold() + " signatures");
    }
    if (raw.rest().size() != signers.size()) {
      return Verdict.reject(
          raw.rest().size() > signers.size()
              ? RejectionCode.TRAILING_BYTES
              : RejectionCode.MALFORMED,
          raw.rest().size() + " signatures for " + signers.size() + " bits");
    }
    if (!budget.charge(Budget.SIGNATURE * signers.size())) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, signers.size() + " signatures");
    }
    return Verdict.accept(signers);
  }

  private static Verdict<List<Integer>> signatures(
      AttestedAnchor anchor, Hash32 digest, List<Integer> signers, List<EcdsaSignature> given) {
    for (int i = 0; i < signers.size(); i++) {
      Verdict<Integer> signer = signer(anchor, digest, given.get(i));
      if (!(signer instanceof Verdict.Accepted<Integer>(Integer member))) {
        return signer.then(ignored -> Verdict.accept(signers));
      }
      if (!member.equals(signers.get(i))) {
        return Verdict.reject(
            RejectionCode.DUPLICATE_SIGNER,
            "member " + member + " signs in the place of " + signers.get(i));
      }
    }
    return Verdict.accept(signers);
  }

  /** The number of the member that signed {@code digest}. */
  static Verdict<Integer> signer(AttestedAnchor anchor, Hash32 digest, EcdsaSignature signature) {
    Optional<PublicKey> key = Secp256k1.instance().recover(signature, digest);
    if (key.isEmpty()) {
      return Verdict.reject(RejectionCode.BAD_SIGNATURE, "no key signs like this");
    }
    int member = anchor.members().indexOf(key.get());
    return member < 0
        ? Verdict.reject(RejectionCode.UNKNOWN_SIGNER, "not signed by a member")
        : Verdict.accept(member);
  }
}
