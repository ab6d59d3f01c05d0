package dev.trestle.gateway.cluster;

import dev.trestle.base.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The map of a gateway that stands alone. Bounded: the oldest entry makes room. */
public final class LocalSharedMap implements SharedMap {
  /** Entries kept at the most. */
  public static final int MAX_ENTRIES = 10_000;

  private record Timed(String value, long expiresAtMillis) {}

  private final TimeSource time;
  private final LinkedHashMap<String, Timed> entries =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Timed> eldest) {
          return size() > MAX_ENTRIES;
        }
      };

  public LocalSharedMap(TimeSource time) {
    this.time = time;
  }

  @Override
  public synchronized void put(String key, String value, Duration timeToLive) {
    entries.remove(key);
    entries.put(key, new Timed(value, time.nowMillis() + timeToLive.toMillis()));
  }

  @Override
  public synchronized Optional<String> get(String key) {
    return Optional.ofNullable(entries.get(key)).filter(this::isAlive).map(Timed::value);
  }

  @Override
  public synchronized boolean remove(String key) {
    Timed removed = entries.remove(key);
    return removed != null && isAlive(removed);
  }

  @Override
  public synchronized Map<String, String> entries() {
    entries.values().removeIf(entry -> !isAlive(entry));
    Map<String, String> snapshot = new LinkedHashMap<>();
    entries.forEach((key, entry) -> snapshot.put(key, entry.value()));
    return snapshot;
  }

  private boolean isAlive(Timed entry) {
    return entry.expiresAtMillis() > time.nowMillis();
  }
}
