package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What must hold when coins are merged, each with a bug that it must catch. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MergeInvariantsTest {
  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);

  /**
   * A release waits for a merge that only a pause has kept from being planned, and one more deposit
   * is credited.
   */
  @BeforeAll
  void waitingForAMerge() {
    new ManyCoins(hub).bring(LongStream.generate(() -> 20_000).limit(70).toArray());
    hub.credit(100, 30_000);
    hub.submit(hub.say(hub.burned(1, 19_380, Hub.hash("another").bytes())));
    Bytes burn = hub.say(hub.burned(2, 1_300_000, Hub.hash("holder").bytes()));
    PauseSubject route = new PauseSubject.Route(hub.routeId());
    List<Receipt> receipts =
        hub.block(
                hub.sign(
                    hub.user, new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(burn))),
                hub.sign(hub.governance.getFirst(), new TransactionBody.Pause(route)))
            .receipts();
    assertThat(receipts).allMatch(Receipt::isSuccess);
  }

  /** The block's own work, on a state on which nothing is paused. */
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

  private void catchesMerge(Invariant invariant, Consumer<Execution> bug) {
    Execution good = planning();
    assertThat(merge(good).kind()).isEqualTo(ReleaseRecord.Kind.MERGE);
    assertThatCode(() -> StepInvariants.check(good.step(WriteMatrix.PLANNING)))
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

  private static ReleaseRecord merge(Execution x) {
    return planned(x, ReleaseRecord.Kind.MERGE);
  }

  private static ReleaseRecord planned(Execution x, ReleaseRecord.Kind kind) {
    return x.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 9).stream()
        .filter(release -> release.kind() == kind)
        .findFirst()
        .orElseThrow();
  }

  /** The handler's merge with another plan, script or amount under its own id. */
  private static void replan(
      Execution x, Bytes script, Amount amount, UnaryOperator<CustodyRules.ReleasePlan> change) {
    ReleaseRecord m = merge(x);
    ReleaseRecord other =
        new ReleaseRecord(
            m.kind(),
            m.routeId(),
            m.chain(),
            script,
            amount,
            m.cause(),
            m.createdAt(),
            m.createdMillis(),
            m.state(),
            m.plan().map(change),
            m.signatures(),
            m.transaction());
    x.put(StateKeys.release(m.id()), other.encode());
  }

  private static CustodyRules.ReleasePlan plan(
      CustodyRules.ReleasePlan p, List<CustodyRules.Coin> inputs, Bytes script, Amount amount) {
    return new CustodyRules.ReleasePlan(
        p.unsigned(), inputs, new CustodyRules.Payout(p.payout().id(), script, amount), p.fee());
  }

  @Test
  void mergesPayTheCommitteeAlone() {
    Bytes thief = Hub.hash("thief").bytes();
    catchesMerge(
        Invariant.I6,
        x -> {
          Amount amount = merge(x).amount();
          replan(x, thief, amount, p -> plan(p, p.inputs(), thief, amount));
        });
    catchesMerge(
        Invariant.I17,
        x -> replan(x, merge(x).script(), merge(x).amount().minus(Amount.of(1)), p -> p));
    catchesMerge(
        Invariant.I17,
        x ->
            replan(
                x,
                merge(x).script(),
                merge(x).amount(),
                p -> plan(p, p.inputs(), thief, p.payout().amount())));
  }

  @Test
  void mergesSpendFreeCoinsAlone() {
    CustodyRules.Coin deposit = record(hub.sweep(100)).coin();
    catchesMerge(
        Invariant.I2,
        x -> {
          List<CustodyRules.Coin> inputs = new ArrayList<>(merge(x).plan().orElseThrow().inputs());
          inputs.set(0, deposit);
          Amount sum = Custody.sum(inputs);
          Bytes script = merge(x).script();
          replan(x, script, sum, p -> plan(p, inputs, script, sum));
        });
    catchesMerge(
        Invariant.I2,
        x -> {
          List<CustodyRules.Coin> inputs = merge(x).plan().orElseThrow().inputs().subList(0, 5);
          Amount sum = Custody.sum(inputs);
          Bytes script = merge(x).script();
          replan(x, script, sum, p -> plan(p, inputs, script, sum));
        });
    catchesMerge(
        Invariant.I2,
        x -> Custody.put(x, record(hub.sweep(100)).reserved(Optional.of(merge(x).id()))));
    catchesMerge(
        Invariant.I2,
        x -> {
          CustodyRules.Coin coin = merge(x).plan().orElseThrow().inputs().getFirst();
          CoinRecord held =
              x.view().coin(hub.home.id(), coin.txId(), coin.outputIndex()).orElseThrow();
          Custody.put(x, held.reserved(Optional.empty()));
        });
  }

  /** A coin has one spender: what a payout holds is not merged. */
  @Test
  void mergesTakeNothingFromPayouts() {
    catchesMerge(
        Invariant.I2,
        x -> {
          CustodyRules.Coin held =
              planned(x, ReleaseRecord.Kind.WITHDRAWAL).plan().orElseThrow().inputs().getFirst();
          List<CustodyRules.Coin> inputs = new ArrayList<>(merge(x).plan().orElseThrow().inputs());
          inputs.set(0, held);
          Amount sum = Custody.sum(inputs);
          Bytes script = merge(x).script();
          replan(x, script, sum, p -> plan(p, inputs, script, sum));
          CoinRecord coin =
              x.view().coin(hub.home.id(), held.txId(), held.outputIndex()).orElseThrow();
          Custody.put(x, coin.reserved(Optional.of(merge(x).id())));
          x.put(
              StateKeys.merging(hub.home.id(), merge(x).id()),
              new CanonicalWriter()
                  .amount(Merges.brings(merge(x), merge(x).plan().orElseThrow()))
                  .toBytes());
        });
  }

  @Test
  void mergesAreListedAndPaidByTheReserve() {
    catchesMerge(
        Invariant.I6, x -> x.overlay().delete(StateKeys.merging(hub.home.id(), merge(x).id())));
    catchesMerge(
        Invariant.I6,
        x ->
            x.put(
                StateKeys.merging(hub.home.id(), merge(x).id()),
                new CanonicalWriter().amount(Amount.of(1)).toBytes()));
    catchesMerge(
        Invariant.I6,
        x ->
            x.put(
                StateKeys.merging(hub.home.id(), Hub.hash("none")),
                new CanonicalWriter().amount(Amount.of(1)).toBytes()));
    catchesMerge(
        Invariant.I4, x -> Custody.supply(x, hub.asset, supply -> supply.feePlanned(Amount.of(9))));
    catchesMerge(Invariant.I4, x -> x.overlay().delete(StateKeys.supply(hub.asset)));
  }

  /** Nobody may ask for one, and a merge is planned by the block alone. */
  @Test
  void mergesAreTheBlocksOwnWork() {
    Execution x = planning();
    TransactionBody somebody = new TransactionBody.ValidatorReady(1);
    Step asked =
        new Step(
            hub.hubId(),
            x.block(),
            new LedgerView(x.overlay().base(), hub.genesis, x.families()),
            x.view(),
            LedgerStore.changes(x.overlay()),
            List.of(),
            List.of(),
            List.of(),
            WriteMatrix.PLANNING,
            Optional.of(somebody));
    assertThatThrownBy(() -> StepInvariants.check(asked))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation -> assertThat(violation.invariant()).isEqualTo(Invariant.I9));
  }

  /** Of the coins' own chain, whatever else is paused. */
  @Test
  void nothingIsMergedInAPauseOfItsChain() {
    Execution x = planning();
    PauseSubject home = new PauseSubject.Chain(hub.home.id());
    Overlay before = new Overlay(x.overlay().base());
    before.put(StateKeys.pause(home), new PauseRecord(home, 1, true, Optional.empty(), 1).encode());
    Bytes key = StateKeys.release(merge(x).id());
    Step paused =
        new Step(
            hub.hubId(),
            x.block(),
            new LedgerView(before, hub.genesis, x.families()),
            x.view(),
            LedgerStore.changes(x.overlay()).subMap(key, Bytes.concat(key, Bytes.fromHex("00"))),
            List.of(),
            List.of(),
            List.of(),
            WriteMatrix.PLANNING,
            Optional.empty());
    assertThatThrownBy(() -> StepInvariants.check(paused))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation -> {
              assertThat(violation.invariant()).isEqualTo(Invariant.I15);
              assertThat(violation.subject()).isEqualTo(home);
            });
  }

  private CoinRecord record(TransactionBody.PlanSweep of) {
    return hub.view().coin(of.chain(), of.txId(), of.outputIndex()).orElseThrow();
  }
}
