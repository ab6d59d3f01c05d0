package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.tx.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The state machine of the relay chain. {@link #execute} is a function of the committed state and
 * its arguments and writes nothing; {@link #commit} makes one executed block durable. One thread
 * executes and commits; views may be read from others.
 */
public final class Ledger {
  private final Genesis genesis;
  private final Hash32 chainId;
  private final Families families;
  private final LedgerStore store;
  private final BlockExecutor executor;
  private volatile LedgerStore.Head head;

  private Ledger(Genesis genesis, Families families, LedgerStore store, BlockExecutor executor) {
    this.genesis = genesis;
    this.chainId = genesis.chainId();
    this.families = families;
    this.store = store;
    this.executor = executor;
    this.head = store.head().orElseThrow();
  }

  /**
   * Opens the ledger in {@code store}, or starts it there from the genesis.
   *
   * @throws TrestleException if the store belongs to another genesis or its tree does not have the
   *     root that was committed
   */
  public static Ledger open(Genesis genesis, Families families, KeyValueStore store) {
    return open(genesis, families, store, LedgerOptions.DEFAULT);
  }

  /** As {@link #open(Genesis, Families, KeyValueStore)}. */
  public static Ledger open(
      Genesis genesis, Families families, KeyValueStore store, LedgerOptions options) {
    return open(
        genesis, families, store, options, new Handlers(new Deposits()), Binding.EVERYTHING);
  }

  static Ledger open(
      Genesis genesis,
      Families families,
      KeyValueStore keyValues,
      LedgerOptions options,
      Handlers handlers,
      Binding binding) {
    LedgerStore store = new LedgerStore(keyValues, options);
    if (store.head().isEmpty()) {
      Overlay first = new Overlay(store.state());
      first.put(StateKeys.genesis(), genesis.chainId().bytes());
      first.put(StateKeys.validators(), new ValidatorsRecord(0, 1, genesis.validators()).encode());
      first.put(StateKeys.governance(), new GovernanceRecord(0, genesis.governance()).encode());
      store.start(first, genesis.timeMillis());
    }
    Optional<Bytes> stored = store.state().get(StateKeys.genesis());
    if (!stored.equals(Optional.of(genesis.chainId().bytes()))) {
      throw new TrestleException(LedgerCode.WRONG_GENESIS, "the store is of another relay chain");
    }
    store.check(store.head().orElseThrow());
    return new Ledger(
        genesis, families, store, new BlockExecutor(genesis, families, handlers, binding));
  }

  public Genesis genesis() {
    return genesis;
  }

  /** keccak256 of the genesis. */
  public Hash32 chainId() {
    return chainId;
  }

  /** The last committed block; height 0 is the genesis. */
  public LedgerHead head() {
    return head.ledgerHead();
  }

  /** Read access to the committed state. */
  public LedgerView view() {
    return new LedgerView(store.state(), genesis, families);
  }

  /**
   * What stands under a key of {@link StateKeys} at the head, or that nothing does, with its proof.
   */
  public ProvenValue prove(Bytes key) {
    while (true) {
      Verdict<ProvenValue> proven = store.prove(head.height(), key);
      if (proven instanceof Verdict.Accepted<ProvenValue>(ProvenValue value)) {
        return value;
      } // else the head has moved on by more than a whole window
    }
  }

  /**
   * What stood under a key after the block at {@code height}, or that nothing did, with its proof
   * under the state root of that block. Rejected with {@link LedgerCode#HEIGHT_NOT_KEPT} outside of
   * the window of {@link LedgerOptions#historyBlocks}. Safe from any thread.
   */
  public Verdict<ProvenValue> prove(long height, Bytes key) {
    return store.prove(height, key);
  }

  /**
   * @param height of the block after which it was so
   * @param value empty when nothing stands under the key
   */
  public record ProvenValue(
      long height, Hash32 stateRoot, Bytes key, Optional<Bytes> value, StateProof proof) {}

  /**
   * Whether a transaction may wait for a block: it decodes, is meant for this chain, is signed and
   * its nonce was not used. A nonce further ahead is {@link Verdict.Later}.
   */
  public Verdict<Transaction> check(Bytes encoded) {
    Transaction transaction;
    try {
      transaction = Transaction.decode(encoded);
    } catch (DecodeException malformed) {
      return Verdict.reject(LedgerCode.MALFORMED, String.valueOf(malformed.getMessage()));
    }
    return check(transaction);
  }

  /** As {@link #check(Bytes)}. */
  public Verdict<Transaction> check(Transaction transaction) {
    return executor.check(transaction, view().nonce(transaction.sender()));
  }

  /**
   * Those of {@code candidates} that form a valid block, in their order: each admissible after the
   * ones before it, together within the block size.
   */
  public List<Transaction> select(List<Transaction> candidates) {
    List<Transaction> chosen = new ArrayList<>();
    Map<PublicKey, Long> nonces = new HashMap<>();
    LedgerView view = view();
    long room = genesis.parameters().maxBlockBytes();
    for (Transaction candidate : candidates) {
      long expected = nonces.computeIfAbsent(candidate.sender(), view::nonce);
      long size = candidate.encode().size();
      if (size <= room && executor.check(candidate, expected).isAccepted()) {
        chosen.add(candidate);
        nonces.put(candidate.sender(), expected + 1);
        room -= size;
      }
    }
    return List.copyOf(chosen);
  }

  /**
   * Executes a block on the committed state. Rejected when the block itself is invalid: wrong
   * height, time not later, too large, or with a transaction that is not admissible. A transaction
   * that merely fails gives a failed receipt.
   *
   * <p>A transaction that would violate an {@link Invariant} fails, and what it concerns is paused
   * from then on, so that nothing built on the violation is ever signed.
   */
  public Verdict<BlockResult> execute(BlockContext context, List<Transaction> transactions) {
    return execute(context, transactions, any -> Answers.NONE);
  }

  /**
   * As {@link #execute(BlockContext, List)}, with the same result whatever {@code found} gives.
   *
   * @param found answers that are there already, by transaction; asked once for each, on this
   *     thread, just before it runs
   */
  public Verdict<BlockResult> execute(
      BlockContext context, List<Transaction> transactions, Function<Transaction, Answers> found) {
    return executor.execute(store, head, context, transactions, found);
  }

  /**
   * Whether {@link #prevalidate} can save time: the transaction carries evidence that takes longer
   * to check than to hand to another thread. Says nothing about whether it is any good.
   */
  public static boolean isExpensive(Transaction transaction) {
    return Prevalidation.isExpensive(transaction.body());
  }

  /**
   * The answers to the expensive checks that the transaction would ask for in the next block if it
   * ran on the committed state; what the ledger refuses before any check asks for none. A function
   * of its arguments and of what it reads. Any thread, also while blocks are committed. No more
   * work than the budget of one transaction; none unless {@link #isExpensive}.
   *
   * @param timeMillis of that block, as far as it can be foreseen
   * @throws TrestleException where execution would: there is no answer then
   */
  public Answers prevalidate(Transaction transaction, long timeMillis) {
    return isExpensive(transaction) ? answers(transaction, timeMillis) : Answers.NONE;
  }

  /** As {@link #prevalidate}, of any transaction. */
  Answers answers(Transaction transaction, long timeMillis) {
    LedgerStore.Head now = head;
    BlockContext next =
        new BlockContext(now.height() + 1, Math.max(timeMillis, now.root().timeMillis()));
    return executor.prevalidate(store, next, transaction);
  }

  /** The receipt that a transaction would get in the next block; nothing is kept. */
  public Verdict<Receipt> simulate(long timeMillis, Transaction transaction) {
    BlockContext next =
        new BlockContext(head.height() + 1, Math.max(timeMillis, head().timeMillis()));
    return execute(next, List.of(transaction))
        .then(result -> Verdict.accept(result.receipts().getFirst()));
  }

  /**
   * Makes an executed block durable.
   *
   * @throws TrestleException if it was executed on another state than the committed one
   */
  public void commit(BlockResult result) {
    if (result.context().height() != head.height() + 1
        || !result.parentRoot().equals(head.root().tree().hash())) {
      throw new TrestleException(
          LedgerCode.WRONG_HEIGHT,
          "block " + result.context().height() + " on height " + head.height());
    }
    store.apply(result.writes());
    head = store.head().orElseThrow();
  }
}
