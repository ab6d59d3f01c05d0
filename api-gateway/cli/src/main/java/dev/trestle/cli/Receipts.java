package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubClient;
import dev.trestle.sdk.HubException;
import java.util.Optional;

/** Receipts of transactions that may not be in a block yet. */
final class Receipts {
  private Receipts() {}

  static Api.TransactionReceipt find(HubClient hub, Bytes transaction) {
    String id = Transaction.decode(transaction).id().toHex();
    try {
      return hub.receipt(id);
    } catch (HubException e) {
      if (e.code().equals("not-found")) {
        return new Api.TransactionReceipt(
            id, "pending", Optional.empty(), Optional.empty(), Optional.empty());
      }
      throw e;
    }
  }
}
