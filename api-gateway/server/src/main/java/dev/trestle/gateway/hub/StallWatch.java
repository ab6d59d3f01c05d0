package dev.trestle.gateway.hub;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Since when transactions have waited without a block. An idle chain makes few blocks or none and
 * is not stalled, however old its head is. Thread-safe.
 */
final class StallWatch {
  private final long patienceMillis;
  private OptionalLong waitingSince = OptionalLong.empty();
  private OptionalLong stoppedSince = OptionalLong.empty();

  StallWatch(Duration patience) {
    this.patienceMillis = patience.toMillis();
  }

  /** A block came: whatever waits begins to wait anew. */
  synchronized void block(long nowMillis) {
    if (waitingSince.isPresent()) {
      waitingSince = OptionalLong.of(nowMillis);
    }
  }

  /** A transaction waits. */
  synchronized void waiting(long nowMillis) {
    if (waitingSince.isEmpty()) {
      waitingSince = OptionalLong.of(nowMillis);
    }
  }

  /** When the node's fault was first seen; there is no way back from one. */
  synchronized long stopped(long nowMillis) {
    if (stoppedSince.isEmpty()) {
      stoppedSince = OptionalLong.of(nowMillis);
    }
    return stoppedSince.getAsLong();
  }

  /**
   * Since when the chain stands still, Unix milliseconds; empty while it does not.
   *
   * @param workWaits whether a transaction waits that a block could take now
   */
  synchronized OptionalLong stalledSince(boolean workWaits, long nowMillis) {
    if (!workWaits) {
      waitingSince = OptionalLong.empty();
      return waitingSince;
    }
    waiting(nowMillis);
    return nowMillis - waitingSince.getAsLong() > patienceMillis
        ? waitingSince
        : OptionalLong.empty();
  }
}
