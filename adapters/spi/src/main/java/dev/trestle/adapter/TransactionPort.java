package dev.trestle.adapter;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import io.vertx.core.Future;

/** Sending transactions and learning what became of them. */
public interface TransactionPort {
  /**
   * Hands signed bytes to the chain. Idempotent: bytes that the chain knows already, or that are
   * mined, count as success.
   */
  Future<Hash32> broadcast(Bytes signedTransaction);

  Future<TransactionStatus> status(Hash32 transactionId);

  /** Spendable balance of an address in the chain's coin, smallest units. */
  Future<Amount> balance(String address);

  /** The address that {@code key} controls by the chain's usual single-signer form. */
  String address(SecretKey key);

  /**
   * Signs a plain payment of the chain's coin without sending it. Amounts of zero or dust and
   * addresses of another network are refused.
   */
  Future<SignedTransaction> preparePayment(SecretKey from, String toAddress, Amount amount);

  /**
   * @param fee largest fee that this transaction can pay, smallest units of the coin
   */
  record SignedTransaction(Hash32 id, Bytes raw, Amount fee) {}

  /** Where a transaction is. */
  sealed interface TransactionStatus {
    record Unknown() implements TransactionStatus {}

    record Pending() implements TransactionStatus {}

    /**
     * @param confirmations including its own block
     * @param success whether it took effect (an EVM transaction may revert)
     */
    record Included(
        long height, Hash32 blockId, long confirmations, boolean isFinal, boolean success)
        implements TransactionStatus {}
  }
}
