package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What must hold when a credited deposit is written off, each with a bug that it must catch. */
class TakeBackInvariantsTest {
  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);

  private CoinRecord record(TransactionBody.PlanSweep of) {
    return hub.view().coin(of.chain(), of.txId(), of.outputIndex()).orElseThrow();
  }

  private TransactionBody takeBack() {
    hub.credit(1, 100_000);
    hub.planSweep(1);
    Bytes spend = TakeBacksTest.takenBack(hub, 1);
    hub.home.mine(spend);
    hub.follow(hub.home, 3);
    return new TransactionBody.SubmitTakeBack(hub.transferId(1), hub.home.claim(spend));
  }

  @Test
  void takeBacksAreProven() {
    TransactionBody body = takeBack();
    Hash32 sweep = record(hub.sweep(1)).reservedFor().orElseThrow();
    falsified.catches(Invariant.I1, body, x -> x.facts().clear());
    Step.Fact shallow = falsifiedFact(body);
    falsified.catches(
        Invariant.I6,
        body,
        x -> {
          x.facts().clear();
          x.facts()
              .add(
                  new Step.Fact(
                      hub.home.id(),
                      new ProvenFact(
                          shallow.proven().path(),
                          hub.view()
                              .release(sweep)
                              .flatMap(ReleaseRecord::plan)
                              .orElseThrow()
                              .unsigned(),
                          shallow.proven().block(),
                          shallow.proven().confirmations())));
        });
    falsified.catches(
        Invariant.I1,
        body,
        x -> {
          x.facts().clear();
          x.facts()
              .add(
                  new Step.Fact(
                      hub.home.id(),
                      new ProvenFact(
                          shallow.proven().path(),
                          shallow.proven().value(),
                          shallow.proven().block(),
                          hub.routeRecord().confirmations() - 1)));
        });
  }

  private Step.Fact falsifiedFact(TransactionBody body) {
    Execution x = falsified.execution();
    falsified.handlers().handle(x, hub.user.publicKey(), body);
    return x.facts().getFirst();
  }

  @Test
  void takeBacksReverseTheCreditAndNoMore() {
    TransactionBody body = takeBack();
    CoinRecord coin = record(hub.sweep(1));
    Hash32 sweep = coin.reservedFor().orElseThrow();
    ReleaseRecord planned = hub.view().release(sweep).orElseThrow();
    falsified.catches(Invariant.I2, body, x -> Custody.put(x, coin));
    falsified.catches(Invariant.I2, body, x -> Releases.put(x, planned));
    TransferRecord credited = hub.view().transfer(hub.transferId(1)).orElseThrow();
    falsified.catches(
        Invariant.I2,
        body,
        x ->
            x.put(
                StateKeys.transfer(credited.id()),
                credited.with(TransferRecord.State.CREDITED).encode()));
    falsified.catches(
        Invariant.I4,
        body,
        x -> Custody.supply(x, hub.asset, s -> s.deposited(Amount.of(5), Amount.of(5))));
    falsified.catches(
        Invariant.I4,
        body,
        x ->
            Custody.routeSupply(
                x,
                hub.routeId(),
                s -> new RouteSupply(s.inFlight().plus(Amount.of(1)), s.minted())));
  }

  @Test
  void whatIsSentIsNotTakenBack() {
    hub.deposit(1, 100_000);
    TransferRecord sent = hub.view().transfer(hub.transferId(1)).orElseThrow();
    TransactionBody body =
        new TransactionBody.SubmitTakeBack(
            sent.id(), new Claim(Bytes.EMPTY, Bytes.EMPTY, Bytes.EMPTY));
    Falsified.caught(
        Invariant.I3,
        body,
        falsified.execution(),
        x ->
            x.put(
                StateKeys.transfer(sent.id()),
                sent.with(TransferRecord.State.TAKEN_BACK).encode()));
  }

  /** Only a sweep that can never be executed is given up. */
  @Test
  void payoutsAreNotGivenUp() {
    TransactionBody body = takeBack();
    hub.acknowledge(hub.deposit(2, 100_000), true);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    ReleaseRecord payout =
        hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 9).stream()
            .filter(release -> release.kind().pays())
            .findFirst()
            .orElseThrow();
    falsified.catches(
        Invariant.I2, body, x -> Releases.put(x, payout.with(ReleaseRecord.State.VOID)));
    hub.credit(3, 60_000);
    Hash32 other = hub.planSweep(3);
    falsified.catches(
        Invariant.I2,
        body,
        x ->
            Releases.put(
                x, hub.view().release(other).orElseThrow().with(ReleaseRecord.State.VOID)));
  }

  @Test
  void nothingIsTakenBackInAPause() {
    TransactionBody body = takeBack();
    Execution free = falsified.execution();
    falsified.handlers().handle(free, hub.user.publicKey(), body);
    hub.send(
        hub.governance.getFirst(),
        new TransactionBody.Pause(new PauseSubject.Route(hub.routeId())));
    Falsified.caught(
        Invariant.I15,
        body,
        falsified.execution(),
        x -> {
          x.overlay().absorb(free.overlay());
          x.facts().addAll(free.facts());
        });
  }
}
