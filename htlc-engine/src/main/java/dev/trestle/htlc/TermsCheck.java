package dev.trestle.htlc;

import dev.trestle.base.Verdict;

/** Whether swap terms make sense on their own, before any clock or chain is looked at. */
public final class TermsCheck {
  /** Smallest value that a lock time reads as a time and not as a height (BIP-65). */
  public static final long MIN_EXPIRY_SECONDS = 500_000_000L;

  /** Largest lock time that Bitcoin can hold, u32. */
  public static final long MAX_EXPIRY_SECONDS = 0xffff_ffffL;

  private static final int LEGS = 2;

  private TermsCheck() {}

  /** Rejects with the first fault found; the detail names the leg. */
  public static Verdict<SwapTerms> check(SwapTerms terms) {
    if (terms.legs().size() != LEGS || terms.parties().size() != LEGS) {
      return Verdict.reject(SwapRejection.LEG_COUNT, "a swap has two legs and two parties");
    }
    if (terms.hash().isZero()) {
      return Verdict.reject(SwapRejection.BAD_HASH, "the hash is zero");
    }
    if (terms.initiatorKey().equals(terms.participantKey())) {
      return Verdict.reject(SwapRejection.BAD_KEY, "both parties have the same key");
    }
    for (int i = 0; i < LEGS; i++) {
      Verdict<SwapLeg> verdict = checkLeg(i + 1, terms.legs().get(i));
      if (!verdict.isAccepted()) {
        return verdict.then(leg -> Verdict.accept(terms));
      }
    }
    SwapLeg first = terms.legs().get(0);
    SwapLeg second = terms.legs().get(1);
    if (first.asset().equals(second.asset())) {
      return Verdict.reject(SwapRejection.SAME_ASSET, "both legs lock " + first.asset());
    }
    if (first.expirySeconds() <= second.expirySeconds()) {
      return Verdict.reject(
          SwapRejection.EXPIRY_ORDER,
          "leg 1 expires at "
              + first.expirySeconds()
              + ", not after leg 2 at "
              + second.expirySeconds());
    }
    return Verdict.accept(terms);
  }

  private static Verdict<SwapLeg> checkLeg(int number, SwapLeg leg) {
    if (leg.amount().isZero()) {
      return Verdict.reject(SwapRejection.ZERO_AMOUNT, "leg " + number + " locks nothing");
    }
    if (!leg.asset().chain().equals(leg.chain())) {
      return Verdict.reject(
          SwapRejection.WRONG_ASSET,
          "leg " + number + ": " + leg.asset() + " is not on " + leg.chain());
    }
    if (isBadKey(leg.claimer().size()) || isBadKey(leg.refunder().size())) {
      return Verdict.reject(
          SwapRejection.BAD_KEY,
          "leg " + number + ": a key has 1 to " + SwapLeg.MAX_KEY + " bytes");
    }
    if (leg.claimer().equals(leg.refunder())) {
      return Verdict.reject(SwapRejection.BAD_KEY, "leg " + number + " pays back to who pays it");
    }
    if (leg.expirySeconds() < MIN_EXPIRY_SECONDS || leg.expirySeconds() > MAX_EXPIRY_SECONDS) {
      return Verdict.reject(
          SwapRejection.EXPIRY_OUT_OF_RANGE,
          "leg " + number + " expires at " + leg.expirySeconds() + ", which is not a Unix time");
    }
    return Verdict.accept(leg);
  }

  private static boolean isBadKey(int size) {
    return size == 0 || size > SwapLeg.MAX_KEY;
  }
}
