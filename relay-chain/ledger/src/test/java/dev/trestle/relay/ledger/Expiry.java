package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.fake.FakeBridge;
import dev.trestle.relay.ledger.fake.FakeState;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/** A hub whose packets expire, and the contract they are for. */
final class Expiry {
  static final long BLOCKS = 12;
  static final long SECONDS = 7_200;

  final Hub hub;
  final FakeBridge bridge;

  Expiry(Lane.Ordering ordering, Packet.Timeout.Clock clock) {
    hub = Hub.ready(terms(ordering, clock));
    bridge = new FakeBridge(hub.far, Hub.CONTRACT);
  }

  static Expiry byHeight(Lane.Ordering ordering) {
    return new Expiry(ordering, Packet.Timeout.Clock.DESTINATION_HEIGHT);
  }

  static LaneTerms terms(Lane.Ordering ordering, Packet.Timeout.Clock clock) {
    long value = clock == Packet.Timeout.Clock.DESTINATION_TIME ? SECONDS : BLOCKS;
    return new LaneTerms(ordering, Optional.of(new LaneTerms.Lifetime(clock, value)));
  }

  PacketRecord record(Hash32 packetId) {
    return hub.view().packet(packetId).orElseThrow();
  }

  Packet packet(Hash32 packetId) {
    return record(packetId).packet();
  }

  PacketRecord.State state(Hash32 packetId) {
    return record(packetId).state();
  }

  /** Mines and reports blocks until one past the packet's timeout has confirmations enough. */
  void expire(Hash32 packetId) {
    Packet.Timeout timeout = packet(packetId).timeout();
    if (timeout.clock() == Packet.Timeout.Clock.DESTINATION_TIME) {
      hub.far.pass(Math.max(0, timeout.value() - hub.far.seconds()));
      hub.follow(hub.far, 3);
    } else {
      hub.follow(hub.far, (int) Math.max(3, timeout.value() + 2 - hub.far.height()));
    }
  }

  /** Proof as things stand in the block at {@code height}. */
  TransactionBody.TimeoutPacket timeout(Hash32 packetId, long height) {
    Lane lane = packet(packetId).lane();
    Bytes value =
        Lanes.isOrdered(lane)
            ? hub.far.storedAt(height, FakeState.laneKey(Hub.CONTRACT, lane.hash()))
            : Bytes.EMPTY;
    return new TransactionBody.TimeoutPacket(packetId, height, value, hub.far.proof(height));
  }

  /** At the newest block that has confirmations enough. */
  TransactionBody.TimeoutPacket timeout(Hash32 packetId) {
    return timeout(packetId, hub.far.height() - 1);
  }

  Receipt timeOut(Hash32 packetId) {
    return hub.send(timeout(packetId));
  }

  /** Executes a packet and reports it; the body that proves the receipt. */
  TransactionBody.SubmitMessage receive(Hash32 packetId) {
    Bytes fact = bridge.receive(packet(packetId), true).orElseThrow();
    hub.follow(hub.far, 1);
    return new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact));
  }

  Receipt claimRefund(int number) {
    Hash32 transferId = hub.transferId(number);
    Bytes script = Hub.hash("refund").bytes();
    Hash32 digest = Approvals.refund(hub.hubId(), transferId, script);
    return hub.send(
        new TransactionBody.ClaimRefund(
            transferId, script, Secp256k1.instance().signSchnorr(digest, hub.refund, Hash32.ZERO)));
  }

  /** Last sequence that the contract has received. */
  long lastReceived(Lane lane) {
    Bytes stored = hub.far.stored(FakeState.laneKey(Hub.CONTRACT, lane.hash()));
    return stored.isEmpty() ? 0 : CanonicalReader.decode(stored, CanonicalReader::u64);
  }
}
