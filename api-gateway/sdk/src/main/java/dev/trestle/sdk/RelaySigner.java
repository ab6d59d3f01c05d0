package dev.trestle.sdk;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.time.Duration;

/**
 * Signs relay transactions with the user's own key and waits for their receipts. What a transaction
 * creates is known by an id that follows from this key, so a gateway cannot put something else in
 * its place.
 */
public final class RelaySigner {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final HubClient hub;
  private final Hash32 hubId;
  private final SecretKey key;

  /**
   * @param hubId chain id of the relay chain, from the genesis that the user trusts
   */
  public RelaySigner(HubClient hub, Hash32 hubId, SecretKey key) {
    this.hub = hub;
    this.hubId = hubId;
    this.key = key;
  }

  public PublicKey publicKey() {
    return key.publicKey();
  }

  /**
   * Signs, sends and waits until the transaction is in a block.
   *
   * @throws HubException with the ledger's code when it is refused
   */
  public synchronized Api.TransactionReceipt submit(TransactionBody body) {
    long nonce = hub.account(publicKey().toString()).nonce();
    Transaction transaction = Transaction.sign(hubId, key, nonce, body);
    hub.submit(transaction.encode());
    String id = transaction.id().toHex();
    Api.TransactionReceipt receipt =
        hub.await(
            "transaction " + id,
            () -> receipt(id),
            r -> !r.status().equals("pending"),
            PATIENCE,
            INTERVAL);
    if (!receipt.status().equals("succeeded")) {
      throw new HubException(
          receipt.code().orElse("failed"), 0, receipt.detail().orElse("refused by the ledger"));
    }
    return receipt;
  }

  private Api.TransactionReceipt receipt(String id) {
    try {
      return hub.receipt(id);
    } catch (HubException e) {
      if (e.code().equals("not-found")) {
        return new Api.TransactionReceipt(
            id,
            "pending",
            java.util.Optional.empty(),
            java.util.Optional.empty(),
            java.util.Optional.empty());
      }
      throw e;
    }
  }
}
