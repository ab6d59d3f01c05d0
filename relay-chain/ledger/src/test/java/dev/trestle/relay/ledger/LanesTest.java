package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.relay.ledger.fake.FakeState;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Order of lanes by ICS-4, and lanes that are closed. */
class LanesTest {
  private static LaneRecord lane(Expiry expiry) {
    return expiry.hub.view().lane(expiry.hub.routeRecord().lane().hash());
  }

  @Test
  void outcomesOfAnOrderedLaneComeInTurn() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED);
    Hash32 first = expiry.hub.deposit(1, 100_000);
    Hash32 second = expiry.hub.deposit(2, 100_000);
    assertThat(expiry.bridge.receive(expiry.packet(second), true)).as("out of turn").isEmpty();
    TransactionBody.SubmitMessage one = expiry.receive(first);
    TransactionBody.SubmitMessage two = expiry.receive(second);
    assertThat(expiry.hub.send(two).code()).isEqualTo("out-of-order");
    expiry.hub.ok(one);
    expiry.hub.ok(two);
    assertThat(lane(expiry)).isEqualTo(new LaneRecord(3, Optional.empty()));
    assertThat(expiry.hub.send(two).code()).isEqualTo("already-acknowledged");
  }

  @Test
  void aTimeoutClosesAnOrderedLane() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED);
    Hub hub = expiry.hub;
    Hash32 first = hub.deposit(1, 100_000);
    Hash32 second = hub.deposit(2, 100_000);
    Hash32 third = hub.deposit(3, 100_000);
    hub.ok(hub.openTransfer(4, 100_000));
    Bytes paid = hub.pay(hub.transferId(4), 100_000);
    TransactionBody.SubmitMessage receipt = expiry.receive(first);
    expiry.expire(third);
    assertThat(expiry.timeOut(first).code()).as("received").isEqualTo("packet-received");
    Receipt closing = expiry.timeOut(second);
    assertThat(closing.code()).isEqualTo("ok");
    assertThat(closing.events())
        .contains(
            new LedgerEvent.LaneClosed(hub.routeRecord().lane().hash(), LaneRecord.Cause.TIMEOUT));
    LaneRecord closed = lane(expiry);
    assertThat(closed.closed().orElseThrow().cause()).isEqualTo(LaneRecord.Cause.TIMEOUT);
    hub.follow(hub.home, 3);
    assertThat(hub.send(hub.openTransfer(5, 100_000)).code()).isEqualTo("lane-closed");
    assertThat(
            hub.send(new TransactionBody.SubmitDeposit(hub.transferId(4), hub.home.claim(paid)))
                .code())
        .as("its depositor takes it back")
        .isEqualTo("lane-closed");
    // what is in flight comes to its end
    hub.ok(receipt);
    assertThat(expiry.timeOut(third).code()).isEqualTo("ok");
    assertThat(lane(expiry).closed()).as("closed once").isEqualTo(closed.closed());
    assertThat(expiry.state(first)).isEqualTo(PacketRecord.State.ACKNOWLEDGED);
    // and what was minted comes back
    assertThat(hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes()))).code())
        .isEqualTo("ok");
  }

  /** It was promised before the lane was closed, and its coin cannot be given back any more. */
  @Test
  void aDepositThatWasCreditedBeforeItsLaneClosedIsStillSentAndEnds() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED);
    Hub hub = expiry.hub;
    Hash32 lost = hub.deposit(1, 100_000);
    hub.credit(2, 100_000);
    expiry.expire(lost);
    assertThat(expiry.timeOut(lost).code()).isEqualTo("ok");
    assertThat(lane(expiry).closed().orElseThrow().cause()).isEqualTo(LaneRecord.Cause.TIMEOUT);

    hub.settle(hub.planSweep(2));
    Hash32 late = hub.packetId(2);
    assertThat(expiry.packet(late).sequence()).isEqualTo(2);
    assertThat(expiry.bridge.receive(expiry.packet(late), true)).as("out of turn").isEmpty();
    hub.update(hub.far);
    expiry.expire(late);
    assertThat(expiry.timeOut(late).code()).isEqualTo("ok");
    assertThat(expiry.claimRefund(2).code()).isEqualTo("ok");
  }

  @Test
  void aLaneThatAllowsTimeoutsGoesOn() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED_ALLOW_TIMEOUT);
    Hub hub = expiry.hub;
    Hash32 first = hub.deposit(1, 100_000);
    Hash32 second = hub.deposit(2, 100_000);
    expiry.expire(second);
    assertThat(expiry.timeOut(second).code()).as("not its turn").isEqualTo("out-of-order");
    assertThat(expiry.timeOut(first).code()).isEqualTo("ok");
    assertThat(expiry.timeOut(second).code()).isEqualTo("ok");
    assertThat(lane(expiry)).isEqualTo(new LaneRecord(3, Optional.empty()));
    Hash32 third = hub.deposit(3, 100_000);
    // the contract is brought up to date with packets that have no effect any more
    TransactionBody.SubmitMessage late = expiry.receive(first);
    assertThat(hub.send(late).code()).isEqualTo("already-timed-out");
    expiry.receive(second);
    assertThat(expiry.bridge.executed(expiry.packet(second))).isFalse();
    hub.ok(expiry.receive(third));
    assertThat(expiry.state(third)).isEqualTo(PacketRecord.State.ACKNOWLEDGED);
  }

  /** The contract answered the late packet itself: that receipt is as good as a timeout. */
  @Test
  void aLateReceiptPaysBackAsWell() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED_ALLOW_TIMEOUT);
    Hash32 packet = expiry.hub.deposit(1, 100_000);
    expiry.expire(packet);
    TransactionBody.SubmitMessage answered = expiry.receive(packet);
    assertThat(expiry.timeOut(packet).code()).isEqualTo("packet-received");
    expiry.hub.ok(answered);
    assertThat(expiry.state(packet)).isEqualTo(PacketRecord.State.FAILED);
    assertThat(expiry.claimRefund(1).code()).isEqualTo("ok");
  }

  /** A counter of one lane says nothing about a packet of another. */
  @Test
  void counterOfAnotherLane() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED);
    Hash32 packet = expiry.hub.deposit(1, 100_000);
    expiry.receive(packet);
    Hash32 other = Hub.hash("another lane");
    expiry.hub.far.store(FakeState.laneKey(Hub.CONTRACT, other), FakeState.number(0));
    expiry.expire(packet);
    TransactionBody.TimeoutPacket honest = expiry.timeout(packet);
    TransactionBody.TimeoutPacket forged =
        new TransactionBody.TimeoutPacket(
            packet, honest.height(), FakeState.number(0), honest.proof());
    assertThat(expiry.hub.send(forged).code()).isEqualTo("value-mismatch");
    TransactionBody.TimeoutPacket absent =
        new TransactionBody.TimeoutPacket(packet, honest.height(), Bytes.EMPTY, honest.proof());
    assertThat(expiry.hub.send(absent).code()).isEqualTo("packet-received");
  }

  @Test
  void burnsOfAnOrderedLaneComeInTurn() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.ORDERED);
    Hub hub = expiry.hub;
    hub.ok(expiry.receive(hub.deposit(1, 200_000)));
    Bytes first = hub.say(hub.burned(1, 30_000, Hub.hash("a").bytes()));
    Bytes second = hub.say(hub.burned(2, 30_000, Hub.hash("b").bytes()));
    assertThat(hub.submit(second).code()).isEqualTo("out-of-order");
    assertThat(hub.submit(first).code()).isEqualTo("ok");
    assertThat(hub.submit(second).code()).isEqualTo("ok");
  }

  @Test
  void governanceClosesALane() {
    Expiry expiry = Expiry.byHeight(Lane.Ordering.UNORDERED);
    Hub hub = expiry.hub;
    Hash32 received = hub.deposit(1, 100_000);
    Hash32 lost = hub.deposit(2, 100_000);
    hub.credit(3, 100_000);
    hub.ok(hub.openTransfer(4, 100_000));
    Bytes paid = hub.pay(hub.transferId(4), 100_000);
    hub.follow(hub.home, 3);
    hub.decide(new GovernanceAction.CloseLane(hub.routeId()));
    assertThat(lane(expiry).closed().orElseThrow().cause()).isEqualTo(LaneRecord.Cause.GOVERNANCE);
    assertThat(hub.send(hub.openTransfer(5, 100_000)).code()).isEqualTo("lane-closed");
    assertThat(
            hub.send(new TransactionBody.SubmitDeposit(hub.transferId(4), hub.home.claim(paid)))
                .code())
        .isEqualTo("lane-closed");
    hub.ok(expiry.receive(received));
    hub.settle(hub.planSweep(3));
    hub.ok(expiry.receive(hub.packetId(3)));
    assertThat(expiry.state(hub.packetId(3))).isEqualTo(PacketRecord.State.ACKNOWLEDGED);
    expiry.expire(lost);
    assertThat(expiry.timeOut(lost).code()).isEqualTo("ok");
    assertThat(
            hub.send(
                    hub.governance.getFirst(),
                    new TransactionBody.Propose(new GovernanceAction.CloseLane(hub.routeId())))
                .code())
        .isEqualTo("lane-closed");
    assertThat(
            hub.send(
                    hub.governance.getFirst(),
                    new TransactionBody.Propose(new GovernanceAction.CloseLane(Hub.hash("none"))))
                .code())
        .isEqualTo("unknown-route");
  }

  @Test
  void anOrderedLaneNeedsALifetime() {
    Hub hub = new Hub();
    hub.far.mine();
    hub.home.mine();
    hub.ok(hub.registerChain(hub.home, Optional.empty()));
    hub.ok(hub.registerChain(hub.far, Optional.of(Hub.CONTRACT)));
    hub.follow(hub.home, 3);
    hub.follow(hub.far, 3);
    hub.terms(new LaneTerms(Lane.Ordering.ORDERED, Optional.empty()));
    assertThat(hub.send(hub.registerRoute(hub.route())).code()).isEqualTo("invalid-route");
  }
}
