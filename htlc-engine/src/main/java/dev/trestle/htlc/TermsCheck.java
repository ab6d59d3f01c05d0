package dev.trestle.htlc;

import dev.trestle.base.Verdict;

/** Whether swap terms make sense on their own, before any clock or chain is looked at. */
public final class TermsCheck {
  /** Smallest value that a lock time reads as a time and not as a height (BIP-65). */
  public static final long MIN_EXPIRY_SECONDS = 500_000_000L;

  /** Largest lock time that Bitcoin can hold, u32. */
  public static final long MAX_EXPIRY_SECONDS = 0xffff_ffffL;

  /** Fewest legs of a swap; the most are {@link SwapTerms#MAX_LEGS}. */
  public static final int MIN_LEGS = 2;

  private TermsCheck() {}

  /** Rejects with the first fault found; the detail names the leg. */
  public static Verdict<SwapTerms> check(SwapTerms terms) {
    int legs = terms.legs().size();
    if (legs < MIN_LEGS || legs > SwapTerms.MAX_LEGS || terms.parties().size() != legs) {
      return Verdict.reject(
          SwapRejection.LEG_COUNT,
          "a swap has %d to %d legs and one party for each, not %d and %d"
              .formatted(MIN_LEGS, SwapTerms.MAX_LEGS, legs, terms.parties().size()));
    }
    if (terms.hash().isZero()) {
      return Verdict.reject(SwapRejection.BAD_HASH, "the hash is zero");
    }
    if (terms.parties().stream().distinct().count() < legs) {
      return Verdict.reject(SwapRejection.BAD_KEY, "two parties have the same key");
    }
    for (int i = 0; i < legs; i++) {
      Verdict<SwapLeg> verdict = checkLeg(i + 1, terms.legs().get(i));
      if (!verdict.isAccepted()) {
        return verdict.then(leg -> Verdict.accept(terms));
      }
    }
    return checkCycle(terms);
  }

  /** Nobody pays what it is paid with, and each leg expires after the next. */
  private static Verdict<SwapTerms> checkCycle(SwapTerms terms) {
    int legs = terms.legs().size();
    for (int i = 0; i < legs; i++) {
      SwapLeg leg = terms.legs().get(i);
      int following = (i + 1) % legs;
      SwapLeg next = terms.legs().get(following);
      if (leg.asset().equals(next.asset())) {
        return Verdict.reject(
            SwapRejection.SAME_ASSET,
            "legs %d and %d both lock %s".formatted(i + 1, following + 1, leg.asset()));
      }
      if (following > i && leg.expirySeconds() <= next.expirySeconds()) {
        return Verdict.reject(
            SwapRejection.EXPIRY_ORDER,
            "leg %d expires at %d, not after leg %d at %d"
                .formatted(i + 1, leg.expirySeconds(), following + 1, next.expirySeconds()));
      }
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
