package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Which addresses to dial and when: backoff doubles from 200 ms up to 10 s. Not thread-safe. */
final class Dials {
  static final long FIRST_BACKOFF_MS = 200;
  static final long MAX_BACKOFF_MS = 10_000;
  static final int MAX_ADDRESSES = 256;
  static final int MAX_ADDRESSES_A_NODE = 4;

  /** A hint that failed this often is forgotten; the seed list is not. */
  static final int MAX_FAILURES = 10;

  private final Map<PeerAddress, Dial> byAddress = new LinkedHashMap<>();

  private static final class Dial {
    private final boolean seed;
    private Optional<Hash32> fingerprint;
    private int failures;
    private long notBefore;
    private boolean busy;

    private Dial(boolean seed, Optional<Hash32> fingerprint) {
      this.seed = seed;
      this.fingerprint = fingerprint;
    }
  }

  void seed(PeerAddress address) {
    byAddress.put(address, new Dial(true, Optional.empty()));
  }

  /** Another validator's word where {@code fingerprint} listens. */
  void learn(PeerAddress address, Hash32 fingerprint) {
    long known =
        byAddress.values().stream()
            .filter(dial -> dial.fingerprint.filter(fingerprint::equals).isPresent())
            .count();
    if (byAddress.size() < MAX_ADDRESSES && known < MAX_ADDRESSES_A_NODE) {
      byAddress.putIfAbsent(address, new Dial(false, Optional.of(fingerprint)));
    }
  }

  /** Addresses whose turn it is and whose node is not connected; they count as busy from now on. */
  List<PeerAddress> due(long nowMs, Predicate<Hash32> connected) {
    List<PeerAddress> due = new ArrayList<>();
    byAddress.forEach(
        (address, dial) -> {
          if (!dial.busy
              && dial.notBefore <= nowMs
              && dial.fingerprint.filter(connected).isEmpty()) {
            dial.busy = true;
            due.add(address);
          }
        });
    return due;
  }

  /**
   * Somebody proved {@code fingerprint} at this address. False if another node was expected: then
   * the hint was wrong and is forgotten.
   */
  boolean answered(PeerAddress address, Hash32 fingerprint) {
    Dial dial = byAddress.get(address);
    if (dial == null) {
      return false;
    }
    if (!dial.seed && dial.fingerprint.filter(fingerprint::equals).isEmpty()) {
      byAddress.remove(address);
      return false;
    }
    dial.fingerprint = Optional.of(fingerprint);
    return true;
  }

  /** The connection is over or never came about; {@code spoke} if the peer said hello on it. */
  void ended(PeerAddress address, boolean spoke, long nowMs) {
    Dial dial = byAddress.get(address);
    if (dial != null) {
      dial.busy = false;
      dial.failures = spoke ? 0 : Math.min(dial.failures + 1, 16);
      if (!dial.seed && dial.failures >= MAX_FAILURES) {
        byAddress.remove(address);
        return;
      }
      dial.notBefore =
          nowMs + Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS << Math.max(0, dial.failures - 1));
    }
  }

  void forget(PeerAddress address) {
    byAddress.remove(address);
  }
}
