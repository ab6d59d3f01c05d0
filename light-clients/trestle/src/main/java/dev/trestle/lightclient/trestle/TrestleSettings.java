package dev.trestle.lightclient.trestle;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/**
 * What never changes about a client.
 *
 * @param chainId keccak256 of the relay chain's genesis
 * @param trustingPeriodSeconds from a block's time on, for so long its validators are trusted not
 *     to sell their keys
 * @param maxDriftSeconds a header may be so far in the future
 */
public record TrestleSettings(Hash32 chainId, long trustingPeriodSeconds, long maxDriftSeconds) {
  /** Longest trusting period, one year in seconds. */
  public static final long MAX_TRUSTING_PERIOD = 365L * 24 * 3600;

  /** Longest drift, one hour in seconds. */
  public static final long MAX_DRIFT = 3_600;

  public TrestleSettings {
    if (chainId.isZero()) {
      throw new IllegalArgumentException("no relay chain");
    }
    if (trustingPeriodSeconds < 1 || trustingPeriodSeconds > MAX_TRUSTING_PERIOD) {
      throw new IllegalArgumentException("a trusting period of " + trustingPeriodSeconds + " s");
    }
    if (maxDriftSeconds < 0 || maxDriftSeconds > MAX_DRIFT) {
      throw new IllegalArgumentException("a drift of " + maxDriftSeconds + " s");
    }
  }

  /** {@code b32 chainId | u64 trustingPeriodSeconds | u64 maxDriftSeconds}. */
  void write(CanonicalWriter out) {
    out.hash(chainId).u64(trustingPeriodSeconds).u64(maxDriftSeconds);
  }

  static TrestleSettings read(CanonicalReader in) {
    return new TrestleSettings(in.hash(), in.u64(), in.u64());
  }
}
