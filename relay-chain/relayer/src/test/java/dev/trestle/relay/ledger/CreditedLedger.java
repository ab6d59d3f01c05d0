package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A ledger with credited deposits on a home chain, for the tests of whoever watches them. */
public final class CreditedLedger {
  private final Hub hub = Hub.ready();

  /** Transactions in blocks, with their heights. */
  private final Map<Hash32, Mined> mined = new LinkedHashMap<>();

  private record Mined(Bytes transaction, long height) {}

  public LedgerView view() {
    return hub.view();
  }

  public long height() {
    return hub.ledger.head().height();
  }

  public Receipt send(TransactionBody body) {
    return hub.send(body);
  }

  /** Has the deposit of transfer {@code number} credited; it is not swept. */
  public void credit(int number) {
    hub.credit(number, 100_000);
  }

  /** Plans and signs the sweep of a deposit; its transaction. */
  public Bytes signedSweep(int number) {
    return hub.signed(hub.planSweep(number));
  }

  /** A transaction of the depositor that spends its deposit. */
  public Bytes takeBack(int number) {
    return TakeBacksTest.takenBack(hub, number);
  }

  public TransferRecord.State state(int number) {
    return hub.view().transfer(hub.transferId(number)).orElseThrow().state();
  }

  /** How many sweeps wait for their execution. */
  public int sweepsReady() {
    return hub.view().releases(ReleaseRecord.State.READY, Optional.empty(), 9).size();
  }

  /** Puts a transaction into a block of the home chain. */
  public void mine(Bytes transaction) {
    hub.home.mine(transaction);
    mined.put(Digests.sha256(transaction), new Mined(transaction, hub.home.height()));
  }

  /** The home chain grows by so many blocks, and the light client learns of all. */
  public void follow(int blocks) {
    hub.follow(hub.home, blocks);
  }

  /** Until half of the refund delay of every deposit is over. */
  public void delay() {
    follow(Hub.REFUND_DELAY);
  }

  public long homeHeight() {
    return hub.home.height();
  }

  public Optional<Long> heightOf(Hash32 transactionId) {
    return Optional.ofNullable(mined.get(transactionId)).map(Mined::height);
  }

  public Claim claim(Hash32 transactionId) {
    return hub.home.claim(
        Optional.ofNullable(mined.get(transactionId)).orElseThrow().transaction());
  }

  public Optional<Hash32> spender(CustodyRules.Coin coin) {
    return mined.entrySet().stream()
        .filter(entry -> new FakeCustody().spends(entry.getValue().transaction(), coin))
        .map(Map.Entry::getKey)
        .findFirst();
  }
}
