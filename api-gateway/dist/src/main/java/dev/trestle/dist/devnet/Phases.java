package dev.trestle.dist.devnet;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The steps of a run that follow each other, with the seconds that each took. */
public final class Phases {
  private final SequencedMap<String, Double> seconds = new LinkedHashMap<>();
  private long since = System.nanoTime();

  /** Ends a phase; the next one begins. */
  public synchronized void end(String phase) {
    long now = System.nanoTime();
    seconds.put(phase, Math.round((now - since) / 1e8) / 10.0);
    since = now;
  }

  /** Seconds by phase, in their order. */
  public synchronized SequencedMap<String, Double> seconds() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(seconds));
  }
}
