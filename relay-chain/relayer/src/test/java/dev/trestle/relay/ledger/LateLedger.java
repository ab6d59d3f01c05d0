package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeState;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;

/** A ledger whose packets expire, for the tests of whoever carries them. */
public final class LateLedger {
  private final Expiry expiry;

  public LateLedger(Lane.Ordering ordering) {
    expiry = Expiry.byHeight(ordering);
  }

  public LedgerView view() {
    return expiry.hub.view();
  }

  public long height() {
    return expiry.hub.ledger.head().height();
  }

  /** The chain that the packets are for. */
  public FakeChain destination() {
    return expiry.hub.far;
  }

  /** Pays transfer {@code number}; the packet that leaves. */
  public Hash32 deposit(int number) {
    return expiry.hub.deposit(number, 100_000);
  }

  public Packet packet(Hash32 id) {
    return expiry.packet(id);
  }

  public PacketRecord.State state(Hash32 id) {
    return expiry.state(id);
  }

  /** Brings a packet to its contract. */
  public boolean deliver(Packet packet) {
    return expiry.bridge.receive(packet, true).isPresent();
  }

  /** The light client learns of a block past the packet's timeout that is deep enough. */
  public void expire(Hash32 id) {
    expiry.expire(id);
  }

  /** The light client learns of all blocks. */
  public void follow() {
    expiry.hub.update(expiry.hub.far);
  }

  public Receipt send(TransactionBody body) {
    return expiry.hub.send(body);
  }

  /** What the contract keeps under {@code key} at {@code height}; empty for nothing. */
  public Bytes storedAt(long height, Bytes key) {
    return expiry.hub.far.storedAt(height, key);
  }

  /** Whether the contract has answered the packet. */
  public boolean isReceived(Hash32 id) {
    return !expiry.hub.far.stored(FakeState.receiptKey(Hub.CONTRACT, id)).isEmpty();
  }
}
