package dev.trestle.lightclient.cometbft;

import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.time.Instant;
import java.util.Optional;

/**
 * Verifies a header by a trusted one (CometBFT specification, "Light client verification"; ICS-07).
 * The next height is verified by the validators that the trusted header named, any later one by
 * signers among them with enough power ("skipping").
 *
 * <p>Reasons, in the order in which they are checked:
 *
 * <ul>
 *   <li>{@code client-expired}: the trusting period of the trusted header is over ({@code
 *       isWithinTrustedPeriod})
 *   <li>{@code time-too-new}: the header is ahead of our clock by the allowed drift or more
 *   <li>{@code validators-hash}, {@code next-validators-hash}: sets that are not the header's
 *   <li>{@code commit-hash}, {@code commit-height}: a commit for something else
 *   <li>{@code signature-count}, {@code signature-form}, {@code duplicate-signer}, {@code
 *       unknown-signer}: not one well-formed entry for each validator in the set's order ({@code
 *       Commit.ValidateBasic}; GHSA-6jrf-4jv4-r9mw)
 *   <li>{@code wrong-chain}: another chain id
 *   <li>{@code stale-height}, {@code time-too-old}: not above the trusted height, not after the
 *       trusted time ({@code validUntrustedHeader})
 *   <li>{@code trusted-validators-hash}: the set given as trusted is not what the trusted header
 *       named (ICS-07 {@code checkTrustedHeader})
 *   <li>{@code unexpected-validators}: next height with other validators ({@code VerifyAdjacent})
 *   <li>{@code not-enough-trust}: not more than the trust level of the trusted set signed ({@code
 *       VerifyNonAdjacent}); another header between may help
 *   <li>{@code quorum-low}: not more than two thirds of the header's own set signed
 *   <li>{@code bad-signature}, {@code budget-exceeded}
 * </ul>
 */
public final class HeaderRules {
  private final TrustOptions options;
  private final TrustedHeader trusted;

  /** Rules for headers after {@code trusted}. */
  public HeaderRules(TrustOptions options, TrustedHeader trusted) {
    this.options = options;
    this.trusted = trusted;
  }

  /**
   * @param trustedNext validators of the height after the trusted one
   * @param next validators of the height after {@code untrusted}, if the caller has them
   */
  public Verdict<SignedHeader> verify(
      SignedHeader untrusted,
      ValidatorSet validators,
      ValidatorSet trustedNext,
      Optional<ValidatorSet> next,
      Instant now,
      Budget budget) {
    return withinTrust(now)
        .then(
            ok ->
                untrusted.header().time().isBefore(now.plus(options.maxClockDrift()))
                    ? Verdict.accept(ok)
                    : no(RejectionCode.TIME_TOO_NEW, "the header is from the future"))
        .then(ok -> verifyAtAnyTime(untrusted, validators, trustedNext, next, budget));
  }

  private Verdict<Boolean> withinTrust(Instant now) {
    return trusted.time().plus(options.trustingPeriod()).isAfter(now)
        ? Verdict.accept(true)
        : no(RejectionCode.CLIENT_EXPIRED, "trusted height " + trusted.height());
  }

  private static Verdict<Boolean> no(ReasonCode code, String detail) {
    return Verdict.reject(code, detail);
  }

  /**
   * Verifies a header of evidence: everything but our clock's word on whether it is from the
   * future, since who signs two blocks is not excused by their time.
   */
  public Verdict<SignedHeader> verifyEvidence(
      SignedHeader untrusted,
      ValidatorSet validators,
      ValidatorSet trustedNext,
      Instant now,
      Budget budget) {
    return withinTrust(now)
        .then(ok -> verifyAtAnyTime(untrusted, validators, trustedNext, Optional.empty(), budget));
  }

  private Verdict<SignedHeader> verifyAtAnyTime(
      SignedHeader untrusted,
      ValidatorSet validators,
      ValidatorSet trustedNext,
      Optional<ValidatorSet> next,
      Budget budget) {
    Header header = untrusted.header();
    return belongTogether(untrusted, validators, next)
        .then(ok -> CommitRules.of(header.chainId(), untrusted.commit(), validators, budget))
        .then(commit -> follows(header, commit))
        .then(commit -> named(trustedNext, commit))
        .then(
            commit ->
                header.height() - 1 == trusted.height()
                    ? adjacent(header, commit)
                    : commit.checkTrusted(trustedNext, options.level()))
        .then(CommitRules::checkOwn)
        .then(commit -> Verdict.accept(untrusted));
  }

  private static Verdict<Boolean> belongTogether(
      SignedHeader untrusted, ValidatorSet validators, Optional<ValidatorSet> next) {
    Header header = untrusted.header();
    if (!validators.hash().bytes().equals(header.validatorsHash())) {
      return no(CometCode.VALIDATORS_HASH, "not the header's validators");
    }
    if (next.isPresent() && !next.get().hash().bytes().equals(header.nextValidatorsHash())) {
      return no(CometCode.NEXT_VALIDATORS_HASH, "not the header's next validators");
    }
    Commit commit = untrusted.commit();
    if (!header.hash().bytes().equals(commit.blockId().hash())) {
      return no(CometCode.COMMIT_HASH, "the commit is for " + commit.blockId().hash());
    }
    return commit.height() == header.height()
        ? Verdict.accept(true)
        : no(CometCode.COMMIT_HEIGHT, "the commit is for height " + commit.height());
  }

  private Verdict<CommitRules> follows(Header header, CommitRules commit) {
    if (!header.chainId().equals(trusted.chainId())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "a header of " + header.chainId());
    }
    if (header.height() <= trusted.height()) {
      return Verdict.reject(RejectionCode.STALE_HEIGHT, "height " + header.height());
    }
    return header.time().isAfter(trusted.time())
        ? Verdict.accept(commit)
        : Verdict.reject(RejectionCode.TIME_TOO_OLD, "not after the trusted header");
  }

  private Verdict<CommitRules> adjacent(Header header, CommitRules commit) {
    return header.validatorsHash().equals(trusted.nextValidatorsHash())
        ? Verdict.accept(commit)
        : Verdict.reject(CometCode.UNEXPECTED_VALIDATORS, "not those the trusted header named");
  }

  private Verdict<CommitRules> named(ValidatorSet trustedNext, CommitRules commit) {
    return trustedNext.hash().bytes().equals(trusted.nextValidatorsHash())
        ? Verdict.accept(commit)
        : Verdict.reject(CometCode.TRUSTED_VALIDATORS_HASH, "not the trusted header's");
  }
}
