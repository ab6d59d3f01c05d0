package dev.trestle.relay.node;

import dev.trestle.relay.consensus.Diagnostics;
import java.util.Optional;

/**
 * Notices that a height does not end. Changes of round are told when they happen, but a height may
 * also stand still in one round: its timer waits for a quorum, and with a quorum away there is
 * nothing to tell. An idle height is none that stands still. Not thread-safe.
 */
final class StallWatch {
  /** A height at work for so long, milliseconds, has stalled. */
  static final long FIRST_MS = 10_000;

  /** Longest pause between two reports, milliseconds; the first are closer. */
  static final long MAX_PAUSE_MS = 300_000;

  /** How often it looks, milliseconds. */
  static final long LOOK_MS = 1_000;

  private long height = -1;
  private long sinceMs;
  private long pauseMs;
  private long reportMs;
  private long lookedMs = Long.MIN_VALUE;

  /**
   * @param now where the height stands; empty for a follower
   * @return the same when it is time to tell the operator
   */
  Optional<Diagnostics> look(Optional<Diagnostics> now, long nowMs) {
    if (lookedMs != Long.MIN_VALUE && Math.abs(nowMs - lookedMs) < LOOK_MS) {
      return Optional.empty();
    }
    lookedMs = nowMs;
    boolean atWork = now.filter(each -> each.waitsFor() != Diagnostics.Waiting.WORK).isPresent();
    if (!atWork) {
      height = -1;
      return Optional.empty();
    }
    if (now.get().height() != height || nowMs < sinceMs) {
      height = now.get().height();
      sinceMs = nowMs;
      pauseMs = FIRST_MS;
      reportMs = nowMs + FIRST_MS;
    }
    if (nowMs < reportMs) {
      return Optional.empty();
    }
    reportMs = nowMs + pauseMs;
    pauseMs = Math.min(MAX_PAUSE_MS, 2 * pauseMs);
    return now;
  }

  /** How long the height has been at work, as of the last look; 0 below {@link #FIRST_MS}. */
  long stalledMs(long nowMs) {
    long age = height < 0 ? 0 : nowMs - sinceMs;
    return age < FIRST_MS ? 0 : age;
  }
}
