package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeClient;
import dev.trestle.relay.ledger.fake.FakeClocklessFamily;
import dev.trestle.relay.ledger.fake.FakeState;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packets of unordered lanes that are not received in time, and everything that is no timeout. */
class TimeoutsTest {
  private final Expiry expiry = Expiry.byHeight(Lane.Ordering.UNORDERED);
  private final Hub hub = expiry.hub;

  @ParameterizedTest
  @EnumSource(
      value = Packet.Timeout.Clock.class,
      names = {"DESTINATION_TIME", "DESTINATION_HEIGHT"})
  void whatWasNotReceivedInTimeIsPaidBack(Packet.Timeout.Clock clock) {
    Expiry late = new Expiry(Lane.Ordering.UNORDERED, clock);
    Hash32 packet = late.hub.deposit(1, 100_000);
    assertThat(late.packet(packet).timeout().clock()).isEqualTo(clock);
    late.expire(packet);
    assertThat(late.bridge.receive(late.packet(packet), true)).as("too late").isEmpty();
    late.hub.update(late.hub.far);
    Receipt receipt = late.timeOut(packet);
    assertThat(receipt.code()).isEqualTo("ok");
    assertThat(receipt.events())
        .containsExactly(new LedgerEvent.PacketTimedOut(packet, late.hub.transferId(1)));
    assertThat(late.state(packet)).isEqualTo(PacketRecord.State.TIMED_OUT);
    SupplyRecord supply = late.hub.view().supply(late.hub.asset);
    assertThat(supply.refundable()).isEqualTo(late.record(packet).amount());
    assertThat(supply.inFlight()).isEqualTo(Amount.ZERO);
    assertThat(late.claimRefund(1).code()).isEqualTo("ok");
    late.hub.settle(late.hub.onlyRelease(ReleaseRecord.State.PLANNED));
    assertThat(late.hub.view().transfer(late.hub.transferId(1)).orElseThrow().state())
        .isEqualTo(TransferRecord.State.REFUNDED);
  }

  @Test
  void theTimeoutCountsFromWhatTheClientKnows() {
    Hash32 packet = hub.deposit(1, 100_000);
    assertThat(expiry.packet(packet).timeout().value()).isEqualTo(hub.far.height() + Expiry.BLOCKS);
    Expiry byTime = new Expiry(Lane.Ordering.UNORDERED, Packet.Timeout.Clock.DESTINATION_TIME);
    Hash32 other = byTime.hub.deposit(1, 100_000);
    assertThat(byTime.packet(other).timeout().value())
        .as("the client's headers are older than the block")
        .isEqualTo(byTime.hub.ledger.head().timeMillis() / 1_000 + Expiry.SECONDS);
  }

  @Test
  void notBeforeItsTime() {
    Hash32 packet = hub.deposit(1, 100_000);
    long timeout = expiry.packet(packet).timeout().value();
    hub.follow(hub.far, (int) (timeout + 2 - hub.far.height()));
    assertThat(hub.send(expiry.timeout(packet, timeout - 1)).code())
        .isEqualTo("timeout-not-reached");
    assertThat(hub.send(expiry.timeout(packet, timeout)).code()).isEqualTo("ok");
  }

  @Test
  void notBeforeItsTimeByTheHeadersClock() {
    Expiry late = new Expiry(Lane.Ordering.UNORDERED, Packet.Timeout.Clock.DESTINATION_TIME);
    Hash32 packet = late.hub.deposit(1, 100_000);
    long timeout = late.packet(packet).timeout().value();
    late.hub.far.pass(timeout - 1 - late.hub.far.nextSeconds());
    late.hub.follow(late.hub.far, 2);
    assertThat(late.timeOut(packet).code()).isEqualTo("timeout-not-reached");
    late.hub.follow(late.hub.far, 1);
    assertThat(late.timeOut(packet).code()).isEqualTo("ok");
  }

  @Test
  void notWithoutConfirmations() {
    Hash32 packet = hub.deposit(1, 100_000);
    expiry.expire(packet);
    assertThat(hub.send(expiry.timeout(packet, hub.far.height())).code())
        .isEqualTo("not-enough-confirmations");
    assertThat(hub.send(expiry.timeout(packet, hub.far.height() - 1)).code()).isEqualTo("ok");
  }

  @Test
  void notOnceReceived() {
    Hash32 packet = hub.deposit(1, 100_000);
    TransactionBody.SubmitMessage receipt = expiry.receive(packet);
    expiry.expire(packet);
    assertThat(expiry.timeOut(packet).code()).as("unproven yet").isEqualTo("packet-received");
    TransactionBody.TimeoutPacket absent = expiry.timeout(packet);
    Bytes stored = hub.far.stored(FakeState.receiptKey(Hub.CONTRACT, packet));
    assertThat(
            hub.send(
                    new TransactionBody.TimeoutPacket(
                        packet, absent.height(), stored, absent.proof()))
                .code())
        .as("proof of presence")
        .isEqualTo("packet-received");
    hub.ok(receipt);
    assertThat(expiry.timeOut(packet).code()).isEqualTo("already-acknowledged");
  }

  @Test
  void onlyOnceAndNoReceiptAfterIt() {
    Hash32 packet = hub.deposit(1, 100_000);
    expiry.expire(packet);
    assertThat(expiry.timeOut(packet).code()).isEqualTo("ok");
    assertThat(expiry.timeOut(packet).code()).isEqualTo("already-timed-out");
    assertThat(hub.acknowledge(packet, true).code())
        .as("a contract that breaks its rules")
        .isEqualTo("already-timed-out");
  }

  /** The path follows from packet and height, so a proof of anything else proves nothing. */
  @Test
  void proofsOfSomethingElseAreRefused() {
    Hash32 packet = hub.deposit(1, 100_000);
    expiry.receive(packet);
    expiry.expire(packet);
    long height = hub.far.height() - 1;
    Bytes proof = hub.far.proof(height);
    assertThat(code(packet, height - 1, Bytes.EMPTY, proof))
        .as("relabelled block")
        .isEqualTo("path-mismatch");
    assertThat(code(packet, 101, Bytes.EMPTY, hub.far.proof(101)))
        .as("a block from before the receipt")
        .isEqualTo("timeout-not-reached");
    assertThat(code(packet, height, FakeState.number(7), proof))
        .as("another value")
        .isEqualTo("value-mismatch");
    assertThat(code(packet, height, Bytes.EMPTY, proof.slice(0, proof.size() - 1)))
        .isEqualTo("malformed");
    assertThat(code(packet, height + 9, Bytes.EMPTY, hub.home.proof(hub.home.height())))
        .as("a proof of another chain")
        .isNotEqualTo("ok");
    assertThat(code(Hub.hash("none"), height, Bytes.EMPTY, proof)).isEqualTo("unknown-packet");
  }

  private String code(Hash32 packet, long height, Bytes value, Bytes proof) {
    return hub.send(new TransactionBody.TimeoutPacket(packet, height, value, proof)).code();
  }

  @Test
  void notByAClientThatMayNotVerify() {
    Hash32 packet = hub.deposit(1, 100_000);
    expiry.expire(packet);
    hub.pass(1_000 * (FakeClient.TRUSTING_SECONDS + 100_000_000));
    assertThat(expiry.timeOut(packet).code()).isEqualTo("client-expired");
    hub.ok(new TransactionBody.SubmitMisbehaviour(hub.far.id(), Bytes.utf8("misbehaviour")));
    assertThat(expiry.timeOut(packet).code()).isEqualTo("client-frozen");
  }

  @Test
  void notInAPause() {
    Hash32 packet = hub.deposit(1, 100_000);
    expiry.expire(packet);
    PauseSubject subject = new PauseSubject.Route(hub.routeId());
    hub.send(hub.governance.getFirst(), new TransactionBody.Pause(subject));
    assertThat(expiry.timeOut(packet).code()).isEqualTo("paused");
    hub.ok(hub.resume(subject, 3));
    assertThat(expiry.timeOut(packet).code()).isEqualTo("ok");
  }

  @Test
  void packetsOfARouteWithoutLifetimeNeverExpire() {
    Hub eternal = Hub.ready();
    Hash32 packet = eternal.deposit(1, 100_000);
    assertThat(eternal.view().packet(packet).orElseThrow().packet().timeout())
        .isEqualTo(Packet.Timeout.NEVER);
    eternal.follow(eternal.far, 30);
    long height = eternal.far.height() - 1;
    assertThat(
            eternal
                .send(
                    new TransactionBody.TimeoutPacket(
                        packet, height, Bytes.EMPTY, eternal.far.proof(height)))
                .code())
        .isEqualTo("never-expires");
  }

  @Test
  void routesAskOnlyForClocksThatTheirDestinationTells() {
    FakeChain clockless = new FakeChain("eip155:98");
    clockless.mine();
    TransactionBody.RegisterChain unsigned =
        Hub.unsigned(
            clockless,
            Optional.of(Hub.CONTRACT),
            FakeClocklessFamily.TYPE,
            clockless.updateFrom(100));
    hub.ok(hub.approved(unsigned, 3));
    hub.follow(clockless, 3);
    assertThat(register(clockless, Packet.Timeout.Clock.DESTINATION_TIME, 7_200))
        .isEqualTo("untrusted-clock");
    assertThat(register(clockless, Packet.Timeout.Clock.RELAY_HEIGHT, 100))
        .isEqualTo("invalid-route");
    assertThat(register(clockless, Packet.Timeout.Clock.DESTINATION_HEIGHT, 9))
        .isEqualTo("invalid-route");
    assertThat(register(clockless, Packet.Timeout.Clock.DESTINATION_HEIGHT, 1_000_001))
        .isEqualTo("invalid-route");
    assertThat(register(clockless, Packet.Timeout.Clock.DESTINATION_HEIGHT, 10)).isEqualTo("ok");
  }

  private String register(FakeChain chain, Packet.Timeout.Clock clock, long value) {
    TransactionBody.RegisterRoute body =
        new TransactionBody.RegisterRoute(
            hub.asset,
            chain.id(),
            Hub.CONTRACT,
            Amount.of(20_000),
            Amount.of(1_000_000),
            2,
            3,
            new LaneTerms(
                Lane.Ordering.UNORDERED, Optional.of(new LaneTerms.Lifetime(clock, value))),
            PolicyTerms.DEFAULT,
            List.of());
    return hub.send(hub.registerRoute(body)).code();
  }
}
