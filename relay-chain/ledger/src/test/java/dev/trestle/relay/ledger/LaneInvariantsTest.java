package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.fake.FakeState;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What must hold for timeouts and lanes, each with a bug that it must catch. */
class LaneInvariantsTest {
  private Expiry expiry = Expiry.byHeight(Lane.Ordering.UNORDERED);
  private Hash32 packet = Hash32.ZERO;

  private Falsified falsified() {
    return new Falsified(expiry.hub);
  }

  private TransactionBody.TimeoutPacket timedOut(Lane.Ordering ordering) {
    expiry = Expiry.byHeight(ordering);
    packet = expiry.hub.deposit(1, 100_000);
    expiry.hub.deposit(2, 100_000);
    expiry.expire(packet);
    return expiry.timeout(packet);
  }

  private static void fact(Execution x, UnaryOperator<ProvenFact> change) {
    Step.Fact fact = x.facts().removeLast();
    x.facts().add(new Step.Fact(fact.chain(), change.apply(fact.proven())));
  }

  private Bytes laneKey() {
    return StateKeys.lane(expiry.hub.routeRecord().lane().hash());
  }

  private void put(Execution x, PacketRecord record) {
    x.put(StateKeys.packet(record.packet().id()), record.encode());
  }

  @Test
  void i1NoTimeoutWithoutProof() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    falsified().catches(Invariant.I1, body, x -> x.facts().clear());
    falsified()
        .catches(
            Invariant.I1,
            body,
            x -> fact(x, f -> new ProvenFact(f.path(), f.value(), f.block(), 1)));
  }

  @Test
  void i3ReceivedOrTimedOutAndNotBeforeItsTime() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    falsified()
        .catches(
            Invariant.I3,
            body,
            x ->
                fact(
                    x,
                    f ->
                        new ProvenFact(
                            f.path(),
                            f.value(),
                            new HeaderRef(
                                expiry.packet(packet).timeout().value() - 1,
                                f.block().id(),
                                f.block().timestampSeconds()),
                            f.confirmations())));
    expiry.hub.ok(body);
    Falsified.caught(
        Invariant.I3,
        body,
        falsified().execution(),
        x -> put(x, expiry.record(packet).with(PacketRecord.State.ACKNOWLEDGED)));
  }

  @Test
  void i4ATimeoutMakesItsValueRefundable() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    falsified()
        .catches(
            Invariant.I4,
            body,
            x -> Custody.supply(x, expiry.hub.asset, s -> s.claimedBack(Amount.of(1))));
    falsified()
        .catches(
            Invariant.I3,
            body,
            x -> {
              TransferRecord transfer = x.view().transfer(expiry.hub.transferId(1)).orElseThrow();
              x.put(
                  StateKeys.transfer(transfer.id()),
                  transfer.with(TransferRecord.State.REFUNDED).encode());
            });
  }

  @Test
  void i5TheTimeoutIsTheRoutes() {
    Hub hub = expiry.hub;
    hub.credit(1, 100_000);
    Hash32 sweep = hub.planSweep(1);
    hub.home.mine(hub.signed(sweep));
    hub.follow(hub.home, 3);
    TransactionBody body = hub.proof(sweep);
    falsified()
        .catches(
            Invariant.I5,
            body,
            x -> {
              PacketRecord record = x.view().packet(x.packets().getFirst().id()).orElseThrow();
              x.overlay().delete(StateKeys.packet(record.packet().id()));
              Packet p = record.packet();
              Packet later =
                  new Packet(
                      p.hubId(),
                      p.lane(),
                      p.sequence(),
                      p.policyHash(),
                      p.finality(),
                      Packet.Timeout.NEVER,
                      p.fee(),
                      p.group(),
                      p.payloads());
              put(
                  x,
                  new PacketRecord(
                      later,
                      record.state(),
                      record.sentAt(),
                      record.outboxIndex(),
                      record.transferId(),
                      record.routeId(),
                      record.amount()));
              TransferRecord transfer = x.view().transfer(hub.transferId(1)).orElseThrow();
              x.put(
                  StateKeys.transfer(transfer.id()),
                  transfer
                      .with(
                          TransferRecord.State.SENT,
                          Optional.of(transfer.deposit().orElseThrow().sent(later.id())),
                          Optional.empty())
                      .encode());
            });
  }

  @Test
  void i6TheFactIsAboutThePacket() {
    TransactionBody unordered = timedOut(Lane.Ordering.UNORDERED);
    falsified()
        .catches(
            Invariant.I6,
            unordered,
            x ->
                fact(
                    x,
                    f ->
                        new ProvenFact(
                            Hub.hash("other").bytes(), f.value(), f.block(), f.confirmations())));
    falsified()
        .catches(
            Invariant.I6,
            unordered,
            x ->
                fact(
                    x,
                    f ->
                        new ProvenFact(f.path(), Bytes.utf8("set"), f.block(), f.confirmations())));
    TransactionBody ordered = timedOut(Lane.Ordering.ORDERED);
    falsified()
        .catches(
            Invariant.I6,
            ordered,
            x ->
                fact(
                    x,
                    f ->
                        new ProvenFact(
                            f.path(), FakeState.number(1), f.block(), f.confirmations())));
  }

  @Test
  void i7NobodyClosesALaneAlone() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    for (LaneRecord.Cause cause : LaneRecord.Cause.values()) {
      falsified()
          .catches(
              Invariant.I7,
              body,
              x -> x.put(laneKey(), LaneRecord.NEW.closed(cause, x.block().height()).encode()));
    }
  }

  @Test
  void i2AClosedLaneStaysClosed() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    expiry.hub.decide(new GovernanceAction.CloseLane(expiry.hub.routeId()));
    falsified().catches(Invariant.I2, body, x -> x.overlay().delete(laneKey()));
    falsified().catches(Invariant.I2, body, x -> x.put(laneKey(), LaneRecord.NEW.encode()));
    falsified()
        .catches(
            Invariant.I2,
            body,
            x ->
                x.put(
                    laneKey(),
                    LaneRecord.NEW
                        .closed(LaneRecord.Cause.GOVERNANCE, x.block().height())
                        .encode()));
  }

  @Test
  void i16LanesKeepTheirOrder() {
    TransactionBody closing = timedOut(Lane.Ordering.ORDERED);
    falsified().catches(Invariant.I16, closing, x -> x.overlay().delete(laneKey()));
    TransactionBody going = timedOut(Lane.Ordering.ORDERED_ALLOW_TIMEOUT);
    falsified().catches(Invariant.I16, going, x -> x.overlay().delete(laneKey()));
    falsified()
        .catches(
            Invariant.I16,
            going,
            x -> x.put(laneKey(), new LaneRecord(3, Optional.empty()).encode()));
    TransactionBody unordered = timedOut(Lane.Ordering.UNORDERED);
    falsified()
        .catches(
            Invariant.I16,
            unordered,
            x -> x.put(laneKey(), new LaneRecord(2, Optional.empty()).encode()));
  }

  @Test
  void i16NothingIsCreditedOnAClosedLane() {
    Hub hub = expiry.hub;
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    TransactionBody body = new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    Execution open = falsified().execution();
    falsified().handlers().handle(open, hub.user.publicKey(), body);
    hub.decide(new GovernanceAction.CloseLane(hub.routeId()));
    // what a ledger would do that does not look whether the lane is open
    Falsified.caught(
        Invariant.I16,
        body,
        falsified().execution(),
        x -> {
          open.step(body)
              .changes()
              .forEach((key, change) -> change.after().ifPresent(value -> x.put(key, value)));
          x.facts().addAll(open.facts());
        });
  }

  @Test
  void i15NoTimeoutInAPause() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    Hub hub = expiry.hub;
    Execution free = falsified().execution();
    falsified().handlers().handle(free, hub.user.publicKey(), body);
    hub.send(
        hub.governance.getFirst(),
        new TransactionBody.Pause(new PauseSubject.Route(hub.routeId())));
    Falsified.caught(
        Invariant.I15,
        body,
        falsified().execution(),
        x -> {
          free.step(body)
              .changes()
              .forEach((key, change) -> change.after().ifPresent(value -> x.put(key, value)));
          x.facts().addAll(free.facts());
        });
  }

  @Test
  void i14ATimeoutPausesNothing() {
    TransactionBody body = timedOut(Lane.Ordering.UNORDERED);
    PauseSubject subject = new PauseSubject.Everything();
    falsified()
        .catches(
            Invariant.I14,
            body,
            x ->
                x.put(
                    StateKeys.pause(subject),
                    new PauseRecord(subject, 1, true, Optional.empty(), 3).encode()));
  }
}
