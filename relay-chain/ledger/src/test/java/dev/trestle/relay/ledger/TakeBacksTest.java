package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Credited deposits that are spent by another transaction than their sweep. */
@Tag("exploit-regression")
class TakeBacksTest {
  private final Hub hub = Hub.ready();

  /** A transaction of the depositor that spends the deposit of a credited transfer. */
  static Bytes takenBack(Hub hub, int number) {
    TransactionBody.PlanSweep coin = hub.sweep(number);
    return new FakeCustody.Tx(
            List.of(Custody.outpoint(coin.txId().bytes(), coin.outputIndex())),
            List.of(new FakeCustody.Tx.Out(Hub.hash("depositor").bytes(), Amount.of(7_000))))
        .encode();
  }

  private TransactionBody.SubmitTakeBack proof(int number, Bytes transaction) {
    return new TransactionBody.SubmitTakeBack(hub.transferId(number), hub.home.claim(transaction));
  }

  private String submit(int number, Bytes transaction) {
    return hub.send(proof(number, transaction)).code();
  }

  private Bytes mined(Bytes transaction) {
    hub.home.mine(transaction);
    hub.follow(hub.home, 3);
    return transaction;
  }

  private TransferRecord transfer(int number) {
    return hub.view().transfer(hub.transferId(number)).orElseThrow();
  }

  private SupplyRecord supply() {
    return hub.view().supply(hub.asset);
  }

  @Test
  void depositWithoutASweepIsWrittenOff() {
    hub.acknowledge(hub.deposit(1, 80_000), true);
    SupplyRecord before = supply();
    RouteSupply route = hub.view().routeSupply(hub.routeId());
    hub.credit(2, 100_000);
    assertThat(supply()).isNotEqualTo(before);
    Bytes spend = mined(takenBack(hub, 2));
    Receipt receipt = hub.ok(proof(2, spend));
    assertThat(receipt.events()).singleElement().isInstanceOf(LedgerEvent.DepositTakenBack.class);
    assertThat(transfer(2).state()).isEqualTo(TransferRecord.State.TAKEN_BACK);
    assertThat(supply()).isEqualTo(before);
    assertThat(hub.view().routeSupply(hub.routeId())).isEqualTo(route);
    assertThat(submit(2, spend)).isEqualTo("transfer-not-credited");
    assertThat(hub.view().packets(Optional.empty(), 9)).hasSize(1);
  }

  @Test
  void sweepThatIsPlannedOrReadyIsVoid() {
    SupplyRecord before = supply();
    for (int number = 1; number <= 2; number++) {
      hub.credit(number, 100_000);
      Hash32 sweep = hub.planSweep(number);
      for (int member = 0; number == 2 && member < 3; member++) {
        hub.ok(hub.signRelease(hub.view().release(sweep).orElseThrow(), member));
      }
      ReleaseRecord planned = hub.view().release(sweep).orElseThrow();
      assertThat(planned.state())
          .isEqualTo(number == 1 ? ReleaseRecord.State.PLANNED : ReleaseRecord.State.READY);
      Bytes spend = mined(takenBack(hub, number));
      hub.ok(proof(number, spend));
      assertThat(hub.view().release(sweep).orElseThrow().state())
          .isEqualTo(ReleaseRecord.State.VOID);
      assertThat(supply()).as("its fee is back in the reserve, and gone").isEqualTo(before);
      assertThat(hub.send(hub.signRelease(planned, 3)).code()).isEqualTo("release-not-planned");
      assertThat(hub.send(new TransactionBody.SubmitRelease(sweep, hub.home.claim(spend))).code())
          .isEqualTo("release-not-planned");
      assertThat(hub.send(new TransactionBody.PlanSweep(hub.home.id(), Hub.hash("x"), 0)).code())
          .isEqualTo("unknown-coin");
    }
  }

  /** The committee's own sweep is no reason to write the deposit off, mined or not. */
  @Test
  void sweepTakesNothingBack() {
    hub.credit(1, 100_000);
    Hash32 sweep = hub.planSweep(1);
    Bytes transaction = mined(hub.signed(sweep));
    assertThat(submit(1, transaction)).isEqualTo("deposit-swept");
    hub.ok(hub.proof(sweep));
    assertThat(submit(1, transaction)).as("sent").isEqualTo("transfer-not-credited");
    assertThat(transfer(1).state()).isEqualTo(TransferRecord.State.SENT);
  }

  @Test
  void whatDoesNotSpendTheDepositIsRefused() {
    hub.credit(1, 100_000);
    hub.credit(2, 100_000);
    Bytes other = mined(takenBack(hub, 2));
    assertThat(submit(1, other)).isEqualTo("deposit-not-spent");
    Bytes payment =
        mined(
            FakeChain.payment(
                    77, new FakeCustody.Tx.Out(Hub.hash("somebody").bytes(), Amount.of(9_000)))
                .encode());
    assertThat(submit(1, payment)).isEqualTo("deposit-not-spent");
    assertThat(submit(1, mined(Bytes.utf8("no transaction")))).isEqualTo("deposit-not-spent");
    assertThat(submit(3, other)).isEqualTo("unknown-transfer");
    hub.ok(hub.openTransfer(3, 50_000));
    assertThat(submit(3, other)).isEqualTo("transfer-not-credited");
  }

  /** As deep as the route demands, proven by the client, and not in a pause. */
  @Test
  void proofIsHeldToTheRoute() {
    hub.credit(1, 100_000);
    Bytes spend = takenBack(hub, 1);
    hub.home.mine(spend);
    hub.follow(hub.home, 1);
    assertThat(submit(1, spend)).isEqualTo("not-enough-confirmations");
    hub.follow(hub.home, 3);
    PauseSubject route = new PauseSubject.Route(hub.routeId());
    hub.send(hub.governance.getFirst(), new TransactionBody.Pause(route));
    assertThat(submit(1, spend)).isEqualTo("paused");
    hub.ok(hub.resume(route, 3));
    PauseSubject chain = new PauseSubject.Chain(hub.home.id());
    hub.send(hub.governance.getFirst(), new TransactionBody.Pause(chain));
    assertThat(submit(1, spend)).isEqualTo("paused");
    hub.ok(hub.resume(chain, 3));
    hub.ok(proof(1, spend));
  }

  /** What was written off is not credited once more, to this transfer or another one. */
  @Test
  void depositIsNotCreditedAgain() {
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes paid = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    var deposit = new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(paid));
    hub.ok(deposit);
    hub.ok(proof(1, mined(takenBack(hub, 1))));
    assertThat(hub.send(deposit).code()).isEqualTo("transfer-not-open");
    assertThat(hub.send(hub.openTransfer(1, 100_000)).outcome())
        .isEqualTo(Receipt.Outcome.EXISTING);
    assertThat(supply()).isEqualTo(SupplyRecord.NONE);
  }
}
