package dev.trestle.relay.node;

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
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Transactions that wait for a block: one lane of nonces a sender, senders served in turn, so that
 * nobody's flood holds up anybody else. Holds only what the machine admitted. What a call costs
 * depends on the senders it is about, not on how many wait. Not thread-safe.
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

  /** How long a transaction may wait, in milliseconds. */
  static final long TTL_MS = 3_600_000;

  /** Senders with nothing waiting whose next nonce is remembered. */
  static final int MAX_IDLE_LANES = 10_000;

  private final ToLongFunction<PublicKey> nextNonce;
  private final Map<Hash32, Entry> byId = new HashMap<>();
  private final Map<PublicKey, Lane> busy = new HashMap<>();
  private final SequencedMap<PublicKey, Lane> idle = new LinkedHashMap<>();

  /** Lanes whose next transaction is here, in the order of their turn. */
  private final SequencedMap<PublicKey, Lane> ready = new LinkedHashMap<>();

  private long bytes;

  /**
   * @param addedMs when it came in, Unix milliseconds
   */
  record Entry(Admitted transaction, long addedMs) {
    Hash32 id() {
      return transaction.id();
    }

    PublicKey sender() {
      return transaction.sender();
    }

    long nonce() {
      return transaction.nonce();
    }

    int size() {
      return transaction.encoded().size();
    }
  }

  private static final class Lane {
    private final PublicKey sender;
    private final TreeMap<Long, Entry> waiting = new TreeMap<>();
    private long next;

    private Lane(PublicKey sender, long next) {
      this.sender = sender;
      this.next = next;
    }

    private boolean isReady() {
      return waiting.containsKey(next);
    }

    private boolean isBehindGap(long nonce) {
      return waiting.subMap(next, nonce).size() < nonce - next;
    }
  }

  /**
   * @param nextNonce the nonce that a sender's next transaction must have in the committed state;
   *     asked once a sender, changes are told by {@link #used}
   */
  Mempool(ToLongFunction<PublicKey> nextNonce) {
    this.nextNonce = nextNonce;
  }

  /**
   * Takes a transaction in.
   *
   * @return {@code Ignored} if known, {@code Rejected} if its nonce is used, taken or too high,
   *     {@code Later} if there is no room now
   */
  Verdict<Hash32> add(Admitted transaction, long nowMs) {
    if (byId.containsKey(transaction.id())) {
      return Verdict.ignore(NodeReason.DUPLICATE, "known already");
    }
    Lane lane = lane(transaction.sender());
    Verdict<Hash32> fits = check(lane, transaction);
    if (!fits.isAccepted()) {
      return fits;
    }
    Entry entry = new Entry(transaction, nowMs);
    idle.remove(lane.sender);
    busy.put(lane.sender, lane);
    lane.waiting.put(entry.nonce(), entry);
    byId.put(entry.id(), entry);
    bytes += entry.size();
    if (lane.isReady()) {
      ready.putIfAbsent(lane.sender, lane);
    }
    return Verdict.accept(entry.id());
  }

  private Verdict<Hash32> check(Lane lane, Admitted transaction) {
    long nonce = transaction.nonce();
    long size = transaction.encoded().size();
    if (nonce < lane.next) {
      return Verdict.reject(NodeReason.NONCE_USED, "the next nonce is " + lane.next);
    }
    if (nonce - lane.next > MAX_NONCE_GAP) {
      return Verdict.reject(NodeReason.NONCE_TOO_HIGH, "the next nonce is " + lane.next);
    }
    if (lane.waiting.containsKey(nonce)) {
      return Verdict.reject(NodeReason.NONCE_TAKEN, "nonce " + nonce + " waits already");
    }
    if (lane.waiting.size() >= MAX_PER_SENDER) {
      return Verdict.later(NodeReason.SENDER_FULL, lane.waiting.size() + " transactions wait");
    }
    if (byId.size() >= MAX_TRANSACTIONS || bytes + size > MAX_BYTES) {
      return Verdict.later(NodeReason.MEMPOOL_FULL, byId.size() + " transactions wait");
    }
    boolean crowded = byId.size() >= MAX_WAITING || bytes + size > MAX_WAITING_BYTES;
    if (crowded && lane.isBehindGap(nonce)) {
      return Verdict.later(NodeReason.MEMPOOL_FULL, "nonces before " + nonce + " miss");
    }
    return Verdict.accept(transaction.id());
  }

  private Lane lane(PublicKey sender) {
    Lane known = busy.getOrDefault(sender, idle.get(sender));
    if (known != null) {
      return known;
    }
    Lane made = new Lane(sender, nextNonce.applyAsLong(sender));
    rest(made);
    return made;
  }

  private void rest(Lane lane) {
    idle.putLast(lane.sender, lane);
    while (idle.size() > MAX_IDLE_LANES) {
      idle.pollFirstEntry();
    }
  }

  Optional<Entry> get(Hash32 id) {
    return Optional.ofNullable(byId.get(id));
  }

  int size() {
    return byId.size();
  }

  /** Bytes of all transactions that wait. */
  long bytes() {
    return bytes;
  }

  /** Whether a block could be filled with anything. */
  boolean hasReady() {
    return !ready.isEmpty();
  }

  /**
   * Transactions for a block, each sender's in nonce order without gaps, one of every sender in
   * turn, within both limits. All of them stay here until {@link #used}.
   */
  List<Admitted> select(int maxCount, long maxBytes) {
    List<Admitted> chosen = new ArrayList<>();
    SequencedMap<Lane, Long> turn = new LinkedHashMap<>();
    ready.values().forEach(lane -> turn.put(lane, lane.next));
    long size = 0;
    while (!turn.isEmpty() && chosen.size() < maxCount) {
      Iterator<Map.Entry<Lane, Long>> lanes = turn.entrySet().iterator();
      while (lanes.hasNext() && chosen.size() < maxCount) {
        Map.Entry<Lane, Long> lane = lanes.next();
        Entry next = lane.getKey().waiting.get(lane.getValue());
        if (next == null || size + next.size() > maxBytes) {
          lanes.remove();
          continue;
        }
        chosen.add(next.transaction());
        size += next.size();
        lane.setValue(lane.getValue() + 1);
      }
    }
    return chosen;
  }

  /**
   * A decided block used the sender's nonces below {@code next}: what stands there is dropped, and
   * the sender goes to the end of the turn.
   */
  void used(PublicKey sender, long next) {
    Lane lane = busy.getOrDefault(sender, idle.get(sender));
    if (lane == null || next <= lane.next) {
      return;
    }
    lane.next = next;
    Map<Long, Entry> over = lane.waiting.headMap(next);
    over.values().forEach(this::forget);
    over.clear();
    ready.remove(sender);
    settle(lane);
  }

  /** Drops what waited longer than {@link #TTL_MS}. */
  void expire(long nowMs) {
    removeIf(entry -> nowMs - entry.addedMs() > TTL_MS);
  }

  /** Drops every transaction for which {@code doomed} holds. */
  void removeIf(Predicate<Entry> doomed) {
    for (Lane lane : List.copyOf(busy.values())) {
      boolean changed =
          lane.waiting
              .values()
              .removeIf(
                  entry -> {
                    boolean gone = doomed.test(entry);
                    if (gone) {
                      forget(entry);
                    }
                    return gone;
                  });
      if (changed) {
        settle(lane);
      }
    }
  }

  private void forget(Entry entry) {
    byId.remove(entry.id());
    bytes -= entry.size();
  }

  /** Puts a lane where it belongs after its transactions or its next nonce changed. */
  private void settle(Lane lane) {
    if (lane.isReady()) {
      ready.putIfAbsent(lane.sender, lane);
    } else {
      ready.remove(lane.sender);
    }
    if (lane.waiting.isEmpty() && busy.remove(lane.sender) != null) {
      rest(lane);
    }
  }
}
