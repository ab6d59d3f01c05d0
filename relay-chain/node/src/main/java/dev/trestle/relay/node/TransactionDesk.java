package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Where transactions come in, wait and are waited for. Runs on the core thread. */
final class TransactionDesk {
  /** A transaction of our own users is told to the peers again this often until it is in. */
  static final long REPEAT_MS = 2_000;

  static final int REPEAT_AT_ONCE = 64;

  static final int MAX_WAITERS = 20_000;

  /** How often those who waited too long are told so. */
  static final long WAITERS_TICK_MS = 100;

  /** How often transactions that waited too long are dropped. */
  static final long EXPIRY_TICK_MS = 30_000;

  private final StateMachine machine;
  private final RocksStore store;
  private final TimeSource clock;
  private final Mempool pool;
  private final LinkedHashMap<Hash32, Bytes> ours = new LinkedHashMap<>();
  private final Map<Hash32, List<Waiter>> waiters = new HashMap<>();
  private final Gathering gathering = new Gathering();
  private int waiting;

  private record Waiter(Consumer<Settlement> told, long deadlineMs) {}

  TransactionDesk(StateMachine machine, RocksStore store, TimeSource clock) {
    this.machine = machine;
    this.store = store;
    this.clock = clock;
    this.pool = new Mempool(machine::nextNonce, machine::subject, this::evicted);
  }

  /** Takes a transaction into the mempool; {@code Ignored} if it is there or in the chain. */
  Verdict<Hash32> add(Admitted transaction, boolean isOurs) {
    long now = clock.nowMillis();
    Verdict<Hash32> added = pool.add(transaction, now);
    if (added instanceof Verdict.Rejected<Hash32>(var reason, String detail)
        && reason == NodeReason.NONCE_USED
        && store.transaction(transaction.id()).isPresent()) {
      return Verdict.ignore(NodeReason.DUPLICATE, "in the chain already");
    }
    // also one that a peer has told before: that peer may be the only other one that ever knew it
    if (isOurs && pool.get(transaction.id()).isPresent()) {
      ours.put(transaction.id(), transaction.encoded());
    }
    if (added.isAccepted() && pool.isNext(transaction)) {
      machine.waits(transaction, now);
    }
    return added;
  }

  /** Made way for others: who waits for it may send it again. */
  private void evicted(Admitted gone) {
    ours.remove(gone.id());
    List<Waiter> told = waiters.remove(gone.id());
    if (told != null) {
      waiting -= told.size();
      told.forEach(
          each ->
              each.told()
                  .accept(
                      new Settlement.Refused(
                          NodeReason.MEMPOOL_FULL, "it made way for others", true)));
    }
  }

  /** Encoded, while it waits. */
  Optional<Bytes> find(Hash32 id) {
    return pool.get(id).map(entry -> entry.transaction().encoded());
  }

  /** Whether there is something for a block that need not wait for more. */
  boolean hasWork() {
    return pool.hasReady() && gatherMs() == 0;
  }

  /** For how many more milliseconds the next block {@linkplain Gathering waits} for others. */
  long gatherMs() {
    return gathering.waitMs(pool.readySenders(), clock.nowMillis());
  }

  int size() {
    return pool.size();
  }

  /** Bytes of the transactions that wait. */
  long bytes() {
    return pool.bytes();
  }

  /** Encoded transactions for the next block. */
  List<Bytes> select(int maxCount, long maxBytes) {
    return pool.select(maxCount, maxBytes).stream().map(Admitted::encoded).toList();
  }

  /** The machine refused a block of these: none of them is offered again. */
  void drop(List<Bytes> transactions) {
    Set<Bytes> doomed = new HashSet<>(transactions);
    pool.removeIf(entry -> doomed.contains(entry.transaction().encoded()));
  }

  /** Own transactions that still wait, to be told to the peers again. */
  List<Bytes> unconfirmed() {
    ours.keySet().removeIf(id -> pool.get(id).isEmpty());
    return ours.values().stream().limit(REPEAT_AT_ONCE).toList();
  }

  /** A block is stored: what it used up is dropped, and who waited for it is told. */
  void decided(DecidedBlock decided, List<TransactionRecord> records) {
    Set<PublicKey> senders = new HashSet<>();
    for (Bytes encoded : decided.block().transactions()) {
      if (machine.admit(encoded) instanceof Verdict.Accepted<Admitted>(Admitted used)) {
        senders.add(used.sender());
        pool.used(used.sender(), used.nonce() + 1);
        ours.remove(used.id());
      }
    }
    // whoever sends on without an answer is one sender, and is back already
    int again = Math.toIntExact(senders.stream().filter(pool::isReady).count());
    gathering.decided(senders.size(), pool.readySenders() - again, clock.nowMillis());
    for (TransactionRecord record : records) {
      List<Waiter> told = waiters.remove(record.id());
      if (told != null) {
        waiting -= told.size();
        told.forEach(each -> each.told().accept(new Settlement.Included(record)));
      }
    }
  }

  /**
   * Tells {@code told}, once and on the core thread, what becomes of the transaction; at once if
   * that is known already, and at the latest after {@code timeoutMs}.
   */
  void await(Hash32 id, long timeoutMs, Consumer<Settlement> told) {
    Optional<TransactionRecord> known =
        pool.get(id).isPresent() ? Optional.empty() : store.transaction(id);
    if (known.isPresent()) {
      told.accept(new Settlement.Included(known.get()));
    } else if (waiting >= MAX_WAITERS) {
      told.accept(
          new Settlement.Refused(NodeReason.RATE_LIMITED, "too many wait for transactions", true));
    } else {
      waiters
          .computeIfAbsent(id, key -> new ArrayList<>(1))
          .add(new Waiter(told, clock.nowMillis() + timeoutMs));
      waiting++;
    }
  }

  /** Tells those who waited too long. */
  void tickWaiters() {
    long now = clock.nowMillis();
    Iterator<Map.Entry<Hash32, List<Waiter>>> each = waiters.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Hash32, List<Waiter>> entry = each.next();
      entry
          .getValue()
          .removeIf(
              waiter -> {
                boolean late = waiter.deadlineMs() <= now;
                if (late) {
                  waiting--;
                  waiter.told().accept(new Settlement.TimedOut(entry.getKey()));
                }
                return late;
              });
      if (entry.getValue().isEmpty()) {
        each.remove();
      }
    }
  }

  /** Drops transactions that waited too long. */
  void tickExpiry() {
    pool.expire(clock.nowMillis());
  }

  void close() {
    waiters.values().forEach(all -> all.forEach(each -> each.told().accept(CLOSED)));
    waiters.clear();
    waiting = 0;
  }

  private static final Settlement CLOSED = new Settlement.Closed();
}
