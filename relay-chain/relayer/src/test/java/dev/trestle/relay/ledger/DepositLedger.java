package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;

/** A ledger with transfers that wait for deposits, for the tests of whoever brings these. */
public final class DepositLedger {
  private final Hub hub = Hub.ready();
  private final List<Payment> payments = new ArrayList<>();

  public LedgerView view() {
    return hub.view();
  }

  public long height() {
    return hub.ledger.head().height();
  }

  public Receipt send(TransactionBody body) {
    return hub.send(body);
  }

  /** Opens transfers {@code from} to {@code to - 1}, as many in a block as it holds. */
  public void open(int from, int to) {
    for (int next = from; next < to; next += 250) {
      hub.openAll(hub.user, next, Math.min(next + 250, to));
    }
  }

  public Hash32 transferId(int number) {
    return hub.transferId(number);
  }

  public TransferRecord.State state(int number) {
    return hub.view().transfer(hub.transferId(number)).orElseThrow().state();
  }

  /** Until the transfers that are open now have come to their end. */
  public void expire() {
    hub.pass(TransferLimits.DEFAULT.lifetimeMillis());
    hub.block();
  }

  /**
   * An output of the home chain.
   *
   * @param height of its block
   */
  public record Payment(Bytes transaction, CustodyRules.Coin coin, long height) {}

  /** Pays a transfer in a block of its own. */
  public Payment pay(int number, long amount) {
    DepositLock lock = hub.view().depositLock(hub.transferId(number)).orElseThrow();
    Bytes transaction = hub.pay(hub.transferId(number), amount);
    CustodyRules.Coin coin = new FakeCustody().coinsPaidTo(transaction, lock).orThrow().getFirst();
    Payment payment = new Payment(transaction, coin, hub.home.height());
    payments.add(payment);
    return payment;
  }

  public List<Payment> payments() {
    return List.copyOf(payments);
  }

  /** Proof of a payment. */
  public Claim claim(Payment payment) {
    return hub.home.claim(payment.transaction());
  }

  public HeaderRef homeHead() {
    return hub.home.ref(hub.home.height());
  }

  public ChainId home() {
    return hub.home.id();
  }

  /** The home chain grows, and its light client learns of it. */
  public void follow(int blocks) {
    hub.follow(hub.home, blocks);
  }
}
