package dev.trestle.relay.consensus;

/**
 * How long a successful round takes here: smoothed mean and deviation in eighths and quarters of a
 * millisecond, as TCP does it (RFC 6298), in integers.
 */
record Pace(boolean measured, long mean8, long deviation4) {
  static final Pace UNKNOWN = new Pace(false, 0, 0);

  private static final long MAX_SAMPLE_MS = 600_000;

  Pace sample(long elapsedMs) {
    long sample = Math.clamp(elapsedMs, 0, MAX_SAMPLE_MS);
    if (!measured) {
      return new Pace(true, sample * 8, sample * 2);
    }
    long error = sample - mean8 / 8;
    return new Pace(true, mean8 + error, deviation4 + Math.abs(error) - deviation4 / 4);
  }

  /** T0: four times about the 99th percentile; {@link TimerPolicy} clamps it. */
  long baseMs(TimerPolicy timers) {
    return measured ? 4 * (mean8 / 8 + deviation4) : timers.initialMs();
  }
}
