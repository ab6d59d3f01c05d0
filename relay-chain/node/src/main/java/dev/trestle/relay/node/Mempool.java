package dev.trestle.relay.node;

import static java.util.Comparator.comparingLong;
import static java.util.Objects.requireNonNull;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Transactions that wait for a block: one lane of nonces a sender. What they are about, a route or
 * a chain, is served in turn, and in it the senders are: neither one sender's flood nor a flood of
 * senders on one route holds up anybody else. Where there is no room, whatever has the most of it
 * makes way for what has less. Holds only what the machine admitted. What a call costs depends on
 * the senders it is about and on the number of subjects, which the state bounds, not on how many
 * wait. Not thread-safe.
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

  /** A place in the pool, as if it were room in it. */
  private static final long PLACE_BYTES = MAX_BYTES / MAX_TRANSACTIONS;

  /** How far above the sender's next nonce a transaction may wait for the ones between. */
  static final long MAX_NONCE_GAP = 128;

  /** How long a transaction may wait, in milliseconds. */
  static final long TTL_MS = 3_600_000;

  /** Senders with nothing waiting whose next nonce is remembered. */
  static final int MAX_IDLE_LANES = 10_000;

  private final ToLongFunction<PublicKey> nextNonce;
  private final Function<Admitted, Bytes> subjectOf;
  private final Consumer<Admitted> evicted;
  private final Map<Hash32, Entry> byId = new HashMap<>();
  private final Map<Bytes, Share> shares = new LinkedHashMap<>();
  private final Map<PublicKey, Lane> busy = new HashMap<>();
  private final SequencedMap<PublicKey, Lane> idle = new LinkedHashMap<>();

  /** Lanes whose next transaction is here, in the order of their turn. */
  private final SequencedMap<PublicKey, Lane> ready = new LinkedHashMap<>();

  private long bytes;

  /**
   * @param subject what it is about
   * @param addedMs when it came in, Unix milliseconds
   */
  record Entry(Admitted transaction, Bytes subject, long addedMs) {
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

  /** What waits about one subject, the newest last. */
  private static final class Share {
    private final SequencedMap<Hash32, Entry> entries = new LinkedHashMap<>();
    private long bytes;

    /** How much of the pool it takes: of the places or of the room, whichever is more. */
    private long weight() {
      return Math.max(entries.size() * PLACE_BYTES, bytes);
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
    this(nextNonce, any -> Bytes.EMPTY, gone -> {});
  }

  /**
   * @param nextNonce as above
   * @param subjectOf what a transaction is about; few different ones, that no sender can make up
   * @param evicted told of what made way for others, after it is gone
   */
  Mempool(
      ToLongFunction<PublicKey> nextNonce,
      Function<Admitted, Bytes> subjectOf,
      Consumer<Admitted> evicted) {
    this.nextNonce = nextNonce;
    this.subjectOf = subjectOf;
    this.evicted = evicted;
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
    Verdict<Hash32> valid = check(lane, transaction);
    if (!valid.isAccepted()) {
      return valid;
    }
    Entry entry = new Entry(transaction, subjectOf.apply(transaction), nowMs);
    if (!makeRoom(entry)) {
      return Verdict.later(NodeReason.MEMPOOL_FULL, byId.size() + " transactions wait");
    }
    idle.remove(lane.sender);
    busy.put(lane.sender, lane);
    lane.waiting.put(entry.nonce(), entry);
    byId.put(entry.id(), entry);
    Share share = shares.computeIfAbsent(entry.subject(), key -> new Share());
    share.entries.put(entry.id(), entry);
    share.bytes += entry.size();
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
    boolean crowded = byId.size() >= MAX_WAITING || bytes + size > MAX_WAITING_BYTES;
    if (crowded && lane.isBehindGap(nonce)) {
      return Verdict.later(NodeReason.MEMPOOL_FULL, "nonces before " + nonce + " miss");
    }
    return Verdict.accept(transaction.id());
  }

  private boolean isFull(Entry next) {
    return byId.size() >= MAX_TRANSACTIONS || bytes + next.size() > MAX_BYTES;
  }

  /**
   * Takes room from the subject that has the most, while it has more than that of {@code next}
   * would have: of its newest sender the last transaction, so that no nonce is left behind a gap.
   *
   * @return whether there is room now
   */
  private boolean makeRoom(Entry next) {
    while (isFull(next)) {
      Share most = shares.values().stream().max(comparingLong(Share::weight)).orElseThrow();
      Share own = shares.getOrDefault(next.subject(), new Share());
      if (own.weight() + Math.max(PLACE_BYTES, next.size()) >= most.weight()) {
        return false;
      }
      PublicKey sender = requireNonNull(most.entries.lastEntry()).getValue().sender();
      if (sender.equals(next.sender())) {
        return false; // nobody makes room for himself, and his lane is needed
      }
      Lane lane = requireNonNull(busy.get(sender));
      Entry last = requireNonNull(lane.waiting.pollLastEntry()).getValue();
      forget(last);
      settle(lane);
      evicted.accept(last.transaction());
    }
    return true;
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

  /** Whether it waits and no nonce before its own is missing: a block could take it. */
  boolean isNext(Admitted transaction) {
    Lane lane = busy.get(transaction.sender());
    return lane != null
        && byId.containsKey(transaction.id())
        && !lane.isBehindGap(transaction.nonce());
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

  /** Whether a block could hold something of this sender now. */
  boolean isReady(PublicKey sender) {
    return ready.containsKey(sender);
  }

  /** Senders of whom a block could hold something now. */
  int readySenders() {
    return ready.size();
  }

  /**
   * Transactions for a block, each sender's in nonce order without gaps: one about every subject in
   * turn, and of those about one subject one of every sender in turn, within both limits. All of
   * them stay here until {@link #used}.
   */
  List<Admitted> select(int maxCount, long maxBytes) {
    List<Admitted> chosen = new ArrayList<>();
    SequencedMap<Bytes, Deque<Entry>> turns = new LinkedHashMap<>();
    ready.values().forEach(lane -> queue(turns, lane, lane.next));
    long size = 0;
    while (!turns.isEmpty() && chosen.size() < maxCount) {
      Map.Entry<Bytes, Deque<Entry>> turn = requireNonNull(turns.pollFirstEntry());
      Entry next = turn.getValue().removeFirst();
      if (!turn.getValue().isEmpty()) {
        turns.putLast(turn.getKey(), turn.getValue());
      }
      if (size + next.size() > maxBytes) {
        continue; // what follows of this sender waits with it
      }
      chosen.add(next.transaction());
      size += next.size();
      queue(turns, requireNonNull(busy.get(next.sender())), next.nonce() + 1);
    }
    return chosen;
  }

  private static void queue(SequencedMap<Bytes, Deque<Entry>> turns, Lane lane, long nonce) {
    Entry entry = lane.waiting.get(nonce);
    if (entry != null) {
      turns.computeIfAbsent(entry.subject(), key -> new ArrayDeque<>()).addLast(entry);
    }
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
    Share share = shares.get(entry.subject());
    if (share != null && share.entries.remove(entry.id()) != null) {
      share.bytes -= entry.size();
      if (share.entries.isEmpty()) {
        shares.remove(entry.subject());
      }
    }
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
