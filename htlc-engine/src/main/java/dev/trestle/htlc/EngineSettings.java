package dev.trestle.htlc;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How an engine works.
 *
 * @param policy the outage budget that timelocks are checked with
 * @param observeEvery how often the chains are looked at while a swap is open
 * @param watchEvery how often they are looked at for late payments after the end
 * @param watchFor how long after the last expiry that goes on
 * @param maxBackoff longest pause after failures
 * @param replaceAfter age at which a claim or refund that is not included is signed anew, with the
 *     fee of that time
 * @param callTimeout after which a call of an adapter counts as failed
 * @param maxAtRisk most of an asset that this party locks at once; no limit for others
 */
public record EngineSettings(
    TimelockPolicy policy,
    Duration observeEvery,
    Duration watchEvery,
    Duration watchFor,
    Duration maxBackoff,
    Duration replaceAfter,
    Duration callTimeout,
    Map<AssetId, Amount> maxAtRisk) {
  /** Longest pause between two looks at an open swap. */
  public static final Duration MAX_INTERVAL = Duration.ofMinutes(10);

  public EngineSettings {
    maxAtRisk = new TreeMap<>(maxAtRisk);
    if (observeEvery.isNegative()
        || observeEvery.isZero()
        || observeEvery.compareTo(MAX_INTERVAL) > 0
        || maxBackoff.compareTo(MAX_INTERVAL) > 0
        || !callTimeout.isPositive()
        || !watchEvery.isPositive()) {
      throw new IllegalArgumentException("an interval is out of range");
    }
  }

  /** For chains of value. */
  public static EngineSettings defaults() {
    return new EngineSettings(
        TimelockPolicy.DEFAULT,
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        Duration.ofDays(30),
        Duration.ofMinutes(2),
        Duration.ofMinutes(30),
        Duration.ofMinutes(1),
        Map.of());
  }

  /** These settings with another policy. */
  public EngineSettings with(TimelockPolicy other) {
    return new EngineSettings(
        other,
        observeEvery,
        watchEvery,
        watchFor,
        maxBackoff,
        replaceAfter,
        callTimeout,
        maxAtRisk);
  }

  /** These settings looking at the chains this often, also after failures and the end. */
  public EngineSettings observing(Duration every) {
    return new EngineSettings(
        policy, every, watchEvery, watchFor, every, replaceAfter, callTimeout, maxAtRisk);
  }

  /** These settings with limits on what is locked at once. */
  public EngineSettings limitedTo(Map<AssetId, Amount> limits) {
    return new EngineSettings(
        policy, observeEvery, watchEvery, watchFor, maxBackoff, replaceAfter, callTimeout, limits);
  }
}
