package dev.trestle.gateway.routes;

import java.util.HashMap;
import java.util.Map;

/** How many streams are open, in all and by client. Thread-safe. */
final class StreamLimit {
  private final int max;
  private final int maxPerClient;
  private final Map<String, Integer> open = new HashMap<>();
  private int total;

  StreamLimit(int max, int maxPerClient) {
    this.max = max;
    this.maxPerClient = maxPerClient;
  }

  /** Counts one more, or refuses it. */
  synchronized boolean open(String client) {
    int own = open.getOrDefault(client, 0);
    if (total >= max || own >= maxPerClient) {
      return false;
    }
    open.put(client, own + 1);
    total++;
    return true;
  }

  /** Counts one less; only after {@link #open} said yes. */
  synchronized void close(String client) {
    total--;
    open.computeIfPresent(client, (key, own) -> own > 1 ? own - 1 : null);
  }
}
