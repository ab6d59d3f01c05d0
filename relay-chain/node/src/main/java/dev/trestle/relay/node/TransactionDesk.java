package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.tx.Transaction;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where transactions come in, wait and are waited for. Runs on the core thread, but for {@link
 * #decode}, which any thread may call.
 */
final class TransactionDesk {
  /** A transaction of our own users is told to the peers again this often until it is in. */
  static final long REPEAT_MS = 2_000;

  static final int REPEAT_AT_ONCE = 64;

  static final int MAX_WAITERS = 10_000;

  private final CoreThread thread;
  private final ChainExecutor chain;
  private final RocksStore store;
  private final TimeSource clock;
  private final Mempool pool = new Mempool();
  private final LinkedHashMap<Hash32, Bytes> ours = new LinkedHashMap<>();
  private final Map<Hash32, List<Promise<TransactionRecord>>> waiters = new HashMap<>();

  TransactionDesk(ChainExecutor chain, RocksStore store, CoreThread thread, TimeSource clock) {
    this.thread = thread;
    this.chain = chain;
    this.store = store;
    this.clock = clock;
  }

  /** What can be said of a transaction without the state: form, chain, size and signature. */
  static Verdict<Transaction> decode(Bytes encoded, Genesis genesis, Hash32 chainId) {
    int limit =
        Math.min(genesis.parameters().maxTransactionBytes(), ConsensusLimits.MAX_TRANSACTION_BYTES);
    if (encoded.size() > limit) {
      return Verdict.reject(LedgerCode.TRANSACTION_TOO_LARGE, encoded.size() + " bytes");
    }
    Transaction transaction;
    try {
      transaction = Transaction.decode(encoded);
    } catch (DecodeException e) {
      return Verdict.reject(LedgerCode.MALFORMED, String.valueOf(e.getMessage()));
    }
    if (!transaction.chainId().equals(chainId)) {
      return Verdict.reject(LedgerCode.WRONG_RELAY_CHAIN, transaction.chainId().toHex());
    }
    return transaction.isSigned()
        ? Verdict.accept(transaction)
        : Verdict.reject(LedgerCode.BAD_SIGNATURE, "not signed by its sender");
  }

  /** Takes a decoded transaction into the mempool. */
  Verdict<Hash32> add(Transaction transaction, Bytes encoded, boolean isOurs) {
    Hash32 id = transaction.id();
    if (pool.contains(id) || store.transaction(id).isPresent()) {
      return Verdict.ignore(NodeReason.DUPLICATE, "known already");
    }
    Verdict<Hash32> added =
        pool.add(
            new Mempool.Entry(
                id, transaction.sender(), transaction.nonce(), encoded, clock.nowMillis()),
            nextNonce(transaction.sender()));
    if (added.isAccepted() && isOurs) {
      ours.put(id, encoded);
    }
    return added;
  }

  boolean hasWork() {
    return pool.hasReady(this::nextNonce);
  }

  int size() {
    return pool.size();
  }

  /** Encoded transactions for the next block. */
  List<Bytes> select(int maxCount, long maxBytes) {
    return pool.select(maxCount, maxBytes, this::nextNonce).stream()
        .map(Mempool.Entry::encoded)
        .toList();
  }

  /** The ledger refused a block of these: none of them is offered again. */
  void drop(List<Bytes> transactions) {
    Set<Bytes> doomed = new HashSet<>(transactions);
    pool.removeIf(entry -> doomed.contains(entry.encoded()));
  }

  /** Own transactions that still wait, to be told to the peers again. */
  List<Bytes> unconfirmed() {
    ours.keySet().removeIf(id -> !pool.contains(id));
    return ours.values().stream().limit(REPEAT_AT_ONCE).toList();
  }

  void decided(DecidedBlock decided) {
    Set<PublicKey> served = new HashSet<>();
    for (int i = 0; i < decided.receipts().size(); i++) {
      Hash32 id = decided.receipts().get(i).transactionId();
      pool.get(id).ifPresent(entry -> served.add(entry.sender()));
      ours.remove(id);
      List<Promise<TransactionRecord>> waiting = waiters.remove(id);
      if (waiting != null) {
        TransactionRecord record = store.transaction(id).orElseThrow();
        waiting.forEach(promise -> promise.tryComplete(record));
      }
    }
    pool.decided(served, this::nextNonce, clock.nowMillis());
  }

  /**
   * Completes when a block with the transaction is stored; fails with {@link NodeReason#TIMED_OUT}
   * after {@code timeoutMs}.
   */
  Future<TransactionRecord> await(Hash32 id, long timeoutMs) {
    Optional<TransactionRecord> known = store.transaction(id);
    if (known.isPresent()) {
      return Future.succeededFuture(known.get());
    }
    if (waiters.size() >= MAX_WAITERS) {
      return Future.failedFuture(
          new TrestleException(NodeReason.RATE_LIMITED, "too many wait for transactions"));
    }
    Promise<TransactionRecord> promise = Promise.promise();
    waiters.computeIfAbsent(id, key -> new ArrayList<>()).add(promise);
    thread.schedule(timeoutMs, () -> giveUp(id, promise));
    return promise.future();
  }

  private void giveUp(Hash32 id, Promise<TransactionRecord> promise) {
    if (promise.tryFail(
        new TrestleException(NodeReason.TIMED_OUT, "not included in time: " + id))) {
      List<Promise<TransactionRecord>> waiting = waiters.getOrDefault(id, new ArrayList<>());
      waiting.removeIf(promise::equals);
      if (waiting.isEmpty()) {
        waiters.remove(id);
      }
    }
  }

  void close() {
    waiters
        .values()
        .forEach(
            waiting ->
                waiting.forEach(
                    promise ->
                        promise.tryFail(
                            new TrestleException(NodeReason.CLOSED, "the node is closed"))));
    waiters.clear();
  }

  private long nextNonce(PublicKey sender) {
    return chain.view().nonce(sender);
  }
}
