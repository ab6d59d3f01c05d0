package dev.trestle.relay.ledger;

import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.tx.Transaction;

/** A real ledger with two active chains and a route, for the tests of gateways. */
public final class GatewayLedger {
  public static final Bytes CONTRACT = Hub.CONTRACT;

  private final Hub hub = Hub.ready();

  public LedgerView view() {
    return hub.view();
  }

  public Hash32 hubId() {
    return hub.hubId();
  }

  public long height() {
    return hub.ledger.head().height();
  }

  public ChainId home() {
    return hub.home.id();
  }

  public ChainId far() {
    return hub.far.id();
  }

  public AssetId asset() {
    return hub.asset;
  }

  public Hash32 routeId() {
    return hub.routeId();
  }

  /** Executes a block with one transaction. */
  public BlockResult block(Transaction transaction) {
    return hub.block(transaction);
  }
}
