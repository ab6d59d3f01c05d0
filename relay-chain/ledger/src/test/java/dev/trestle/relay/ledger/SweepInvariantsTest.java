package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * What must hold when a sweep is settled and its deposit's packet goes out, each with a bug that it
 * must catch.
 */
class SweepInvariantsTest {
  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);

  /** Proof of the executed sweep of a credited deposit. */
  private TransactionBody settlement() {
    hub.credit(1, 100_000);
    Hash32 sweep = hub.planSweep(1);
    hub.home.mine(hub.signed(sweep));
    hub.follow(hub.home, 3);
    return hub.proof(sweep);
  }

  private void catches(Invariant invariant, TransactionBody body, Consumer<Execution> bug) {
    falsified.catches(invariant, body, bug);
  }

  /** The handler's packet is another one, in its record, the outbox and its transfer. */
  private void replaced(Execution x, UnaryOperator<Packet> change) {
    Packet sent = x.packets().getFirst();
    PacketRecord record = x.view().packet(sent.id()).orElseThrow();
    Packet other = change.apply(sent);
    x.overlay().delete(StateKeys.packet(sent.id()));
    x.packets().clear();
    x.send(other);
    x.put(StateKeys.packet(other.id()), with(record, other, record.amount()).encode());
    TransferRecord transfer = transfer(x);
    put(
        x,
        transfer.with(
            TransferRecord.State.SENT,
            Optional.of(transfer.deposit().orElseThrow().sent(other.id())),
            Optional.empty()));
  }

  private static PacketRecord with(PacketRecord record, Packet packet, Amount amount) {
    return new PacketRecord(
        packet,
        record.state(),
        record.sentAt(),
        record.outboxIndex(),
        record.transferId(),
        record.routeId(),
        amount);
  }

  private static Packet with(
      Packet p, long sequence, Hash32 policy, List<Packet.Payload> payloads) {
    return new Packet(
        p.hubId(),
        p.lane(),
        sequence,
        policy,
        p.finality(),
        p.timeout(),
        p.fee(),
        p.group(),
        payloads);
  }

  private TransferRecord transfer(Execution x) {
    return x.view().transfer(hub.transferId(1)).orElseThrow();
  }

  private static void put(Execution x, TransferRecord transfer) {
    x.put(StateKeys.transfer(transfer.id()), transfer.encode());
  }

  private CoinRecord deposit() {
    TransactionBody.PlanSweep of = hub.sweep(1);
    return hub.view().coin(of.chain(), of.txId(), of.outputIndex()).orElseThrow();
  }

  /** What a ledger does that sends a packet for {@code number}, whatever its deposit's state. */
  private void send(Execution x, int number) {
    HeaderRef head = hub.view().head(hub.far.id()).orElseThrow();
    Deposits.send(
        x, hub.routeRecord(), head, hub.view().transfer(hub.transferId(number)).orElseThrow());
  }

  @Test
  void i1NoPacketBeforeItsDepositIsSwept() {
    TransactionBody settlement = settlement();
    CoinRecord deposit = deposit();
    ReleaseRecord ready = hub.view().release(deposit.reservedFor().orElseThrow()).orElseThrow();
    catches(Invariant.I1, settlement, x -> Custody.put(x, deposit));
    catches(Invariant.I1, settlement, x -> Releases.put(x, ready));
    hub.credit(2, 100_000);
    catches(Invariant.I1, settlement, x -> send(x, 2));
    Falsified.caught(Invariant.I1, settlement, falsified.execution(), x -> send(x, 1));
  }

  @Test
  void i1NoSettlementWithoutProof() {
    catches(Invariant.I1, settlement(), x -> x.facts().clear());
  }

  @Test
  void i2OnePacketForADeposit() {
    TransactionBody settlement = settlement();
    catches(Invariant.I2, settlement, x -> send(x, 1));
    hub.ok(settlement);
    Falsified.caught(Invariant.I2, settlement, falsified.execution(), x -> send(x, 1));
  }

  @Test
  void i2OnePacketInTheOutbox() {
    TransactionBody settlement = settlement();
    catches(Invariant.I2, settlement, x -> x.packets().clear());
    catches(Invariant.I2, settlement, x -> x.send(x.packets().getFirst()));
  }

  @Test
  void i2ASweptDepositIsSent() {
    TransactionBody settlement = settlement();
    TransferRecord before = hub.view().transfer(hub.transferId(1)).orElseThrow();
    Bytes sequence = StateKeys.sequence(hub.routeRecord().lane().hash());
    catches(
        Invariant.I2,
        settlement,
        x -> {
          x.overlay().delete(StateKeys.packet(x.packets().getFirst().id()));
          x.overlay().delete(sequence);
          x.packets().clear();
          put(x, before);
        });
    catches(
        Invariant.I2,
        settlement,
        x -> x.overlay().delete(StateKeys.packet(x.packets().getFirst().id())));
  }

  /** A deposit that was booked is that transfer's, as it was booked. */
  @Test
  void i2TheDepositStaysWhatItWas() {
    catches(
        Invariant.I2,
        settlement(),
        x -> {
          TransferRecord.Deposit d = transfer(x).deposit().orElseThrow();
          TransferRecord.Deposit more =
              new TransferRecord.Deposit(
                  d.txId(),
                  d.outputIndex(),
                  d.amount(),
                  d.credited().plus(Amount.of(1)),
                  d.height(),
                  d.packetId());
          put(x, transfer(x).with(TransferRecord.State.SENT, Optional.of(more), Optional.empty()));
        });
  }

  @Test
  void i3NothingIsSkipped() {
    TransactionBody settlement = settlement();
    catches(
        Invariant.I3, settlement, x -> put(x, transfer(x).with(TransferRecord.State.DELIVERED)));
    catches(
        Invariant.I3,
        settlement,
        x -> {
          PacketRecord record = x.view().packet(x.packets().getFirst().id()).orElseThrow();
          x.put(
              StateKeys.packet(record.packet().id()),
              record.with(PacketRecord.State.ACKNOWLEDGED).encode());
        });
  }

  @Test
  void i4ASweepCostsItsFeeAndNoMore() {
    catches(
        Invariant.I4,
        settlement(),
        x -> Custody.supply(x, hub.asset, s -> s.deposited(Amount.of(5), Amount.of(5))));
  }

  @Test
  void i5NoDowngrade() {
    catches(
        Invariant.I5,
        settlement(),
        x -> replaced(x, p -> with(p, p.sequence(), Hub.hash("weaker"), p.payloads())));
  }

  @Test
  void i6RecordsStandUnderTheirContent() {
    catches(
        Invariant.I6,
        settlement(),
        x -> {
          Hash32 another = Hub.hash("another id");
          PacketRecord record = x.view().packet(x.packets().getFirst().id()).orElseThrow();
          x.overlay().delete(StateKeys.packet(record.packet().id()));
          x.put(StateKeys.packet(another), record.encode());
          put(
              x,
              transfer(x)
                  .with(
                      TransferRecord.State.SENT,
                      Optional.of(transfer(x).deposit().orElseThrow().sent(another)),
                      Optional.empty()));
        });
  }

  @Test
  void i6ThePacketSaysWhatWasBooked() {
    catches(
        Invariant.I6,
        settlement(),
        x ->
            replaced(
                x,
                p -> {
                  Packet.Payload payload = p.payloads().getFirst();
                  TransferPayload value = TransferPayload.decode(payload.value());
                  TransferPayload thiefs =
                      new TransferPayload(
                          value.assetId(), value.amount(), Hub.hash("thief"), value.transferId());
                  return with(
                      p,
                      p.sequence(),
                      p.policyHash(),
                      List.of(
                          new Packet.Payload(
                              payload.kind(),
                              payload.destinationPort(),
                              payload.encoding(),
                              payload.version(),
                              thiefs.encode())));
                }));
  }

  @Test
  void i14ACreditSendsNothing() {
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    catches(
        Invariant.I14,
        new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx)),
        x -> {
          HeaderRef head = hub.view().head(hub.far.id()).orElseThrow();
          TransferRecord credited = transfer(x);
          Deposits.send(x, hub.routeRecord(), head, credited);
          put(x, credited);
        });
  }

  @Test
  void i15NothingIsSentInAPause() {
    TransactionBody settlement = settlement();
    Execution free = falsified.execution();
    falsified.handlers().handle(free, hub.user.publicKey(), settlement);
    hub.send(
        hub.governance.getFirst(),
        new TransactionBody.Pause(new PauseSubject.Route(hub.routeId())));
    // what a handler would write that forgets to look for the pause
    Falsified.caught(
        Invariant.I15,
        settlement,
        falsified.execution(),
        x -> {
          x.overlay().absorb(free.overlay());
          x.packets().addAll(free.packets());
          x.facts().addAll(free.facts());
        });
  }

  @Test
  void i16SequencesGoUpByOne() {
    TransactionBody settlement = settlement();
    Bytes key = StateKeys.sequence(hub.routeRecord().lane().hash());
    catches(Invariant.I16, settlement, x -> x.put(key, new CanonicalWriter().u64(7).toBytes()));
    catches(Invariant.I16, settlement, x -> x.overlay().delete(key));
  }

  @Test
  void i17ThePacketIsWorthWhatWasBooked() {
    catches(
        Invariant.I17,
        settlement(),
        x -> {
          PacketRecord record = x.view().packet(x.packets().getFirst().id()).orElseThrow();
          x.put(
              StateKeys.packet(record.packet().id()),
              with(record, record.packet(), record.amount().plus(Amount.of(1))).encode());
        });
  }
}
