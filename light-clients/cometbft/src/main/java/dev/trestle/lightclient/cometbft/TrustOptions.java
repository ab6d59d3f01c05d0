package dev.trestle.lightclient.cometbft;

import java.time.Duration;

/**
 * For how long and by how many a header is trusted.
 *
 * @param trustingPeriod after a header's time; shorter than the unbonding period
 * @param maxClockDrift by which a header may be ahead of our clock
 */
public record TrustOptions(TrustLevel level, Duration trustingPeriod, Duration maxClockDrift) {
  /** Longest trusting period and drift: far over any unbonding period. */
  public static final Duration MAX = Duration.ofDays(3_650);

  public TrustOptions {
    if (!trustingPeriod.isPositive()
        || trustingPeriod.compareTo(MAX) > 0
        || maxClockDrift.isNegative()
        || maxClockDrift.compareTo(MAX) > 0) {
      throw new IllegalArgumentException("trusting period or clock drift");
    }
  }
}
