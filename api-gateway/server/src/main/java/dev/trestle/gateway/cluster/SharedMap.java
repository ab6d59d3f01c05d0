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

  void remove(String key);

  /** A snapshot, in no order. */
  Map<String, String> entries();
}
