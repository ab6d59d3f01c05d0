package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.base.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * How far apart the expiries of a swap must be, from the worst-case times of the chains and an
 * outage budget: never a constant. All times are in seconds.
 *
 * <p>For the party that pays leg {@code k} and is paid by leg {@code k-1}, the secret may become
 * known as late as the moment when its own refund is irreversible; from there on it must still get
 * its claim mined before leg {@code k-1} can be refunded. Where claims are refused from the expiry
 * on, a reorganisation may still bring one in that is dated before it:
 *
 * <pre>
 * T(k-1) - T(k) >= soft(k) * refund(k) + irreversible(k) + outage + seen(k)
 *                  + claim(k-1) + irreversible(k-1) + skew(k-1) + skew(k)
 * </pre>
 *
 * @param outageSeconds how long this party may be unable to act, once
 * @param startWindowSeconds how long a proposal leaves for signing before the first lock
 */
public record TimelockPolicy(long outageSeconds, long startWindowSeconds) {
  /** Longest time for which a proposal may lock coins: what the EVM contract accepts. */
  public static final long MAX_LOCK_SECONDS = 30L * 24 * 3600;

  /** Longest outage that can be budgeted for. */
  public static final long MAX_OUTAGE_SECONDS = 7L * 24 * 3600;

  /** One operator who may be asleep: six hours. */
  public static final TimelockPolicy DEFAULT = new TimelockPolicy(6 * 3600, 600);

  public TimelockPolicy {
    if (outageSeconds < 0 || outageSeconds > MAX_OUTAGE_SECONDS || startWindowSeconds < 0) {
      throw new IllegalArgumentException("outage or start window out of range");
    }
  }

  /**
   * @param expiries of the legs, seconds
   * @param requiredGaps between leg {@code k} and leg {@code k+1}, seconds
   * @param actualGaps as the terms have them
   * @param latestFirstLock last moment at which the first lock may still be sent
   */
  public record Assessment(
      List<Long> expiries, List<Long> requiredGaps, List<Long> actualGaps, long latestFirstLock) {
    public Assessment {
      expiries = List.copyOf(expiries);
      requiredGaps = List.copyOf(requiredGaps);
      actualGaps = List.copyOf(actualGaps);
    }
  }

  /**
   * What a gap is made of, seconds.
   *
   * @param late how long after the own leg's expiry the secret may still come out: until the refund
   *     is irreversible where a claim stays valid, else until the blocks before the expiry are
   * @param outage how long the party may be unable to act
   * @param seen until it sees the claim of its own leg
   * @param claim until its own claim is included
   * @param irreversible until that cannot be taken back
   * @param skew of both chains' clocks
   */
  public record Gap(long late, long outage, long seen, long claim, long irreversible, long skew) {
    /** The sum, seconds. */
    public long total() {
      long acting = Math.addExact(Math.addExact(late, outage), seen);
      return Math.addExact(Math.addExact(acting, claim), Math.addExact(irreversible, skew));
    }

    @Override
    public String toString() {
      return ("claimed after expiry %d, outage %d, until seen %d, claim %d, until irreversible %d,"
              + " clocks %d")
          .formatted(late, outage, seen, claim, irreversible, skew);
    }
  }

  /**
   * Least time between the expiry of the leg that pays a party and of the leg that it pays, by its
   * parts.
   *
   * @param incoming chain of the leg that pays the party
   * @param own chain of the leg that the party pays
   */
  public Gap gap(Timing incoming, Timing own) {
    return new Gap(
        Math.addExact(own.softExpiry() ? own.refund() : 0, own.irreversible()),
        outageSeconds,
        own.seen(),
        incoming.claim(),
        incoming.irreversible(),
        Math.addExact(incoming.clockSkew(), own.clockSkew()));
  }

  /** As {@link #gap}, seconds in all. */
  public long requiredGap(Timing incoming, Timing own) {
    return gap(incoming, own).total();
  }

  /**
   * Worst time from sending the lock of leg {@code leg} (from 0) until the claim of the last leg is
   * irreversible, every other party taking its outage: the lock may be sent while {@code now} plus
   * this is not after the last leg's expiry.
   */
  public long window(int leg, List<Timing> timings) {
    Timing last = timings.getLast();
    long total = Math.addExact(timings.get(leg).lock(), timings.get(leg).irreversible());
    for (Timing later : timings.subList(leg + 1, timings.size())) {
      long each = Math.addExact(later.lock(), later.irreversible());
      total = Math.addExact(total, Math.addExact(outageSeconds, each));
    }
    return Math.addExact(total, revealWindow(last));
  }

  /**
   * Time that must be left before the last leg's expiry when the secret is revealed. Includes the
   * skew of the chain's clock: where expiry is hard, a claim is refused by that clock.
   */
  public long revealWindow(Timing last) {
    long claim = Math.addExact(last.claim(), last.irreversible());
    return Math.addExact(Math.addExact(outageSeconds, claim), last.clockSkew());
  }

  /** Expiries that are safe for a first lock before {@code nowSeconds + startWindowSeconds}. */
  public List<Long> propose(long nowSeconds, List<ChainProfile> profiles) {
    List<Timing> timings = profiles.stream().map(ChainProfile::timing).toList();
    List<Long> expiries = new ArrayList<>();
    long expiry = Math.addExact(Math.addExact(nowSeconds, startWindowSeconds), window(0, timings));
    expiries.add(expiry);
    for (int k = timings.size() - 1; k > 0; k--) {
      expiry = Math.addExact(expiry, requiredGap(timings.get(k - 1), timings.get(k)));
      expiries.add(expiry);
    }
    Collections.reverse(expiries);
    return List.copyOf(expiries);
  }

  /**
   * Whether terms are safe to enter now. Rejects a gap that is too small, a first lock that would
   * come too late, and coins locked for longer than {@link #MAX_LOCK_SECONDS}; the detail has the
   * numbers.
   *
   * @param profiles of the legs' chains, in the order of the legs
   */
  public Verdict<Assessment> check(SwapTerms terms, long nowSeconds, List<ChainProfile> profiles) {
    return check(terms, nowSeconds, profiles.stream().map(ChainProfile::timing).toList(), 0);
  }

  /** As {@link #check(SwapTerms, long, List)}, for a party that is about to lock {@code leg}. */
  Verdict<Assessment> check(SwapTerms terms, long nowSeconds, List<Timing> timings, int leg) {
    if (timings.size() != terms.legs().size()) {
      throw new IllegalArgumentException("one timing for each leg");
    }
    List<Long> expiries = terms.legs().stream().map(SwapLeg::expirySeconds).toList();
    List<Long> required = new ArrayList<>();
    List<Long> actual = new ArrayList<>();
    for (int k = 1; k < timings.size(); k++) {
      required.add(requiredGap(timings.get(k - 1), timings.get(k)));
      actual.add(expiries.get(k - 1) - expiries.get(k));
      if (actual.getLast() < required.getLast()) {
        return Verdict.reject(
            SwapRejection.UNSAFE_TIMELOCK,
            "leg %d expires %d s after leg %d; at least %d s are needed, %d s are missing (%s)"
                .formatted(
                    k,
                    actual.getLast(),
                    k + 1,
                    required.getLast(),
                    required.getLast() - actual.getLast(),
                    gap(timings.get(k - 1), timings.get(k))));
      }
    }
    long latest = expiries.getLast() - window(leg, timings);
    if (nowSeconds > latest) {
      return Verdict.reject(
          SwapRejection.UNSAFE_TIMELOCK,
          "leg %d would have to be locked by %d, which is %d s ago: %d s are needed until leg %d expires"
              .formatted(
                  leg + 1, latest, nowSeconds - latest, window(leg, timings), timings.size()));
    }
    long locked = Collections.max(expiries) - nowSeconds;
    if (locked > MAX_LOCK_SECONDS) {
      return Verdict.reject(
          SwapRejection.LOCKED_TOO_LONG,
          "coins would be locked for %d s, at most %d s are allowed"
              .formatted(locked, MAX_LOCK_SECONDS));
    }
    return Verdict.accept(new Assessment(expiries, required, actual, latest));
  }
}
