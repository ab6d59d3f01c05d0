package dev.trestle.gateway.hub;

import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sends transactions of one key: gives each the next nonce, hands them over in order and waits for
 * their receipts side by side.
 */
public final class RelaySender {
  /** Why a transaction did not get in. */
  public enum Reason implements ReasonCode {
    NOT_ACCEPTED;

    @Override
    public String code() {
      return "transaction-rejected";
    }
  }

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
    return node.awaitInclusion(send(body)).receipt();
  }

  /** Hands it over and returns its id. */
  public Hash32 send(TransactionBody body) {
    order.lock();
    try {
      long committed = node.view().nonce(sender);
      next = Math.max(next, committed);
      Verdict<Hash32> verdict = node.send(Transaction.sign(node.hubId(), key, next, body));
      return switch (verdict) {
        case Verdict.Accepted<Hash32>(Hash32 id) -> {
          next++;
          yield id;
        }
        case Verdict.Ignored<Hash32>(ReasonCode reason, String detail) -> refused(reason, detail);
        case Verdict.Rejected<Hash32>(ReasonCode reason, String detail) -> refused(reason, detail);
        case Verdict.Later<Hash32>(ReasonCode reason, String detail) -> refused(reason, detail);
      };
    } finally {
      order.unlock();
    }
  }

  private Hash32 refused(ReasonCode reason, String detail) {
    next = -1; // what was in flight may be lost: begin again at what the chain has
    throw new TrestleException(Reason.NOT_ACCEPTED, reason.code() + ": " + detail);
  }
}
