package dev.trestle.adapter.sim;

import dev.trestle.base.TimeSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that only the test moves. */
public final class ManualTime implements TimeSource {
  private final AtomicLong millis;

  public ManualTime(long startSeconds) {
    this.millis = new AtomicLong(Math.multiplyExact(startSeconds, 1000L));
  }

  @Override
  public long nowMillis() {
    return millis.get();
  }

  public void advanceSeconds(long seconds) {
    millis.addAndGet(Math.multiplyExact(seconds, 1000L));
  }
}
