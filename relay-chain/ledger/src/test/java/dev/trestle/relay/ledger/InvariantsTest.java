package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.FlowRecord;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.SwapRecord;
import dev.trestle.relay.ledger.record.SwapTerms;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Every invariant with a bug that it must catch: the ledger's own handler runs, then a write of it
 * is falsified. I10 and I12 are about replicas and histories: {@link RandomHistoryTest}.
 */
class InvariantsTest {
  private static final TransactionBody PAUSE =
      new TransactionBody.Pause(new PauseSubject.Everything());

  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);
  private final Handlers handlers = falsified.handlers();

  private Execution execution() {
    return falsified.execution();
  }

  private void catches(Invariant invariant, TransactionBody body, Consumer<Execution> bug) {
    falsified.catches(invariant, body, bug);
  }

  private static void caught(
      Invariant invariant, TransactionBody body, Execution bad, Consumer<Execution> bug) {
    Falsified.caught(invariant, body, bad, bug);
  }

  private TransactionBody deposit() {
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    return new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
  }

  private TransactionBody acknowledgement() {
    return acknowledgement(1);
  }

  private TransactionBody acknowledgement(int number) {
    Hash32 packet = hub.deposit(number, 100_000);
    Bytes fact = hub.say(new ChainMessage.PacketReceived(packet, true));
    return new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact));
  }

  private TransactionBody burn() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    Bytes fact = hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes()));
    return new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact));
  }

  private TransactionBody settlement() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    Hash32 id = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    hub.home.mine(hub.signed(id));
    hub.follow(hub.home, 3);
    return hub.proof(id);
  }

  private static PacketRecord packet(Execution x) {
    return x.view().packets(Optional.empty(), 1).getFirst();
  }

  private static void put(Execution x, PacketRecord record) {
    x.put(StateKeys.packet(record.packet().id()), record.encode());
  }

  @Test
  void i1NothingWithoutProof() {
    TransactionBody deposit = deposit();
    catches(Invariant.I1, deposit, x -> x.facts().clear());
    catches(Invariant.I1, deposit, x -> weaken(x, 2));
    hub.ok(deposit);
    hub.settle(hub.planSweep(1));
    Bytes fact = hub.say(new ChainMessage.PacketReceived(hub.packetId(1), true));
    var ack = new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact));
    catches(Invariant.I1, ack, x -> x.facts().clear());
    catches(Invariant.I1, ack, x -> weaken(x, 1));
    hub.ok(ack);
    Bytes burned = hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes()));
    var burn = new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(burned));
    catches(Invariant.I1, burn, x -> x.facts().clear());
  }

  /** The fact has fewer confirmations than the policy wants. */
  private static void weaken(Execution x, long confirmations) {
    Step.Fact fact = x.facts().removeFirst();
    ProvenFact proven = fact.proven();
    x.facts()
        .add(
            new Step.Fact(
                fact.chain(),
                new ProvenFact(proven.path(), proven.value(), proven.block(), confirmations)));
  }

  @Test
  void i1NoSettlementWithoutProof() {
    catches(Invariant.I1, settlement(), x -> x.facts().clear());
  }

  @Test
  void i2OneEffect() {
    TransactionBody deposit = deposit();
    hub.ok(deposit);
    TransferRecord.Deposit paid =
        hub.view().transfer(hub.transferId(1)).orElseThrow().deposit().orElseThrow();
    Bytes credited = StateKeys.credited(hub.home.id(), paid.txId(), paid.outputIndex());
    caught(Invariant.I2, deposit, execution(), x -> x.put(credited, Hub.hash("other").bytes()));
    caught(Invariant.I2, deposit, execution(), x -> x.overlay().delete(credited));
    TransactionBody ack = acknowledgement(2);
    caught(
        Invariant.I2, ack, execution(), x -> x.overlay().delete(StateKeys.packet(hub.packetId(2))));
  }

  @Test
  void i2ReleasesAreSettledOnce() {
    TransactionBody settlement = settlement();
    Hash32 id = hub.onlyRelease(ReleaseRecord.State.READY);
    hub.ok(settlement);
    caught(
        Invariant.I2,
        settlement,
        execution(),
        x -> {
          ReleaseRecord release = x.view().release(id).orElseThrow();
          x.put(
              StateKeys.release(id),
              release
                  .with(
                      ReleaseRecord.State.SETTLED, release.plan(), List.of(), release.transaction())
                  .encode());
        });
  }

  @Test
  void i3ExactlyOneOutcome() {
    TransactionBody ack = acknowledgement();
    hub.ok(ack);
    caught(Invariant.I3, ack, execution(), x -> put(x, packet(x).with(PacketRecord.State.FAILED)));
    caught(
        Invariant.I3,
        ack,
        execution(),
        x -> {
          TransferRecord transfer = x.view().transfer(hub.transferId(1)).orElseThrow();
          x.put(
              StateKeys.transfer(transfer.id()),
              transfer.with(TransferRecord.State.REFUNDABLE).encode());
        });
  }

  /** A release that waits for long must hold nothing that its depositor can take back. */
  @Test
  void i2PayoutsHoldNoDeposits() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.credit(2, 60_000);
    CoinRecord deposit =
        hub.view().coins(hub.home.id(), Optional.empty(), 9).stream()
            .filter(CoinRecord::isDeposit)
            .findFirst()
            .orElseThrow();
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    Hash32 payout = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    catches(
        Invariant.I2,
        new TransactionBody.PlanSweep(
            hub.home.id(), deposit.coin().txId(), deposit.coin().outputIndex()),
        x -> Custody.put(x, deposit.reserved(Optional.of(payout))));
  }

  @Test
  void i4AccountsAddUp() {
    TransactionBody deposit = deposit();
    // booked twice, in every account alike
    catches(
        Invariant.I4,
        deposit,
        x -> Custody.supply(x, hub.asset, s -> s.deposited(Amount.of(5), Amount.of(5))));
    // more is owed than is locked
    catches(
        Invariant.I4,
        deposit,
        x ->
            Custody.supply(
                x,
                hub.asset,
                s ->
                    new SupplyRecord(
                        s.locked(),
                        s.inFlight(),
                        s.minted().plus(Amount.of(1)),
                        s.pendingRelease(),
                        s.refundable(),
                        s.reserve(),
                        s.plannedFees(),
                        s.coins())));
    // a route's accounts are not the asset's
    catches(
        Invariant.I4,
        deposit,
        x ->
            Custody.routeSupply(
                x,
                hub.routeId(),
                s ->
                    new dev.trestle.relay.ledger.record.RouteSupply(
                        s.inFlight().plus(Amount.of(1)), s.minted())));
    hub.ok(deposit);
    caught(
        Invariant.I4, deposit, execution(), x -> x.overlay().delete(StateKeys.supply(hub.asset)));
  }

  @Test
  void i4BurnsAreReleased() {
    catches(Invariant.I4, burn(), x -> Custody.supply(x, hub.asset, s -> s.burned(Amount.of(1))));
  }

  @Test
  void i5NoDowngrade() {
    RouteRecord route = hub.routeRecord();
    caught(
        Invariant.I5,
        hub.registerRoute(hub.route()),
        execution(),
        x ->
            x.put(
                StateKeys.route(route.id()),
                new RouteRecord(
                        route.asset(),
                        route.lane(),
                        route.minTransfer(),
                        route.maxTransfer(),
                        route.feeRate(),
                        1,
                        route.custodyFee(),
                        route.policy(),
                        route.lifetime())
                    .encode()));
  }

  @Test
  void i6RecordsSayWhatWasProven() {
    TransactionBody ack = acknowledgement();
    catches(Invariant.I6, ack, x -> put(x, packet(x).with(PacketRecord.State.FAILED)));
    hub.ok(ack);
    Bytes burned = hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes()));
    var burn = new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(burned));
    catches(
        Invariant.I6,
        burn,
        x -> {
          Bytes key = StateKeys.burn(hub.routeRecord().lane().reverse().hash(), 1);
          Bytes record = x.overlay().get(key).orElseThrow();
          x.overlay().delete(key);
          x.put(StateKeys.burn(hub.routeRecord().lane().reverse().hash(), 2), record);
        });
  }

  @Test
  void i7NothingBelowItsFloor() {
    hub.send(hub.governance.getFirst(), PAUSE);
    PauseRecord pause = hub.view().pause(new PauseSubject.Everything()).orElseThrow();
    caught(
        Invariant.I7,
        PAUSE,
        execution(),
        x ->
            x.put(
                StateKeys.pause(pause.subject()),
                new PauseRecord(pause.subject(), pause.number(), false, pause.by(), 1).encode()));
    hub.ok(hub.resume(new PauseSubject.Everything(), 3));
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    Hash32 id = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    catches(
        Invariant.I7,
        hub.signRelease(hub.view().release(id).orElseThrow(), 0),
        x -> {
          ReleaseRecord release = x.view().release(id).orElseThrow();
          Releases.put(
              x,
              release.with(
                  ReleaseRecord.State.READY,
                  release.plan(),
                  release.signatures(),
                  Optional.of(Bytes.utf8("signed by one"))));
        });
  }

  @Test
  void i7DecisionsAreApprovedAndWait() {
    GovernanceAction action = new GovernanceAction.SetLimits(hub.home.id(), Hub.LIMITS);
    long number = hub.approved(action);
    ProposalRecord proposal = hub.view().proposal(number).orElseThrow();
    var execute = new TransactionBody.ExecuteProposal(number);
    caught(
        Invariant.I7,
        execute,
        execution(),
        x -> x.put(StateKeys.proposal(number), proposal.executed().encode()));
    hub.pass(Hub.DELAY_MILLIS);
    hub.block();
    catches(
        Invariant.I7,
        execute,
        x ->
            x.put(
                StateKeys.proposal(number),
                proposal.withVote(hub.user.publicKey()).executed().encode()));
    hub.send(hub.governance.getFirst(), new TransactionBody.Propose(action));
    ProposalRecord open = hub.view().proposal(number + 1).orElseThrow();
    caught(
        Invariant.I7,
        new TransactionBody.Vote(number + 1, open.actionHash()),
        execution(),
        x -> x.put(StateKeys.proposal(number + 1), open.approved(1).encode()));
  }

  @Test
  void i8ValidatorsChangeAtBoundariesOnly() {
    ValidatorsRecord now = hub.view().validators();
    while ((hub.ledger.head().height() + 1) % Hub.EPOCH_BLOCKS == 0) {
      hub.block();
    }
    Execution x = execution();
    long next = x.block().height() + 1;
    x.put(
        StateKeys.validators(),
        new ValidatorsRecord(now.epoch() + 1, next, now.members()).encode());
    assertThatThrownBy(() -> StepInvariants.check(x.step(WriteMatrix.EPOCH)))
        .hasMessageContaining("I8");
    Execution decision = execution();
    decision.put(
        StateKeys.governance(), new GovernanceRecord(5, hub.genesis.governance()).encode());
    assertThatThrownBy(
            () -> StepInvariants.check(decision.step(new TransactionBody.ExecuteProposal(1))))
        .hasMessageContaining("I8");
  }

  @Test
  void i7NobodyCertifiesWhoWasNotWanted() {
    while ((hub.ledger.head().height() + 1) % Hub.EPOCH_BLOCKS != 0) {
      hub.block();
    }
    Execution x = execution();
    List<Genesis.Validator> others =
        Hub.keys("others", 4).stream()
            .map(key -> new Genesis.Validator(key.publicKey(), Hash32.ZERO))
            .toList();
    x.put(StateKeys.validators(), new ValidatorsRecord(1, x.block().height() + 1, others).encode());
    assertThatThrownBy(() -> StepInvariants.check(x.step(WriteMatrix.EPOCH)))
        .hasMessageContaining("I7");
  }

  @Test
  void i8TrustOnlyGrows() {
    hub.home.mine();
    TransactionBody update =
        new TransactionBody.UpdateClient(hub.home.id(), hub.home.updateFrom(hub.home.height() - 1));
    catches(
        Invariant.I8,
        update,
        x -> {
          ChainRecord chain = x.view().chain(hub.home.id()).orElseThrow();
          x.put(StateKeys.chain(hub.home.id()), chain.withHead(chain.headHeight() - 2).encode());
        });
    TransactionBody deposit = deposit();
    hub.ok(new TransactionBody.SubmitMisbehaviour(hub.home.id(), Bytes.utf8("misbehaviour")));
    caught(
        Invariant.I8,
        deposit,
        execution(),
        x ->
            x.facts()
                .add(
                    new Step.Fact(
                        hub.home.id(),
                        new ProvenFact(
                            Bytes.EMPTY, Bytes.EMPTY, new HeaderRef(1, Hub.hash("b"), 1), 9))));
    caught(
        Invariant.I8,
        update,
        execution(),
        x ->
            x.put(
                Bytes.concat(StateKeys.client(hub.home.id()), Bytes.utf8("head")),
                Bytes.utf8("thawed")));
  }

  @Test
  void i9WorkIsBounded() {
    catches(
        Invariant.I9,
        hub.openTransfer(1, 50_000),
        x -> {
          for (int i = 0; i <= StepInvariants.MAX_CHANGES; i++) {
            x.put(StateKeys.burn(Hub.hash("lane"), i), Bytes.EMPTY);
          }
        });
    catches(
        Invariant.I9,
        hub.openTransfer(1, 50_000),
        x ->
            x.put(
                StateKeys.burn(Hub.hash("lane"), 1),
                Bytes.wrap(new byte[(int) StepInvariants.MAX_VALUE_BYTES + 1])));
  }

  @Test
  void i11TheFirstLockOutlivesTheSecond() {
    SwapTerms.Leg first =
        new SwapTerms.Leg(
            hub.asset, Amount.of(5), Hub.hash("c").bytes(), Hub.hash("r").bytes(), 1_000);
    SwapTerms.Leg second =
        new SwapTerms.Leg(
            hub.asset, Amount.of(5), Hub.hash("c").bytes(), Hub.hash("r").bytes(), 1_000);
    SwapTerms terms = new SwapTerms(Hub.hash("secret"), first, second);
    var signature = hub.approve(Hub.hash("id"), 1).getFirst();
    caught(
        Invariant.I11,
        new TransactionBody.AgreeSwap(
            terms, hub.user.publicKey(), hub.refund.publicKey(), signature, signature),
        execution(),
        x ->
            x.put(
                StateKeys.swap(Hub.hash("id")),
                new SwapRecord(
                        Hub.hash("id"), terms, hub.user.publicKey(), hub.refund.publicKey(), 1)
                    .encode()));
  }

  @Test
  void i13LimitsHold() {
    TransactionBody deposit = deposit();
    Bytes key = StateKeys.flow(true, hub.home.id(), hub.asset);
    catches(Invariant.I13, deposit, x -> x.overlay().delete(key));
    catches(
        Invariant.I13,
        deposit,
        x -> {
          FlowRecord flow = FlowRecord.decode(x.overlay().get(key).orElseThrow());
          x.put(key, new FlowRecord(flow.window(), Amount.of(1)).encode());
        });
    catches(
        Invariant.I13,
        deposit,
        x ->
            x.put(
                StateKeys.flow(false, hub.home.id(), hub.asset),
                new FlowRecord(1, Amount.of(1)).encode()));
  }

  @Test
  void i14MessagesCannotReachGovernance() {
    TransactionBody ack = acknowledgement();
    ChainRecord chain = hub.view().chain(hub.far.id()).orElseThrow();
    catches(
        Invariant.I14,
        ack,
        x -> x.put(StateKeys.chain(hub.far.id()), chain.withHead(chain.headHeight() + 1).encode()));
    catches(
        Invariant.I14,
        ack,
        x -> Pauses.pause(x, hub.governance.getFirst().publicKey(), (TransactionBody.Pause) PAUSE));
    catches(Invariant.I14, ack, x -> x.put(Bytes.fromHex("ff00"), Bytes.EMPTY));
  }

  @Test
  void i15NothingInAPause() {
    TransactionBody deposit = deposit();
    TransactionBody open = hub.openTransfer(2, 50_000);
    Execution free = execution();
    handlers.handle(free, hub.user.publicKey(), deposit);
    Execution opened = execution();
    handlers.handle(opened, hub.user.publicKey(), open);
    for (PauseSubject subject :
        List.of(
            new PauseSubject.Everything(),
            new PauseSubject.Chain(hub.home.id()),
            new PauseSubject.Chain(hub.far.id()),
            new PauseSubject.Route(hub.routeId()))) {
      hub.send(hub.governance.getFirst(), new TransactionBody.Pause(subject));
      // what a handler would write that forgets to look for the pause
      for (Execution done : List.of(free, opened)) {
        caught(
            Invariant.I15,
            done == free ? deposit : open,
            execution(),
            x -> {
              x.overlay().absorb(done.overlay());
              x.facts().addAll(done.facts());
            });
      }
      hub.ok(hub.resume(subject, 3));
    }
  }

  @Test
  void i17CreditAndFeeAreTheDeposit() {
    catches(
        Invariant.I17,
        deposit(),
        x -> {
          TransferRecord transfer = x.view().transfer(hub.transferId(1)).orElseThrow();
          TransferRecord.Deposit d = transfer.deposit().orElseThrow();
          TransferRecord.Deposit more =
              new TransferRecord.Deposit(
                  d.txId(),
                  d.outputIndex(),
                  d.amount().plus(Amount.of(1)),
                  d.credited(),
                  d.height(),
                  d.packetId());
          x.put(
              StateKeys.transfer(transfer.id()),
              transfer.with(transfer.state(), Optional.of(more), Optional.empty()).encode());
        });
  }
}
