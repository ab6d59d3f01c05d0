package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Ed25519PublicKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;
import java.util.Optional;

/**
 * The signatures of one commit. Each is checked at most once, however many questions need it, and
 * is paid for before.
 *
 * <p>Rejects, after CometBFT {@code types/validation.go} and {@code light/verifier.go}: {@code
 * signature-count} (not one entry a validator), {@code signature-form}, {@code duplicate-signer},
 * {@code unknown-signer} (an address that is not the key's in its place), {@code not-enough-trust}
 * (at most the trust level of the trusted set signed), {@code quorum-low} (at most two thirds of
 * the own set), {@code bad-signature} and {@code budget-exceeded} (before each signature).
 */
final class CommitRules {
  private final String chainId;
  private final Commit commit;
  private final ValidatorSet validators;
  private final Budget budget;
  private final boolean[] verified;

  private CommitRules(String chainId, Commit commit, ValidatorSet validators, Budget budget) {
    this.chainId = chainId;
    this.commit = commit;
    this.validators = validators;
    this.budget = budget;
    this.verified = new boolean[commit.signatures().size()];
  }

  /**
   * The commit, if every entry is well formed and that of the validator at its place (CometBFT
   * {@code Commit.ValidateBasic}): no stranger and none twice.
   */
  static Verdict<CommitRules> of(
      String chainId, Commit commit, ValidatorSet validators, Budget budget) {
    List<CommitSignature> entries = commit.signatures();
    if (entries.isEmpty() || entries.size() != validators.size()) {
      return Verdict.reject(
          CometCode.SIGNATURE_COUNT, entries.size() + " entries, " + validators.size() + " needed");
    }
    for (int i = 0; i < entries.size(); i++) {
      CommitSignature entry = entries.get(i);
      if (!entry.isWellFormed()) {
        return Verdict.reject(CometCode.SIGNATURE_FORM, "entry " + i);
      }
      boolean absent = entry.vote() == CommitSignature.Vote.ABSENT;
      if (!absent && !entry.address().equals(validators.validators().get(i).address())) {
        boolean member = validators.byAddress(entry.address()).isPresent();
        return Verdict.reject(
            member ? RejectionCode.DUPLICATE_SIGNER : RejectionCode.UNKNOWN_SIGNER,
            "entry " + i + " is of " + entry.address());
      }
    }
    return Verdict.accept(new CommitRules(chainId, commit, validators, budget));
  }

  /**
   * Whether signers with more than {@code level} of {@code trusted}'s power, by the powers that
   * they have there, voted for the block. All their signatures are checked.
   */
  Verdict<CommitRules> checkTrusted(ValidatorSet trusted, TrustLevel level) {
    long power = 0;
    for (int i = 0; i < verified.length; i++) {
      CommitSignature entry = commit.signatures().get(i);
      if (entry.vote() != CommitSignature.Vote.COMMIT) {
        continue;
      }
      Optional<Validator> known = trusted.byAddress(entry.address());
      if (known.isEmpty()) {
        continue;
      }
      Verdict<CommitRules> checked = checkSignature(i);
      if (!checked.isAccepted()) {
        return checked;
      }
      power += known.get().power();
    }
    return level.isExceeded(power, trusted.totalPower())
        ? Verdict.accept(this)
        : Verdict.reject(CometCode.NOT_ENOUGH_TRUST, power + " of trusted " + trusted.totalPower());
  }

  /**
   * Whether more than two thirds of the power voted for the block. What is claimed is counted
   * first; then all signatures are checked, those for nil, too.
   */
  Verdict<CommitRules> checkOwn() {
    long power = 0;
    for (int i = 0; i < verified.length; i++) {
      if (commit.signatures().get(i).vote() == CommitSignature.Vote.COMMIT) {
        power += validators.validators().get(i).power();
      }
    }
    if (!TrustLevel.TWO_THIRDS.isExceeded(power, validators.totalPower())) {
      return Verdict.reject(
          RejectionCode.QUORUM_LOW, power + " of " + validators.totalPower() + " signed");
    }
    for (int i = 0; i < verified.length; i++) {
      if (commit.signatures().get(i).vote() != CommitSignature.Vote.ABSENT) {
        Verdict<CommitRules> checked = checkSignature(i);
        if (!checked.isAccepted()) {
          return checked;
        }
      }
    }
    return Verdict.accept(this);
  }

  private Verdict<CommitRules> checkSignature(int index) {
    if (verified[index]) {
      return Verdict.accept(this);
    }
    if (!budget.charge(Budget.SIGNATURE)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before signature " + index);
    }
    CommitSignature entry = commit.signatures().get(index);
    Bytes message = CanonicalVote.of(chainId, commit, entry).signBytes();
    verified[index] =
        Ed25519PublicKey.decode(validators.validators().get(index).key())
            .map(key -> key.verify(message, entry.signature()))
            .orElse(false);
    return verified[index]
        ? Verdict.accept(this)
        : Verdict.reject(RejectionCode.BAD_SIGNATURE, "entry " + index);
  }
}
