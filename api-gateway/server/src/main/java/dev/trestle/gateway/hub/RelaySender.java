package dev.trestle.gateway.hub;

import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.node.NodeReason;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends transactions of one key: gives each the next nonce, hands them over in order and waits for
 * their receipts side by side.
 */
public final class RelaySender {
  /** Transactions of this key that may wait at once; the mempool takes no more of one sender. */
  private static final int MAX_WAITING = 128;

  private final HubNode node;
  private final SecretKey key;
  private final PublicKey sender;
  private final ReentrantLock order = new ReentrantLock();
  private long next = -1;

  public RelaySender(HubNode node, SecretKey key) {
    this.node = node;
    this.key = key;
    this.sender = key.publicKey();
  }

  /**
   * Blocks until the transaction is in a block; for virtual threads.
   *
   * @throws TrestleException when the validators refuse it before that
   */
  public Receipt submit(TransactionBody body) {
    Hash32 id = send(body);
    try {
      return node.awaitInclusion(id).receipt();
    } catch (RuntimeException e) {
      restart(); // it may be lost: a later nonce would wait for it for ever
      throw e;
    }
  }

  private void restart() {
    order.lock();
    try {
      next = -1;
    } finally {
      order.unlock();
    }
  }

  /**
   * Hands it over and returns its id.
   *
   * @throws TrestleException when the validators refuse it
   */
  public Hash32 send(TransactionBody body) {
    order.lock();
    try {
      long first = Math.max(next, node.view().nonce(sender));
      for (long nonce = first; nonce < first + MAX_WAITING; nonce++) {
        Transaction transaction = Transaction.sign(node.hubId(), key, nonce, body);
        switch (node.send(transaction)) {
          case Verdict.Accepted<Hash32> accepted -> {
            next = nonce + 1;
            return transaction.id();
          }
          case Verdict.Ignored<Hash32> known -> {
            next = nonce + 1;
            return transaction.id(); // the very same transaction waits, or is in a block
          }
          case Verdict.Rejected<Hash32>(ReasonCode reason, String detail) -> {
            if (reason != NodeReason.NONCE_TAKEN && reason != NodeReason.NONCE_USED) {
              throw refused(reason, detail);
            }
          }
          case Verdict.Later<Hash32>(ReasonCode reason, String detail) ->
              throw refused(reason, detail);
        }
      }
      throw refused(NodeReason.SENDER_FULL, MAX_WAITING + " transactions wait");
    } finally {
      order.unlock();
    }
  }

  private TrestleException refused(ReasonCode reason, String detail) {
    next = -1; // what was in flight may be lost: begin again at what the chain has
    return new TrestleException(ProblemCode.TRANSACTION_REJECTED, reason.code() + ": " + detail);
  }
}
