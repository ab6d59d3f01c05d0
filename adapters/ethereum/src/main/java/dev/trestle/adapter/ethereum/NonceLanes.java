package dev.trestle.adapter.ethereum;

import dev.trestle.base.TimeSource;
import dev.trestle.crypto.EvmAddress;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Gives every transaction of a key a nonce of its own, also when several are signed before the
 * first is sent. A number that was given out and is not used within {@link #HOLD} is given again: a
 * transaction that never reached the chain must not block those after it.
 */
final class NonceLanes {
  /** How long a number waits for its transaction. */
  static final Duration HOLD = Duration.ofSeconds(60);

  private final TimeSource time;
  private final SortedMap<EvmAddress, SortedMap<Long, Long>> heldUntil = new TreeMap<>();

  NonceLanes(TimeSource time) {
    this.time = time;
  }

  /**
   * The lowest number that is neither on the chain nor held.
   *
   * @param pending transactions of {@code sender} that the chain knows, those in the pool included
   */
  synchronized long take(EvmAddress sender, long pending) {
    SortedMap<Long, Long> held = heldUntil.computeIfAbsent(sender, any -> new TreeMap<>());
    long now = time.nowMillis();
    held.headMap(pending).clear();
    held.values().removeIf(until -> until <= now);
    long nonce = pending;
    while (held.containsKey(nonce)) {
      nonce++;
    }
    held.put(nonce, now + HOLD.toMillis());
    return nonce;
  }

  /** Frees a number that was taken for a transaction that will not be signed. */
  synchronized void release(EvmAddress sender, long nonce) {
    SortedMap<Long, Long> held = heldUntil.get(sender);
    if (held != null) {
      held.remove(nonce);
    }
  }
}
