package dev.trestle.gateway.hub;

import java.time.Duration;

/**
 * Since when transactions have waited without a block. An idle chain makes no blocks and is not
 * stalled, however old its head is. Thread-safe.
 */
final class StallWatch {
  private static final long IDLE = -1;

  private final long patienceMillis;
  private long waitingSince = IDLE;

  StallWatch(Duration patience) {
    this.patienceMillis = patience.toMillis();
  }

  /** A block came: whatever waits begins to wait anew. */
  synchronized void block(long nowMillis) {
    if (waitingSince != IDLE) {
      waitingSince = nowMillis;
    }
  }

  /** A transaction waits. */
  synchronized void waiting(long nowMillis) {
    if (waitingSince == IDLE) {
      waitingSince = nowMillis;
    }
  }

  synchronized boolean isStalled(boolean anyWaiting, long nowMillis) {
    if (!anyWaiting) {
      waitingSince = IDLE;
      return false;
    }
    waiting(nowMillis);
    return nowMillis - waitingSince > patienceMillis;
  }
}
