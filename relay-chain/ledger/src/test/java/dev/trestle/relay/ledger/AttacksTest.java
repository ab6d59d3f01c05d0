package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeClient;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.fake.FakeFamily;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Attacks on custody and on the running of the chain that were found by looking for them. */
@Tag("exploit-regression")
class AttacksTest {
  private final Hub hub = Hub.ready();

  /** One member pauses until the refund delay is over, and the depositor takes the coin back. */
  @Test
  void pauseDoesNotGiveCreditedCoinsBackToTheirDepositor() {
    hub.credit(1, 100_000);
    TransactionBody sweep = hub.sweep(1);
    PauseSubject everything = new PauseSubject.Everything();
    hub.send(hub.attestKeys.getFirst(), new TransactionBody.Pause(everything));
    Hash32 id = hub.planSweep(1);
    hub.home.mine(hub.signed(id));
    assertThat(hub.send(hub.proof(id)).code()).as("it would send the packet").isEqualTo("paused");
    hub.ok(hub.resume(everything, 3));
    hub.follow(hub.home, 3);
    hub.ok(hub.proof(id));
    assertThat(hub.send(sweep).code()).isEqualTo("unknown-coin");
    assertThat(hub.acknowledge(hub.packetId(1), true).isSuccess()).isTrue();
  }

  /**
   * In a pause nobody brings headers. The depositor takes the deposit back when its delay is over,
   * and after the pause brings only so many headers that the deposit looks young. The transfer is
   * opened after that: where it will be paid is known before.
   */
  @Test
  void depositIsNotCreditedByAClientThatIsFarBehindItsChain() {
    PauseSubject chain = new PauseSubject.Chain(hub.home.id());
    hub.send(hub.attestKeys.getFirst(), new TransactionBody.Pause(chain));
    long known = hub.home.height();
    CustodyRules.DepositTerms terms =
        new CustodyRules.DepositTerms(
            hub.transferId(1), hub.refund.publicKey().xOnly(), Hub.REFUND_DELAY);
    Bytes script =
        new FakeCustody()
            .depositLock(hub.home.id(), hub.genesis.committee().custody(), terms)
            .orThrow()
            .script();
    Bytes tx = FakeChain.payment(7, new FakeCustody.Tx.Out(script, Amount.of(100_000))).encode();
    hub.home.mine(tx);
    hub.home.mine();
    hub.home.mine();
    var young = new TransactionBody.UpdateClient(hub.home.id(), hub.home.updateFrom(known));
    hub.home.pass(FakeClient.STALE_SECONDS);
    hub.pass(1_000 * FakeClient.STALE_SECONDS);
    for (int i = 0; i < Hub.REFUND_DELAY; i++) {
      hub.home.mine();
    }
    hub.ok(hub.resume(chain, 3));

    hub.ok(young);
    hub.ok(hub.openTransfer(1, 100_000));
    var submit = new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    assertThat(hub.send(submit).code()).isEqualTo("client-stale");
    hub.update(hub.home);
    assertThat(hub.send(submit).code()).isEqualTo("deposit-too-old");
    hub.deposit(2, 100_000);
  }

  /**
   * A release is planned, then one member pauses until a refund delay is over. A deposit that the
   * release held could not be swept, and its depositor would take it back: tokens would stand
   * against nothing, and the release could never be paid. So it holds none, and the deposit is out
   * of reach before its delay is over.
   */
  @Test
  void releaseThatStallsLongerThanARefundDelayHoldsNoDeposit() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    // larger than the coin at rest: the first choice of a plan that may take it
    hub.credit(2, 200_000);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("victim").bytes())));
    Hash32 stalled = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    PauseSubject everything = new PauseSubject.Everything();
    hub.send(hub.attestKeys.getFirst(), new TransactionBody.Pause(everything));
    assertThat(hub.send(hub.signRelease(hub.view().release(stalled).orElseThrow(), 0)).code())
        .isEqualTo("paused");

    assertThat(hub.view().coins(hub.home.id(), Optional.empty(), 9))
        .filteredOn(coin -> coin.reservedFor().equals(Optional.of(stalled)))
        .isNotEmpty()
        .noneMatch(CoinRecord::isDeposit);
    Hash32 sweep = hub.planSweep(2);
    hub.home.mine(hub.signed(sweep));
    for (int i = 0; i < Hub.REFUND_DELAY; i++) {
      hub.home.mine();
    }
    hub.ok(hub.resume(everything, 3));
    hub.update(hub.home);
    assertThat(hub.view().packets(Optional.empty(), 9)).as("nothing sent in between").hasSize(1);
    hub.ok(hub.proof(sweep));
    assertThat(hub.acknowledge(hub.packetId(2), true).isSuccess()).isTrue();
    assertThat(hub.view().coins(hub.home.id(), Optional.empty(), 9))
        .as("whatever stands behind the tokens is the committee's alone")
        .hasSize(2)
        .noneMatch(CoinRecord::isDeposit);
    hub.settle(stalled);
  }

  /**
   * Two members of the committee, one more than may be bad, sign no sweeps, and a depositor takes a
   * deposit back that was credited. Nothing was minted for it, so nobody else loses anything.
   */
  @Test
  void depositThatIsTakenBackBecauseSweepsAreNotSignedWasNeverMinted() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    Amount minted = hub.view().supply(hub.asset).minted();
    hub.credit(2, 200_000);
    Hash32 sweep = hub.planSweep(2);
    for (int member = 0; member < 2; member++) {
      hub.ok(hub.signRelease(hub.view().release(sweep).orElseThrow(), member));
    }
    hub.follow(hub.home, Hub.REFUND_DELAY);
    Bytes takenBack = depositor(hub.sweep(2), 200_000).encode();
    hub.home.mine(takenBack);
    hub.follow(hub.home, 3);

    var notTheSweep = new TransactionBody.SubmitRelease(sweep, hub.home.claim(takenBack));
    assertThat(hub.send(notTheSweep).code()).isEqualTo("plan-mismatch");
    TransferRecord transfer = hub.view().transfer(hub.transferId(2)).orElseThrow();
    assertThat(transfer.state()).isEqualTo(TransferRecord.State.CREDITED);
    assertThat(transfer.deposit().orElseThrow().packetId()).isEmpty();
    assertThat(hub.view().packets(Optional.empty(), 9)).hasSize(1);
    assertThat(hub.view().supply(hub.asset).minted()).isEqualTo(minted);

    hub.submit(hub.say(hub.burned(1, minted.toLong(), Hub.hash("holder").bytes())));
    Hash32 payout =
        hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 9).stream()
            .map(ReleaseRecord::id)
            .filter(id -> !id.equals(sweep))
            .findFirst()
            .orElseThrow();
    hub.settle(payout);
    assertThat(hub.view().supply(hub.asset).minted()).isEqualTo(Amount.ZERO);
    assertThat(hub.view().supply(hub.asset).pendingRelease()).isEqualTo(Amount.ZERO);
    hub.ok(new TransactionBody.SubmitTakeBack(hub.transferId(2), hub.home.claim(takenBack)));
    assertThat(hub.view().supply(hub.asset).locked()).as("nothing is owed").isEqualTo(Amount.ZERO);
    Hash32 later = hub.deposit(3, 50_000);
    assertThat(hub.acknowledge(later, true).isSuccess()).isTrue();
  }

  /** Spends a deposit through its refund path. */
  private static FakeCustody.Tx depositor(TransactionBody.PlanSweep coin, long amount) {
    return new FakeCustody.Tx(
        List.of(Custody.outpoint(coin.txId().bytes(), coin.outputIndex())),
        List.of(new FakeCustody.Tx.Out(Hub.hash("depositor").bytes(), Amount.of(amount))));
  }

  @Test
  void pauseStopsTheSigningOfWithdrawals() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    ReleaseRecord planned =
        hub.view().release(hub.onlyRelease(ReleaseRecord.State.PLANNED)).orElseThrow();
    for (PauseSubject subject :
        List.of(new PauseSubject.Chain(hub.home.id()), new PauseSubject.Route(hub.routeId()))) {
      hub.send(hub.attestKeys.getFirst(), new TransactionBody.Pause(subject));
      assertThat(hub.send(hub.signRelease(planned, 0)).code()).isEqualTo("paused");
      hub.ok(hub.resume(subject, 3));
    }
    hub.ok(hub.signRelease(planned, 0));
  }

  /** More burns than one block looks at, too large for the coins there are, stand in front. */
  @Test
  void releasesThatCannotBePlannedDoNotKeepOthersWaitingForEver() {
    for (int i = 1; i <= 3; i++) {
      hub.acknowledge(hub.deposit(i, 1_000_000), true);
    }
    // each takes a whole coin until it is executed
    for (int i = 1; i <= 3; i++) {
      hub.submit(hub.say(hub.burned(i, 30_000, Hub.hash("thief").bytes())));
    }
    assertThat(hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 9)).hasSize(3);
    for (int i = 4; i <= 43; i++) {
      hub.submit(hub.say(hub.burned(i, 60_000, Hub.hash("thief").bytes())));
    }
    Bytes script = Hub.hash("victim").bytes();
    hub.submit(hub.say(hub.burned(44, 30_000, script)));
    hub.deposit(4, 50_000);
    for (int i = 0; i < 8; i++) {
      hub.block();
    }
    assertThat(hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 9))
        .hasSize(4)
        .extracting(ReleaseRecord::script)
        .contains(script);
  }

  /** A packet's id can be computed before it is sent; a lying destination may name it at once. */
  @Test
  void destinationThatAcknowledgesAPacketTooEarlyDoesNotStopTheChain() {
    hub.credit(1, 100_000);
    Hash32 sweep = hub.planSweep(1);
    hub.home.mine(hub.signed(sweep));
    hub.follow(hub.home, 3);
    TransactionBody proof = hub.proof(sweep);
    Hash32 packet = hub.execute(hub.sign(hub.user, proof)).outbox().getFirst().id();
    Bytes early = hub.say(new ChainMessage.PacketReceived(packet, true));
    var message = new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(early));
    BlockResult both = hub.block(hub.sign(hub.user, proof), hub.sign(hub.refund, message));
    assertThat(both.receipts()).extracting(Receipt::code).containsExactly("ok", "unknown-packet");
    assertThat(hub.submit(early).isSuccess()).isTrue();
  }

  /** A thief's many small deposits pay for a burn that takes the victims' large coin away. */
  @Test
  void manySmallDepositsDoNotFreezeALargeRelease() {
    new ManyCoins(hub)
        .bring(LongStream.rangeClosed(0, 60).map(i -> i == 0 ? 1_000_000 : 20_000).toArray());
    hub.submit(hub.say(hub.burned(1, 990_000, Hub.hash("thief").bytes())));
    Hash32 thiefs = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    hub.submit(hub.say(hub.burned(2, 990_000, Hub.hash("victim").bytes())));
    assertThat(hub.view().releases(ReleaseRecord.State.QUEUED, Optional.empty(), 9)).isEmpty();
    assertThat(hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 9))
        .filteredOn(release -> !release.id().equals(thiefs))
        .singleElement()
        .satisfies(
            release -> assertThat(release.plan().orElseThrow().inputs()).hasSizeGreaterThan(48));
  }

  /** Anyone may send an approved registration that failed again; each is a whole dry run. */
  @Test
  void failedRegistrationsSentAgainDoNotFillABlockWithWork() {
    FakeChain third = new FakeChain("eip155:3");
    third.mine();
    TransactionBody body =
        hub.approved(
            Hub.unsigned(third, Optional.empty(), FakeFamily.TYPE, Bytes.utf8("no headers")), 3);
    long nonce = hub.view().nonce(hub.user.publicKey());
    List<Receipt> receipts =
        hub.block(
                IntStream.range(0, 12)
                    .mapToObj(i -> Transaction.sign(hub.hubId(), hub.user, nonce + i, body))
                    .toArray(Transaction[]::new))
            .receipts();
    assertThat(receipts.getFirst().code()).isEqualTo("sample-refused");
    assertThat(receipts.subList(10, 12)).extracting(Receipt::code).containsOnly("budget-exhausted");
  }
}
