package dev.trestle.relay.node;

/** Bounds a rate: {@code perSecond} on average, {@code burst} at once. Not thread-safe. */
final class TokenBucket {
  private static final long NANOS = 1_000_000_000L;

  private final long perSecond;
  private final long burst;
  private long tokensTimesNanos;
  private long lastNanos;

  TokenBucket(long perSecond, long burst, long nowNanos) {
    if (perSecond < 1 || burst < 1) {
      throw new IllegalArgumentException("a rate is positive");
    }
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokensTimesNanos = burst * NANOS;
    this.lastNanos = nowNanos;
  }

  /** Takes what {@code cost} asks for, at most the burst; false, and nothing taken, if it lacks. */
  boolean take(long cost, long nowNanos) {
    refill(nowNanos);
    long price = Math.min(cost, burst) * NANOS;
    if (price > tokensTimesNanos) {
      return false;
    }
    tokensTimesNanos -= price;
    return true;
  }

  /** Milliseconds until {@link #take} of {@code cost} succeeds, at least one. */
  long millisUntil(long cost, long nowNanos) {
    refill(nowNanos);
    long lacking = Math.min(cost, burst) * NANOS - tokensTimesNanos;
    return Math.max(1, Math.ceilDiv(lacking, perSecond * 1_000_000L));
  }

  private void refill(long nowNanos) {
    // more than the whole bucket's worth of time fills it; the bound also keeps the product small
    long elapsed =
        Math.min(Math.max(0, nowNanos - lastNanos), Math.ceilDiv(burst * NANOS, perSecond));
    tokensTimesNanos = Math.min(burst * NANOS, tokensTimesNanos + elapsed * perSecond);
    lastNanos = nowNanos;
  }
}
