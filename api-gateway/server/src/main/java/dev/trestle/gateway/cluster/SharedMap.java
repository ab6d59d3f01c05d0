package dev.trestle.gateway.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Text by key, each entry for a limited time. Entries may disappear early, may be stale and may
 * come from a member that lies: whoever reads one checks it as if a client had sent it.
 */
public interface SharedMap {
  void put(String key, String value, Duration timeToLive);

  Optional<String> get(String key);

  /**
   * Removes an entry.
   *
   * @return true for exactly one of several callers, and only if the entry was there
   */
  boolean remove(String key);

  /** A snapshot, in no order. */
  Map<String, String> entries();
}
