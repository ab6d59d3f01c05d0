package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import java.util.List;
import java.util.Optional;

/**
 * Whether more than two thirds of a set of validators signed a commitment (BEEFY, Polkadot
 * specification 5.5 and {@code sp_consensus_beefy}). All signatures are given and checked: a sample
 * of them proves nothing to a client that did not choose it (see {@link SampledSignatures}).
 *
 * <p>Reasons, in the order in which they are checked: {@code wrong-epoch} (of another set), {@code
 * quorum-low} (fewer than {@code n - (n - 1) / 3} signatures), {@code budget-exceeded} (before
 * hashing, and before each signature), {@code validators-root} (another number of validators, or
 * not those of the set), {@code bad-signature} (of another key, over something else, with high s or
 * a recovery id over 1).
 *
 * <p>Polkadot specification, "BEEFY"; Snowbridge {@code BeefyClient.sol}.
 */
public final class CommitmentRules {
  private CommitmentRules() {}

  /**
   * See the class.
   *
   * @param validators all members of the set in its order
   */
  public static Verdict<Commitment> verify(
      ValidatorSet set, List<EvmAddress> validators, SignedCommitment signed, Budget budget) {
    Commitment commitment = signed.commitment();
    if (commitment.validatorSetId() != set.id()) {
      return Verdict.reject(RejectionCode.WRONG_EPOCH, "set " + commitment.validatorSetId());
    }
    if (signed.signers() < set.threshold()) {
      return Verdict.reject(
          RejectionCode.QUORUM_LOW, signed.signers() + " signed, " + set.threshold() + " needed");
    }
    if (validators.size() != set.length() || signed.signatures().size() != set.length()) {
      return Verdict.reject(
          PolkadotCode.VALIDATORS_ROOT, validators.size() + " of " + set.length() + " validators");
    }
    if (!budget.charge(2 * Budget.HASH * set.length())) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before hashing the validators");
    }
    if (!ValidatorSet.root(validators).equals(set.root())) {
      return Verdict.reject(PolkadotCode.VALIDATORS_ROOT, "other validators");
    }
    return signatures(validators, signed, commitment.hash(), budget);
  }

  private static Verdict<Commitment> signatures(
      List<EvmAddress> validators, SignedCommitment signed, Hash32 digest, Budget budget) {
    for (int i = 0; i < validators.size(); i++) {
      Optional<Bytes> signature = signed.signatures().get(i);
      if (signature.isEmpty()) {
        continue;
      }
      if (!budget.charge(Budget.SIGNATURE)) {
        return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before signature " + i);
      }
      if (!signer(signature.get(), digest).equals(Optional.of(validators.get(i)))) {
        return Verdict.reject(RejectionCode.BAD_SIGNATURE, "of validator " + i);
      }
    }
    return Verdict.accept(signed.commitment());
  }

  private static Optional<EvmAddress> signer(Bytes signature, Hash32 digest) {
    Bytes rs = signature.slice(0, EcdsaSignature.SIZE);
    return EcdsaSignature.normalized(rs, signature.at(EcdsaSignature.SIZE))
        .filter(low -> low.rs().equals(rs))
        .flatMap(low -> Secp256k1.instance().recoverAddress(low, digest));
  }
}
