package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.EvmAddress;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Sends a transaction and waits for it, for steps that others build on. Methods block. */
final class TransactionWait {
  private final Vertx vertx;
  private final TimeSource time;
  private final EvmTransactions transactions;
  private final Duration poll;
  private final Duration limit;

  TransactionWait(
      Vertx vertx, TimeSource time, EvmTransactions transactions, Duration poll, Duration limit) {
    this.vertx = vertx;
    this.time = time;
    this.transactions = transactions;
    this.poll = poll;
    this.limit = limit;
  }

  /**
   * The receipt, once the transaction is on the best chain.
   *
   * @throws AdapterException REJECTED_BY_CHAIN if it reverted, NOT_FOUND if it is not included in
   *     time
   */
  EvmTransactions.Receipt execute(SignedTransaction transaction) {
    Hash32 id = Async.await(transactions.broadcast(transaction.raw()));
    long deadline = time.nowMillis() + limit.toMillis();
    Optional<EvmTransactions.Receipt> receipt = transactions.receipt(id);
    while (receipt.isEmpty()) {
      if (time.nowMillis() > deadline) {
        throw new AdapterException(
            AdapterError.NOT_FOUND, "transaction " + id + " is not included after " + limit);
      }
      Async.await(vertx.timer(poll.toMillis(), TimeUnit.MILLISECONDS));
      receipt = transactions.receipt(id);
    }
    if (!receipt.get().success()) {
      throw new AdapterException(AdapterError.REJECTED_BY_CHAIN, "transaction " + id + " reverted");
    }
    return receipt.get();
  }

  /** As {@link #execute}, for the creation of a contract. */
  EvmAddress create(SignedTransaction transaction) {
    return execute(transaction)
        .created()
        .orElseThrow(() -> Json.malformed("a creation without contract"));
  }
}
