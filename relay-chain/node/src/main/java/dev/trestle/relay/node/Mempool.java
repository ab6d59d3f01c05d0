package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Transactions that wait for a block: one lane of nonces a sender, senders served in turn, so that
 * nobody's flood holds up anybody else. Holds only what the ledger's check accepted. Not
 * thread-safe.
 */
final class Mempool {
  static final int MAX_TRANSACTIONS = 10_000;
  static final long MAX_BYTES = 64L << 20;
  static final int MAX_PER_SENDER = 128;

  /**
   * From here on only what a block could take next is let in: what waits behind a gap in its nonces
   * costs its sender nothing and must not keep everybody else out.
   */
  static final int MAX_WAITING = MAX_TRANSACTIONS / 2;

  /** As {@link #MAX_WAITING}, in bytes. */
  static final long MAX_WAITING_BYTES = MAX_BYTES / 2;

  /** How far above the sender's next nonce a transaction may wait for the ones between. */
  static final long MAX_NONCE_GAP = 128;

  /** How long a transaction may wait. */
  static final long TTL_MS = 3_600_000;

  private final Map<Hash32, Entry> byId = new HashMap<>();
  private final LinkedHashMap<PublicKey, TreeMap<Long, Entry>> lanes = new LinkedHashMap<>();
  private long bytes;

  /**
   * @param encoded canonical bytes, signature included
   * @param addedMs when it came in, Unix milliseconds
   */
  record Entry(Hash32 id, PublicKey sender, long nonce, Bytes encoded, long addedMs) {}

  /**
   * Takes a transaction in.
   *
   * @param nextNonce the nonce that the sender's next transaction must have in the latest state
   * @return {@code Ignored} if known, {@code Rejected} if its nonce is used, taken or too high,
   *     {@code Later} if there is no room now
   */
  Verdict<Hash32> add(Entry entry, long nextNonce) {
    if (byId.containsKey(entry.id())) {
      return Verdict.ignore(NodeReason.DUPLICATE, "known already");
    }
    if (entry.nonce() < nextNonce) {
      return Verdict.reject(NodeReason.NONCE_USED, "the next nonce is " + nextNonce);
    }
    if (entry.nonce() - nextNonce > MAX_NONCE_GAP) {
      return Verdict.reject(NodeReason.NONCE_TOO_HIGH, "the next nonce is " + nextNonce);
    }
    TreeMap<Long, Entry> lane = lanes.getOrDefault(entry.sender(), new TreeMap<>());
    if (lane.containsKey(entry.nonce())) {
      return Verdict.reject(NodeReason.NONCE_TAKEN, "nonce " + entry.nonce() + " waits already");
    }
    if (lane.size() >= MAX_PER_SENDER) {
      return Verdict.later(NodeReason.SENDER_FULL, lane.size() + " transactions wait");
    }
    if (byId.size() >= MAX_TRANSACTIONS || bytes + entry.encoded().size() > MAX_BYTES) {
      return Verdict.later(NodeReason.MEMPOOL_FULL, byId.size() + " transactions wait");
    }
    boolean crowded =
        byId.size() >= MAX_WAITING || bytes + entry.encoded().size() > MAX_WAITING_BYTES;
    if (crowded && isBehindGap(lane, nextNonce, entry.nonce())) {
      return Verdict.later(NodeReason.MEMPOOL_FULL, "nonces before " + entry.nonce() + " miss");
    }
    lane.put(entry.nonce(), entry);
    lanes.putIfAbsent(entry.sender(), lane);
    byId.put(entry.id(), entry);
    bytes += entry.encoded().size();
    return Verdict.accept(entry.id());
  }

  private static boolean isBehindGap(SortedMap<Long, Entry> lane, long nextNonce, long nonce) {
    return lane.subMap(nextNonce, nonce).size() < nonce - nextNonce;
  }

  boolean contains(Hash32 id) {
    return byId.containsKey(id);
  }

  Optional<Entry> get(Hash32 id) {
    return Optional.ofNullable(byId.get(id));
  }

  int size() {
    return byId.size();
  }

  /** Whether a block could be filled with anything. */
  boolean hasReady(ToLongFunction<PublicKey> nextNonce) {
    return lanes.entrySet().stream()
        .anyMatch(lane -> lane.getValue().containsKey(nextNonce.applyAsLong(lane.getKey())));
  }

  /**
   * Transactions for a block, each sender's in nonce order without gaps, one of every sender in
   * turn, within both limits.
   */
  List<Entry> select(int maxCount, long maxBytes, ToLongFunction<PublicKey> nextNonce) {
    List<Entry> chosen = new ArrayList<>();
    LinkedHashMap<PublicKey, Long> turn = new LinkedHashMap<>();
    lanes.keySet().forEach(sender -> turn.put(sender, nextNonce.applyAsLong(sender)));
    long size = 0;
    while (!turn.isEmpty() && chosen.size() < maxCount) {
      Iterator<Map.Entry<PublicKey, Long>> senders = turn.entrySet().iterator();
      while (senders.hasNext() && chosen.size() < maxCount) {
        Map.Entry<PublicKey, Long> sender = senders.next();
        Optional<Entry> next = at(sender.getKey(), sender.getValue());
        if (next.isEmpty() || size + next.get().encoded().size() > maxBytes) {
          senders.remove();
          continue;
        }
        chosen.add(next.get());
        size += next.get().encoded().size();
        sender.setValue(sender.getValue() + 1);
      }
    }
    return chosen;
  }

  /**
   * A block was decided: drops what it used up, what became stale and what waited too long, and
   * sends the senders it served to the end of the turn.
   */
  void decided(Set<PublicKey> served, ToLongFunction<PublicKey> nextNonce, long nowMs) {
    removeIf(
        entry ->
            entry.nonce() < nextNonce.applyAsLong(entry.sender())
                || nowMs - entry.addedMs() > TTL_MS);
    for (PublicKey sender : served) {
      TreeMap<Long, Entry> lane = lanes.remove(sender);
      if (lane != null) {
        lanes.put(sender, lane);
      }
    }
  }

  /** Drops every transaction for which {@code doomed} holds. */
  void removeIf(Predicate<Entry> doomed) {
    lanes
        .values()
        .removeIf(
            lane -> {
              lane.values()
                  .removeIf(
                      entry -> {
                        boolean gone = doomed.test(entry);
                        if (gone) {
                          byId.remove(entry.id());
                          bytes -= entry.encoded().size();
                        }
                        return gone;
                      });
              return lane.isEmpty();
            });
  }

  private Optional<Entry> at(PublicKey sender, long nonce) {
    TreeMap<Long, Entry> lane = lanes.get(sender);
    return lane == null ? Optional.empty() : Optional.ofNullable(lane.get(nonce));
  }
}
