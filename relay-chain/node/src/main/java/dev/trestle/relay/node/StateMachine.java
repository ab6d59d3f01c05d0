package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.BlockContext;
import dev.trestle.relay.ledger.BlockResult;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.state.KeyValueStore;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * What the blocks of a chain are executed on: {@link LedgerMachine}, and in benchmarks of the
 * consensus alone a machine without state. {@link #admit} may be called from any thread, the rest
 * belongs to the core thread.
 */
public interface StateMachine {
  /** Makes the machine of a chain on the node's store. */
  @FunctionalInterface
  interface Factory {
    StateMachine open(Genesis genesis, KeyValueStore store);
  }

  /**
   * What can be said of a transaction without the state: form, chain, size and signature. Never
   * throws for bad input.
   */
  Verdict<Admitted> admit(Bytes encoded);

  /**
   * What a transaction is about, by which the room in a block and in the mempool is shared: the
   * same bytes for all that belongs together. Of few values, and none that a sender can make up.
   * Asked on the core thread; no part of the result of a block.
   */
  default Bytes subject(Admitted transaction) {
    return Bytes.EMPTY;
  }

  /**
   * Gives the machine threads of its own, for work ahead of {@link #execute}. At most once, before
   * anything else is asked of it.
   *
   * @param threads how many there are
   */
  default void helpedBy(Executor workers, int threads) {}

  /**
   * A transaction waits in the mempool that a block could take next. On the core thread, which must
   * not be held up.
   */
  default void waits(Admitted transaction, long nowMillis) {}

  /** The nonce that the sender's next transaction must have in the committed state. */
  long nextNonce(PublicKey sender);

  /** Of the committed state. */
  Hash32 stateRoot();

  /** Who certifies, as of the committed state. */
  ValidatorSets validators();

  /**
   * Whether the committed state says that this validator has contradicted itself: more evidence
   * against it has no effect. Never, of a machine that convicts nobody.
   */
  default boolean isConvicted(EvmAddress validator) {
    return false;
  }

  /**
   * Runs encoded transactions on the committed state and keeps nothing. The result must be a
   * function of state and arguments alone; what was found out before, by {@link #admit} or for
   * {@link #waits}, may save time but never changes it.
   */
  Verdict<BlockResult> execute(BlockContext context, List<Bytes> transactions);

  /** Makes an executed block the committed state, with exactly one batch of the store. */
  void commit(BlockResult result);
}
