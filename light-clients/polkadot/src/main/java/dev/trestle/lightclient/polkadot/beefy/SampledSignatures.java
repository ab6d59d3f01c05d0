package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A commitment's signatures as Snowbridge's contract sees them: a claim of who signed, and the
 * signatures of a sample of them. That the others signed, too, follows only if the sample was
 * chosen after the claim was fixed and by something that the prover does not control. So this
 * checks files and calls of that contract; our client never trusts it and asks for all signatures.
 *
 * <p>Reasons of rejection: {@code wrong-epoch} (another set), {@code bits-beyond-set}, {@code
 * quorum-low} (too few claimed), {@code duplicate-signer}, {@code unknown-signer} (in the sample
 * and not claimed), {@code index-out-of-range} and {@code branch-length} of {@link BinaryMerkle},
 * {@code validators-root} (not a member), {@code bad-signature}, {@code budget-exceeded}.
 *
 * <p>Snowbridge {@code BeefyClient.sol}, {@code submitFinal}.
 *
 * @param claimedBits bit {@code i} for the validator with index {@code i}
 */
public record SampledSignatures(BigInteger claimedBits, List<Sample> samples) {
  /**
   * One signature.
   *
   * @param signature empty if it cannot be one
   * @param proof that the account stands at the index, by {@link BinaryMerkle}
   */
  public record Sample(
      long index, EvmAddress account, Optional<EcdsaSignature> signature, List<Hash32> proof) {}

  public SampledSignatures {
    samples = List.copyOf(samples);
  }

  /** How many are claimed to have signed. */
  public long claimed() {
    return claimedBits.bitCount();
  }

  /** The root under which all accounts of the sample stand, if it is one. */
  public Verdict<Hash32> impliedRoot(long width) {
    Set<Hash32> roots = new HashSet<>();
    for (Sample each : samples) {
      Verdict<Hash32> root = root(each, width);
      if (!(root instanceof Verdict.Accepted<Hash32>(Hash32 reached))) {
        return root;
      }
      roots.add(reached);
    }
    return roots.size() == 1
        ? Verdict.accept(roots.iterator().next())
        : Verdict.reject(PolkadotCode.VALIDATORS_ROOT, roots.size() + " different roots");
  }

  /** See the class. */
  public Verdict<Commitment> verify(ValidatorSet set, Commitment commitment, long units) {
    Budget budget = new Budget(units);
    if (commitment.validatorSetId() != set.id()) {
      return Verdict.reject(RejectionCode.WRONG_EPOCH, "set " + commitment.validatorSetId());
    }
    if (claimedBits.bitLength() > set.length()) {
      return Verdict.reject(RejectionCode.BITS_BEYOND_SET, "bit " + claimedBits.bitLength());
    }
    if (claimed() < set.threshold() || samples.isEmpty()) {
      return Verdict.reject(RejectionCode.QUORUM_LOW, claimed() + " claimed");
    }
    Hash32 digest = commitment.hash();
    Set<Long> seen = new HashSet<>();
    for (Sample each : samples) {
      Verdict<Hash32> checked = check(each, set, seen, budget, digest);
      if (!checked.isAccepted()) {
        return checked.then(root -> Verdict.accept(commitment));
      }
    }
    return Verdict.accept(commitment);
  }

  private Verdict<Hash32> check(
      Sample each, ValidatorSet set, Set<Long> seen, Budget budget, Hash32 digest) {
    if (!seen.add(each.index())) {
      return Verdict.reject(RejectionCode.DUPLICATE_SIGNER, "index " + each.index());
    }
    if (each.index() < set.length() && !claimedBits.testBit((int) each.index())) {
      return Verdict.reject(RejectionCode.UNKNOWN_SIGNER, "not claimed: " + each.index());
    }
    return root(each, set.length())
        .then(
            root ->
                root.equals(set.root())
                    ? Verdict.accept(root)
                    : Verdict.<Hash32>reject(PolkadotCode.VALIDATORS_ROOT, "index " + each.index()))
        .then(
            root -> {
              if (!budget.charge(Budget.SIGNATURE)) {
                return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before a signature");
              }
              boolean good =
                  each.signature()
                      .flatMap(given -> Secp256k1.instance().recoverAddress(given, digest))
                      .filter(each.account()::equals)
                      .isPresent();
              return good
                  ? Verdict.accept(root)
                  : Verdict.reject(RejectionCode.BAD_SIGNATURE, "index " + each.index());
            });
  }

  private static Verdict<Hash32> root(Sample each, long width) {
    return BinaryMerkle.root(each.index(), width, ValidatorSet.leaf(each.account()), each.proof());
  }
}
