package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Value from its home to a contract and back, step by step, with the accounts after each. */
class TransferRoundTripTest {
  private final Hub hub = Hub.ready();

  private SupplyRecord supply() {
    return hub.view().supply(hub.asset);
  }

  @Test
  void depositIsBookedAtOnceAndSendsOnePacketOnceItIsSwept() {
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    BlockResult credit =
        hub.block(
            hub.sign(
                hub.user,
                new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx))));

    Amount fee = hub.routeRecord().custodyFee();
    Amount credited = Amount.of(100_000).minus(fee);
    assertThat(credit.receipts().getFirst().isSuccess()).isTrue();
    assertThat(credit.outbox()).isEmpty();
    assertThat(transfer().state()).isEqualTo(TransferRecord.State.CREDITED);
    assertThat(transfer().deposit().orElseThrow().packetId()).isEmpty();
    assertThat(supply().locked()).isEqualTo(credited);
    assertThat(supply().inFlight()).isEqualTo(credited);
    assertThat(supply().coins()).isEqualTo(Amount.of(100_000));
    assertThat(supply().reserve()).isEqualTo(fee);

    Hash32 sweep = hub.planSweep(1);
    hub.home.mine(hub.signed(sweep));
    hub.follow(hub.home, 3);
    assertThat(hub.view().packets(Optional.empty(), 5)).as("swept, but not proven").isEmpty();
    BlockResult sent = hub.block(hub.sign(hub.user, hub.proof(sweep)));
    assertThat(sent.receipts().getFirst().isSuccess()).isTrue();
    onePacket(sent, credited);
    assertThat(transfer().state()).isEqualTo(TransferRecord.State.SENT);
    assertThat(supply().locked()).isEqualTo(credited);
    assertThat(supply().inFlight()).isEqualTo(credited);
    Amount share = fee.minus(hub.view().release(sweep).orElseThrow().plan().orElseThrow().fee());
    assertThat(supply().coins()).isEqualTo(credited.plus(share));
    assertThat(supply().reserve()).as("its share of a merge").isEqualTo(share);
    assertThat(hub.send(hub.proof(sweep)).code()).isEqualTo("release-settled");
    assertThat(hub.view().packets(Optional.empty(), 5)).hasSize(1);
  }

  private void onePacket(BlockResult block, Amount credited) {
    assertThat(block.outbox()).hasSize(1);
    var packet = block.outbox().getFirst();
    assertThat(packet.sequence()).isEqualTo(1);
    assertThat(packet.policyHash()).isEqualTo(hub.routeRecord().policyHash());
    assertThat(packet.lane()).isEqualTo(hub.routeRecord().lane());
    assertThat(TransferPayload.decode(packet.payloads().getFirst().value()))
        .isEqualTo(
            new TransferPayload(
                TransferPayload.assetId(hub.asset),
                credited,
                Hub.hash("recipient"),
                hub.transferId(1)));
    assertThat(block.outboxRoot())
        .isEqualTo(dev.trestle.proofs.MerkleTree.ofHashes(List.of(packet.id())).root());
    assertThat(hub.packetId(1)).isEqualTo(packet.id());
    PacketRecord record = hub.view().packet(packet.id()).orElseThrow();
    assertThat(record.sentAt()).isEqualTo(hub.ledger.head().height());
    assertThat(record.outboxIndex()).isZero();
    assertThat(block.events())
        .contains(
            new LedgerEvent.PacketSent(
                packet.id(), packet.lane().hash(), packet.sequence(), hub.transferId(1)));
  }

  private TransferRecord transfer() {
    return hub.view().transfer(hub.transferId(1)).orElseThrow();
  }

  @Test
  void fullCircleEndsWithNothingOwed() {
    Hash32 packet = hub.deposit(1, 100_000);
    Amount credited = supply().locked();
    assertThat(hub.acknowledge(packet, true).isSuccess()).isTrue();
    assertThat(supply().minted()).isEqualTo(credited);
    assertThat(hub.view().transfer(hub.transferId(1)).orElseThrow().state())
        .isEqualTo(TransferRecord.State.DELIVERED);

    Bytes burn = hub.say(hub.burned(1, credited.toLong(), Hub.hash("script").bytes()));
    assertThat(hub.submit(burn).isSuccess()).isTrue();
    assertThat(supply().minted()).isEqualTo(Amount.ZERO);
    assertThat(supply().pendingRelease()).isEqualTo(credited);

    Hash32 release = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    hub.settle(release);
    assertThat(hub.view().release(release).orElseThrow().state())
        .isEqualTo(ReleaseRecord.State.SETTLED);
    assertThat(supply().locked()).isEqualTo(Amount.ZERO);
    assertThat(hub.view().coins(hub.home.id(), Optional.empty(), 10))
        .as("what is left is the deposit's share of merges")
        .singleElement()
        .satisfies(coin -> assertThat(coin.coin().amount()).isEqualTo(supply().reserve()));
  }

  @Test
  void burnWaitsForCoinsUntilAReleaseGivesChange() {
    Hash32 packet = hub.deposit(1, 500_000);
    hub.acknowledge(packet, true);
    hub.submit(hub.say(hub.burned(1, 100_000, Hub.hash("a").bytes())));
    hub.submit(hub.say(hub.burned(2, 100_000, Hub.hash("b").bytes())));
    Hash32 waiting = hub.onlyRelease(ReleaseRecord.State.QUEUED);
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    assertThat(hub.onlyRelease(ReleaseRecord.State.PLANNED)).isEqualTo(waiting);
    hub.settle(waiting);
    assertThat(supply().pendingRelease()).isEqualTo(Amount.ZERO);
  }

  @Test
  void failedPacketIsPaidBackToTheRefundKeysScript() {
    Hash32 packet = hub.deposit(1, 100_000);
    hub.acknowledge(packet, false);
    assertThat(supply().refundable()).isEqualTo(supply().locked());
    Bytes script = Hub.hash("my script").bytes();
    Hash32 digest = Approvals.refund(hub.hubId(), hub.transferId(1), script);
    SchnorrSignature mine = Secp256k1.instance().signSchnorr(digest, hub.refund, Hash32.ZERO);
    SchnorrSignature foreign = Secp256k1.instance().signSchnorr(digest, hub.user, Hash32.ZERO);

    assertThat(hub.send(claim(script, foreign)).code()).isEqualTo("not-authorised");
    assertThat(hub.send(claim(Hub.hash("other").bytes(), mine)).code()).isEqualTo("not-authorised");
    hub.ok(claim(script, mine));
    assertThat(hub.send(claim(script, mine)).code()).isEqualTo("transfer-not-refundable");
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    assertThat(hub.view().transfer(hub.transferId(1)).orElseThrow().state())
        .isEqualTo(TransferRecord.State.REFUNDED);
    assertThat(supply().locked()).isEqualTo(Amount.ZERO);
  }

  private TransactionBody.ClaimRefund claim(Bytes script, SchnorrSignature signature) {
    return new TransactionBody.ClaimRefund(hub.transferId(1), script, signature);
  }

  @Test
  void creditedDepositIsSweptAtOnceAndOnce() {
    hub.credit(1, 100_000);
    TransactionBody sweep = hub.sweep(1);
    hub.ok(sweep);
    assertThat(hub.send(sweep).code()).isEqualTo("coin-reserved");
    Amount locked = supply().locked();
    hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    assertThat(hub.send(sweep).code()).isEqualTo("unknown-coin");
    assertThat(supply().locked()).isEqualTo(locked);
    assertThat(supply().coins()).isEqualTo(locked.plus(supply().reserve()));
    assertThat(supply().plannedFees()).isEqualTo(Amount.ZERO);
    assertThat(hub.view().coins(hub.home.id(), Optional.empty(), 9))
        .singleElement()
        .satisfies(
            left -> {
              assertThat(left.isDeposit()).isFalse();
              assertThat(hub.send(again(left)).code()).isEqualTo("sweep-not-needed");
            });
  }

  private TransactionBody again(CoinRecord coin) {
    return new TransactionBody.PlanSweep(
        hub.home.id(), coin.coin().txId(), coin.coin().outputIndex());
  }

  /** Credited, and not swept: a deposit pays for nothing, also while coins are short. */
  @Test
  void burnWithoutCoinsWaitsUntilTheNextSweepIsSettled() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    // takes the only coin until it is executed
    Hash32 holds = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    hub.credit(2, 100_000);
    hub.submit(hub.say(hub.burned(2, 30_000, Hub.hash("b").bytes())));
    Hash32 burn = hub.onlyRelease(ReleaseRecord.State.QUEUED);
    assertThat(hub.view().spendable(hub.home.id())).isEqualTo(Amount.ZERO);
    Hash32 sweep = hub.planSweep(2);
    hub.home.mine(hub.signed(sweep));
    hub.follow(hub.home, 3);
    assertThat(hub.onlyRelease(ReleaseRecord.State.QUEUED))
        .as("until it is proven")
        .isEqualTo(burn);

    BlockResult settled = hub.block(hub.sign(hub.user, hub.proof(sweep)));
    assertThat(settled.receipts().getFirst().isSuccess()).isTrue();
    assertThat(settled.events())
        .as("by itself")
        .contains(new LedgerEvent.ReleasePlanned(burn, ReleaseRecord.Kind.WITHDRAWAL));
    hub.settle(burn, holds);
    assertThat(supply().pendingRelease()).isEqualTo(Amount.ZERO);
    assertThat(hub.view().spendable(hub.home.id()))
        .as("the change")
        .isEqualTo(supply().locked().plus(supply().reserve()))
        .isNotEqualTo(supply().reserve());
  }

  /** Half of its delay is over, then all of it: nobody has asked for the sweep. */
  @Test
  void depositThatIsNotSweptIsNeverSent() {
    hub.credit(1, 100_000);
    SupplyRecord credited = supply();
    for (int half = 0; half < 2; half++) {
      hub.follow(hub.home, Hub.REFUND_DELAY / 2);
      assertThat(transfer().state()).isEqualTo(TransferRecord.State.CREDITED);
      assertThat(hub.view().packets(Optional.empty(), 5)).isEmpty();
      assertThat(supply()).isEqualTo(credited);
      assertThat(hub.view().spendable(hub.home.id())).isEqualTo(Amount.ZERO);
    }
  }

  /** The packet counts its lifetime from the destination's head: no client, no packet. */
  @Test
  void sweepIsSettledOnceTheDestinationsClientIsUsable() {
    hub.credit(1, 100_000);
    Hash32 sweep = hub.planSweep(1);
    hub.home.mine(hub.signed(sweep));
    hub.follow(hub.home, 3);
    hub.ok(new TransactionBody.SubmitMisbehaviour(hub.far.id(), Bytes.utf8("misbehaviour")));
    assertThat(hub.send(hub.proof(sweep)).code()).isEqualTo("client-frozen");
    assertThat(transfer().state()).isEqualTo(TransferRecord.State.CREDITED);
    long height = hub.far.height();
    hub.decide(
        new GovernanceAction.RecoverClient(
            hub.far.id(), hub.far.header(height - 1), hub.far.updateFrom(height - 1)));
    hub.ok(hub.proof(sweep));
    assertThat(transfer().state()).isEqualTo(TransferRecord.State.SENT);
  }

  @Test
  void burnThatCannotBePaidStaysBacked() {
    Hash32 packet = hub.deposit(1, 100_000);
    hub.acknowledge(packet, true);
    hub.submit(hub.say(hub.burned(1, 5_000, Hub.hash("dust").bytes())));
    hub.submit(hub.say(hub.burned(2, 50_000, Bytes.utf8("not a script"))));
    assertThat(hub.view().releases(ReleaseRecord.State.UNPAYABLE, Optional.empty(), 5)).hasSize(2);
    assertThat(supply().pendingRelease()).isEqualTo(Amount.of(55_000));
  }
}
