package dev.trestle.base;

/** Where a shell reads the clock. Pure cores take the time as a parameter instead. */
@FunctionalInterface
public interface TimeSource {
  /** Milliseconds since the Unix epoch, UTC. */
  long nowMillis();

  /** Seconds since the Unix epoch, rounded down. */
  default long nowSeconds() {
    return Math.floorDiv(nowMillis(), 1000L);
  }

  /** The machine's clock. */
  static TimeSource system() {
    return System::currentTimeMillis;
  }
}
