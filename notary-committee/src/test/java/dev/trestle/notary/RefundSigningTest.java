package dev.trestle.notary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.packet.Packet;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.notary.CommitteeLedger.PlannedRelease;
import dev.trestle.notary.CommitteeLedger.Reason;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A member that is asked to pay a deposit back because its packet came to nothing. */
class RefundSigningTest extends OneMemberFixture {
  private static final Hash32 TRANSFER = Digests.sha256(Bytes.utf8("transfer"));

  @Test
  void refundsOnlyRefusedPackets() {
    Packet packet = packet(TRANSFER, World.BURNED);
    PlannedRelease release = refund(packet);
    assertThat(outcome(release)).isEqualTo("not-seen");
    node.emit(World.received(packet.id(), false));
    Packet minted = packet(TRANSFER, Amount.of(50_001));
    node.emit(World.received(minted.id(), true));
    node.mine(3);
    assertThat(outcome(refund(minted))).isEqualTo("packet-succeeded");
    Packet other = packet(Digests.sha256(Bytes.utf8("another")), World.BURNED);
    node.emit(World.received(other.id(), false));
    node.mine(3);
    assertThat(outcome(refund(other))).isEqualTo("wrong-recipient");
    Packet small = packet(TRANSFER, Amount.of(1));
    node.emit(World.received(small.id(), false));
    node.mine(3);
    assertThat(outcome(refund(small))).isEqualTo("wrong-amount");
    assertThat(outcome(refund(packet, world.deposit("b", 201_000)))).isEqualTo("spends-a-deposit");
    assertThat(outcome(release)).isEqualTo("signed");
  }

  @Test
  void refundsAPacketThatExpiredUnreceived() {
    Packet packet = packet(TRANSFER, World.BURNED, at(8));
    PlannedRelease release = refund(packet);
    node.mine(8); // blocks up to 9, final up to 7: just before the timeout
    assertThat(outcome(release)).isEqualTo("not-seen");
    node.mine(1);
    node.delivered = true; // the contract knows of a receipt that the messages did not show
    assertThat(outcome(release)).isEqualTo("not-seen");
    node.delivered = false;
    Packet small = packet(TRANSFER, Amount.of(1), at(8));
    assertThat(outcome(refund(small))).isEqualTo("wrong-amount");
    Packet other = packet(Digests.sha256(Bytes.utf8("another")), World.BURNED, at(8));
    assertThat(outcome(refund(other))).isEqualTo("wrong-recipient");
    Packet later = packet(TRANSFER, World.BURNED, at(9));
    assertThat(outcome(refund(later))).isEqualTo("not-seen");
    node.down = true;
    assertThat(outcome(release)).isEqualTo("own-node-unavailable");
    node.down = false;
    assertThat(outcome(release)).isEqualTo("signed");
  }

  @Test
  void aPacketThatSucceededBeforeItsTimeoutIsNotRefunded() {
    Packet packet = packet(TRANSFER, World.BURNED, at(8));
    PlannedRelease release = refund(packet);
    node.emit(World.received(packet.id(), true));
    node.mine(12);
    assertThat(outcome(release)).isEqualTo("packet-succeeded");
  }

  private static Packet.Timeout at(long height) {
    return new Packet.Timeout(Packet.Timeout.Clock.DESTINATION_TIME, FakeEvm.time(height));
  }

  /** A refund of the transfer, for {@code packet}. */
  private PlannedRelease refund(Packet packet) {
    return refund(packet, world.coin("a", 201_000));
  }

  private PlannedRelease refund(Packet packet, CustodyRules.Coin coin) {
    return world.planned(
        new Reason.Refund(packet), TRANSFER, World.RECIPIENT, World.BURNED, List.of(coin));
  }

  private String outcome(PlannedRelease release) {
    return world.outcome(member, release);
  }

  private static Packet packet(Hash32 transferId, Amount amount) {
    return packet(transferId, amount, Packet.Timeout.NEVER);
  }

  private static Packet packet(Hash32 transferId, Amount amount, Packet.Timeout timeout) {
    TransferPayload transfer =
        new TransferPayload(TransferPayload.assetId(World.ASSET), amount, Hash32.ZERO, transferId);
    return new Packet(
        World.HUB,
        World.LANE,
        1,
        Hash32.ZERO,
        0,
        timeout,
        Packet.Fee.NONE,
        Packet.Group.NONE,
        List.of(
            new Packet.Payload(
                Packet.Payload.Kind.TRANSFER,
                Bytes.EMPTY,
                TransferPayload.ENCODING,
                TransferPayload.VERSION,
                transfer.encode())));
  }
}
