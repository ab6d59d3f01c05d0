package dev.trestle.lightclient.polkadot;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.RejectionCode;

/**
 * Which chain a client follows and how long it trusts. Encoding: {@code genesis 32 | u64
 * trustingPeriod | u64 maxClockDrift}, in seconds.
 *
 * <p>Times are rejected with {@code time-too-old} (not after the latest header) and {@code
 * time-too-new} (further ahead than the drift).
 *
 * <p>Own format: {@code light-clients/docs/polkadot.md}, "Formats".
 *
 * @param genesis hash of the genesis block: names the chain, is signed nowhere
 * @param trustingPeriod less than the time during which authorities can be slashed; 28 days on
 *     Polkadot
 * @param maxClockDrift by which a block may be ahead of our clock
 */
public record ChainRules(Hash32 genesis, long trustingPeriod, long maxClockDrift) {
  /** Longest period in seconds: ten years. */
  public static final long MAX_PERIOD = 315_360_000L;

  public ChainRules {
    if (trustingPeriod < 1 || trustingPeriod > MAX_PERIOD) {
      throw new IllegalArgumentException("trust for " + trustingPeriod + " s");
    }
    if (maxClockDrift < 0 || maxClockDrift > trustingPeriod) {
      throw new IllegalArgumentException("a drift of " + maxClockDrift + " s");
    }
    if (genesis.isZero()) {
      throw new IllegalArgumentException("a chain has a genesis block");
    }
  }

  public void write(CanonicalWriter out) {
    out.hash(genesis).u64(trustingPeriod).u64(maxClockDrift);
  }

  public static ChainRules read(CanonicalReader in) {
    return new ChainRules(in.hash(), in.u64(), in.u64());
  }

  /** By the age of the latest header; two thirds of the period are active. */
  public ClientStatus status(boolean frozen, long latestSeconds, long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    if (!trusts(latestSeconds, nowSeconds)) {
      return ClientStatus.EXPIRED;
    }
    return nowSeconds < latestSeconds + trustingPeriod / 3 * 2
        ? ClientStatus.ACTIVE
        : ClientStatus.EXPIRING;
  }

  /** Whether what was true at {@code thenSeconds} is still trusted. */
  public boolean trusts(long thenSeconds, long nowSeconds) {
    return nowSeconds < thenSeconds + trustingPeriod;
  }

  /** Whether a block of this time may follow one of the other: later, and not ahead of now. */
  public Verdict<Long> checkTime(long seconds, long latestSeconds, long nowSeconds) {
    if (seconds <= latestSeconds) {
      return Verdict.reject(RejectionCode.TIME_TOO_OLD, "not after the latest header");
    }
    return seconds - maxClockDrift > nowSeconds
        ? Verdict.reject(RejectionCode.TIME_TOO_NEW, seconds - nowSeconds + " s ahead")
        : Verdict.accept(seconds);
  }
}
