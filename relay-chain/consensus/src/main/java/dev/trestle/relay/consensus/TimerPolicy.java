package dev.trestle.relay.consensus;

/**
 * How long to wait. All in milliseconds. The round timeout is {@code min(T0 * 1.5^min(r, 20),
 * roundMaxMs)}, in integers that cannot overflow: a capped timer is what lets validators meet again
 * after an outage. T0 follows the time that recent heights took.
 *
 * @param initialMs T0 before anything was measured
 * @param baseMinMs T0 is never less
 * @param baseMaxMs T0 is never more
 * @param roundMaxMs no round waits longer
 * @param rebroadcastMs interval of R7
 * @param minBlockIntervalMs least time between the parent's block time and a proposal
 * @param heartbeatMs an empty block is due when the parent is this old
 * @param precisionMs tolerance between the clocks of correct validators
 * @param messageDelayMs age a fresh block may have when it arrives in round 0
 */
public record TimerPolicy(
    long initialMs,
    long baseMinMs,
    long baseMaxMs,
    long roundMaxMs,
    long rebroadcastMs,
    long minBlockIntervalMs,
    long heartbeatMs,
    long precisionMs,
    long messageDelayMs) {
  /** For validators on the open internet. */
  public static final TimerPolicy DEFAULT =
      new TimerPolicy(2_000, 500, 5_000, 30_000, 1_000, 250, 10_000, 500, 5_000);

  private static final long DAY_MS = 86_400_000;
  private static final int GROWTH_ROUNDS = 20;

  public TimerPolicy {
    for (long each :
        new long[] {
          initialMs, baseMinMs, baseMaxMs, roundMaxMs, rebroadcastMs, heartbeatMs, messageDelayMs
        }) {
      if (each < 1 || each > DAY_MS) {
        throw new IllegalArgumentException(each + " ms is not between 1 ms and a day");
      }
    }
    if (minBlockIntervalMs < 0 || minBlockIntervalMs > heartbeatMs || precisionMs < 0) {
      throw new IllegalArgumentException("interval or precision out of range");
    }
    if (baseMinMs > baseMaxMs || baseMaxMs > roundMaxMs || precisionMs > DAY_MS) {
      throw new IllegalArgumentException("the least is over the most");
    }
  }

  /** T(r) for a T0 of {@code baseMs}. */
  public long roundTimeoutMs(long baseMs, int round) {
    long timeout = Math.clamp(baseMs, baseMinMs, baseMaxMs);
    for (int i = 0; i < Math.min(round, GROWTH_ROUNDS) && timeout < roundMaxMs; i++) {
      timeout = timeout + timeout / 2;
    }
    return Math.min(timeout, roundMaxMs);
  }

  /**
   * 1.10: whether a fresh block's time is near the local clock. Later rounds tolerate older blocks,
   * a tenth more each, up to a day.
   */
  public boolean isTimely(long blockTimeMs, long nowMs, int round) {
    long delay = messageDelayMs;
    for (int i = 0; i < round && delay < DAY_MS; i++) {
      delay += delay / 10 + 1;
    }
    return blockTimeMs <= nowMs + precisionMs
        && blockTimeMs >= nowMs - precisionMs - Math.min(delay, DAY_MS);
  }
}
