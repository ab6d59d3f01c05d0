package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What a holder burned is not lost to the fees of many small coins. */
class FurtherCoinsTest {
  /** Of a fake transaction, at one unit a byte: its own, that of a coin, that of its change. */
  private static final long BASE = 100;

  private static final long COIN = 60;
  private static final long CHANGE = 40;

  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);

  private SupplyRecord supply() {
    return hub.view().supply(hub.asset);
  }

  private long rate() {
    return hub.view().route(hub.routeId()).map(RouteRecord::feeRate).orElseThrow();
  }

  private void burn(long sequence, long amount) {
    assertThat(hub.submit(hub.say(hub.burned(sequence, amount, holder()))).code()).isEqualTo("ok");
  }

  private static Bytes holder() {
    return Hub.hash("holder").bytes();
  }

  @Test
  void recipientPaysForOneCoinAndTheReserveForTheOthers() {
    new ManyCoins(hub).bring(20_000, 20_000, 20_000, 20_000, 20_000, 20_000);
    Amount reserve = supply().reserve();
    burn(1, 70_000);
    Hash32 id = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    CustodyRules.ReleasePlan plan =
        hub.view().release(id).flatMap(ReleaseRecord::plan).orElseThrow();
    assertThat(hub.view().release(id).flatMap(ReleaseRecord::fee))
        .contains(Amount.of(rate() * (BASE + COIN + CHANGE)));
    Amount further = Amount.of((plan.inputs().size() - 1) * COIN * rate());
    assertThat(plan.inputs()).hasSize(4);
    assertThat(plan.payout().amount().minus(plan.fee()))
        .as("what the holder gets")
        .isEqualTo(Amount.of(70_000 - rate() * (BASE + COIN + CHANGE)));
    assertThat(supply().reserve()).isEqualTo(reserve.minus(further));
    assertThat(supply().plannedFees()).isEqualTo(further);

    hub.settle(id);
    assertThat(supply().reserve()).isEqualTo(reserve.minus(further));
    assertThat(supply().plannedFees()).isEqualTo(Amount.ZERO);
    assertThat(supply().pendingRelease()).isEqualTo(Amount.ZERO);
    assertThat(supply().isConserved()).isTrue();
  }

  /** The holders who come last are paid as those before them: nothing is left that cannot be. */
  @Test
  void allThatWasCreditedIsPaidOut() {
    new ManyCoins(hub).bring(20_000, 20_000, 20_000, 20_000, 20_000);
    long all = supply().minted().toLong();
    for (int sequence = 1; sequence <= 4; sequence++) {
      burn(sequence, all / 4);
      hub.settle(hub.onlyRelease(ReleaseRecord.State.PLANNED));
    }
    assertThat(supply().locked().toLong()).isEqualTo(all % 4);
    assertThat(supply().pendingRelease()).isEqualTo(Amount.ZERO);
    assertThat(supply().isConserved()).isTrue();
  }

  /** A payout of four coins that only a pause has kept from being planned. */
  private Execution planning() {
    Execution x = falsified.execution();
    x.overlay().delete(StateKeys.pause(new PauseSubject.Route(hub.routeId())));
    Execution above =
        new Execution(
            hub.genesis,
            hub.hubId(),
            x.families(),
            x.block(),
            x.overlay(),
            new Budget(1_000_000),
            0);
    assertThat(falsified.handlers().planWaiting(above, hub.home.id())).isTrue();
    return above;
  }

  private void catches(Invariant invariant, Consumer<Execution> bug) {
    assertThatCode(() -> StepInvariants.check(planning().step(WriteMatrix.PLANNING)))
        .doesNotThrowAnyException();
    Execution bad = planning();
    bug.accept(bad);
    assertThatThrownBy(() -> StepInvariants.check(bad.step(WriteMatrix.PLANNING)))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant())
                    .as(String.valueOf(violation.getMessage()))
                    .isEqualTo(invariant));
  }

  /** The handler's plan with {@code more} on top of what the reserve pays. */
  private void pay(Execution x, long more) {
    ReleaseRecord release =
        x.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 1).getFirst();
    CustodyRules.ReleasePlan plan = release.plan().orElseThrow();
    CustodyRules.Payout payout =
        new CustodyRules.Payout(
            release.id(),
            release.script(),
            new Amount(plan.payout().amount().value().add(BigInteger.valueOf(more))));
    Releases.put(
        x,
        release.with(
            ReleaseRecord.State.PLANNED,
            Optional.of(
                new CustodyRules.ReleasePlan(plan.unsigned(), plan.inputs(), payout, plan.fee())),
            List.of(),
            Optional.empty()));
  }

  @Test
  void i17TheReservePaysWhatFurtherCoinsCost() {
    new ManyCoins(hub).bring(20_000, 20_000, 20_000, 20_000, 20_000, 20_000);
    Bytes burn = hub.say(hub.burned(1, 70_000, holder()));
    List<Receipt> receipts =
        hub.block(
                hub.sign(
                    hub.user, new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(burn))),
                hub.sign(
                    hub.governance.getFirst(),
                    new TransactionBody.Pause(new PauseSubject.Route(hub.routeId()))))
            .receipts();
    assertThat(receipts).allMatch(Receipt::isSuccess);
    catches(Invariant.I17, x -> pay(x, 1));
    catches(Invariant.I17, x -> pay(x, -1));
    catches(Invariant.I17, x -> pay(x, -70_001));
    catches(
        Invariant.I4,
        x -> {
          Amount planned = x.view().supply(hub.asset).plannedFees();
          Custody.supply(
              x,
              hub.asset,
              s ->
                  new SupplyRecord(
                      s.locked(),
                      s.inFlight(),
                      s.minted(),
                      s.pendingRelease(),
                      s.refundable(),
                      s.reserve().plus(planned),
                      Amount.ZERO,
                      s.coins()));
        });
  }
}
