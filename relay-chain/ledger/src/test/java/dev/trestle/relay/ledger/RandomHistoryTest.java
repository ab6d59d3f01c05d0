package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.relay.ledger.fake.FakeCustody;
import dev.trestle.relay.ledger.fake.FakeMessages;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Seeded random histories. After each block the accounts are recomputed from all records, apart
 * from the ledger's own check; a ledger with a seeded bug must be stopped by that check.
 */
class RandomHistoryTest {
  private static final int STEPS = 300;

  /** Steps after which a transfer that was not paid has come to its end. */
  private static final int STEPS_OF_A_LIFE = 160;

  private static final class History {
    final Random random;
    final Hub hub;
    final List<Bytes> deposits = new ArrayList<>();
    final List<Hash32> depositFor = new ArrayList<>();
    final List<Bytes> messages = new ArrayList<>();
    final Set<Bytes> heard = new HashSet<>();
    final List<Hash32> packets = new ArrayList<>();
    final Map<Hash32, Bytes> executed = new HashMap<>();

    /** By transfer: what took its deposit back. */
    final Map<Hash32, Bytes> takenBack = new HashMap<>();

    final Map<String, Integer> outcomes = new HashMap<>();
    int transfers;
    long burns;

    History(long seed, Hub hub) {
      this.random = new Random(seed);
      this.hub = hub;
      hub.setUp();
    }

    String run(TransactionBody body) {
      Receipt receipt = hub.send(body);
      count(body.getClass().getSimpleName() + " " + receipt.code());
      if (receipt.isSuccess() && body instanceof TransactionBody.SubmitRelease proof) {
        count(hub.view().release(proof.releaseId()).orElseThrow().kind() + " paid");
      }
      for (LedgerEvent event : receipt.events()) {
        if (event instanceof LedgerEvent.PacketSent sent) {
          packets.add(sent.packetId());
        }
      }
      return receipt.code();
    }

    void count(String what) {
      outcomes.merge(what, 1, Integer::sum);
    }

    <T> Optional<T> any(List<T> list) {
      return list.isEmpty() ? Optional.empty() : Optional.of(list.get(random.nextInt(list.size())));
    }

    /** Four times of five one that a history goes on with, if there is one. */
    <T> Optional<T> any(List<T> list, Predicate<T> goesOn) {
      List<T> better = list.stream().filter(goesOn).toList();
      return any(better.isEmpty() || random.nextInt(5) == 0 ? list : better);
    }

    void step() {
      hub.pass(TransferLimits.DEFAULT.lifetimeMillis() / STEPS_OF_A_LIFE);
      List<Runnable> moves =
          List.of(
              this::open,
              this::pay,
              () -> hub.follow(hub.home, 1 + random.nextInt(3)),
              () -> hub.follow(hub.home, 1 + random.nextInt(3)),
              this::submitDeposit,
              this::submitDeposit,
              this::receive,
              this::burn,
              this::submitMessage,
              this::submitMessage,
              this::submitMessage,
              this::signReleases,
              this::signReleases,
              this::signReleases,
              this::signReleases,
              this::executeRelease,
              this::executeRelease,
              this::submitRelease,
              this::submitRelease,
              this::submitRelease,
              this::sweep,
              this::sweep,
              random.nextInt(6) == 0 ? this::takeBack : this::submitTakeBack,
              this::claimRefund,
              this::pauseAndResume);
      moves.get(random.nextInt(moves.size())).run();
    }

    /** Those that were not paid come to their end, and new ones take their place. */
    void open() {
      int over = expired();
      run(hub.openTransfer(random.nextInt(transfers + 1), 20_000 + random.nextInt(300_000)));
      transfers = Math.min(transfers + 1, 12 + over);
    }

    int expired() {
      return (int)
          hub.view().transfers(Optional.empty(), 1_000).stream()
              .filter(transfer -> transfer.state() == TransferRecord.State.EXPIRED)
              .count();
    }

    void pay() {
      any(
              hub.view().transfers(Optional.empty(), 50),
              transfer -> transfer.state() == TransferRecord.State.OPEN)
          .ifPresent(
              transfer -> {
                Hash32 id = transfer.id();
                long amount = transfer.amount().toLong() + random.nextInt(3) - 1;
                deposits.add(hub.pay(id, amount));
                depositFor.add(id);
                hub.update(hub.home);
              });
    }

    void submitDeposit() {
      any(IntStream.range(0, deposits.size()).boxed().toList(), this::isUncredited)
          .ifPresent(
              which -> {
                Hash32 id =
                    random.nextInt(5) == 0
                        ? hub.transferId(random.nextInt(12))
                        : depositFor.get(which);
                run(new TransactionBody.SubmitDeposit(id, hub.home.claim(deposits.get(which))));
              });
    }

    boolean isUncredited(int deposit) {
      return hub.view().transfer(depositFor.get(deposit)).orElseThrow().state()
          == TransferRecord.State.OPEN;
    }

    void receive() {
      any(packets, packet -> !executed.containsKey(packet))
          .ifPresent(
              packet ->
                  say(
                      executed.computeIfAbsent(
                          packet,
                          id ->
                              FakeMessages.fact(
                                  Hub.CONTRACT,
                                  new ChainMessage.PacketReceived(id, random.nextInt(4) != 0)))));
    }

    void burn() {
      long minted = hub.view().routeSupply(hub.routeId()).minted().toLong();
      if (minted > 0) {
        long amount = 1 + random.nextLong(Math.max(1, minted));
        Bytes script =
            random.nextInt(10) == 0 ? Bytes.utf8("bad") : Hub.hash("out " + burns).bytes();
        burns++;
        say(FakeMessages.fact(Hub.CONTRACT, hub.burned(burns, amount, script)));
      }
    }

    void say(Bytes fact) {
      hub.far.mine(fact);
      messages.add(fact);
      hub.follow(hub.far, 1 + random.nextInt(2));
    }

    void submitMessage() {
      any(messages, fact -> !heard.contains(fact))
          .ifPresent(
              fact -> {
                String code =
                    run(new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact)));
                if (!code.equals("paused") && !code.equals("not-enough-confirmations")) {
                  heard.add(fact);
                }
              });
    }

    void signReleases() {
      any(hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 20))
          .ifPresent(
              release -> {
                int first = random.nextInt(4);
                for (int i = random.nextInt(4); i >= 0; i--) {
                  run(hub.signRelease(release, (first + i) % 4));
                }
              });
    }

    void executeRelease() {
      any(
              hub.view().releases(ReleaseRecord.State.READY, Optional.empty(), 20),
              release -> !executed.containsKey(release.id()))
          .filter(release -> !isTakenBack(release))
          .ifPresent(
              release -> {
                Bytes tx = release.transaction().orElseThrow();
                if (executed.putIfAbsent(release.id(), tx) == null) {
                  hub.home.mine(tx);
                  hub.update(hub.home);
                }
              });
    }

    void submitRelease() {
      List<ReleaseRecord> all = new ArrayList<>();
      for (ReleaseRecord.State state : ReleaseRecord.State.values()) {
        all.addAll(hub.view().releases(state, Optional.empty(), 50));
      }
      any(all, this::isUnproven)
          .ifPresent(
              release ->
                  Optional.ofNullable(executed.get(release.id()))
                      .ifPresent(
                          tx ->
                              run(
                                  new TransactionBody.SubmitRelease(
                                      release.id(), hub.home.claim(tx)))));
    }

    boolean isUnproven(ReleaseRecord release) {
      return executed.containsKey(release.id()) && release.state() != ReleaseRecord.State.SETTLED;
    }

    void sweep() {
      any(hub.view().coins(hub.home.id(), Optional.empty(), 50), this::isUnswept)
          .ifPresent(
              coin ->
                  run(
                      new TransactionBody.PlanSweep(
                          hub.home.id(), coin.coin().txId(), coin.coin().outputIndex())));
    }

    boolean isUnswept(CoinRecord coin) {
      return coin.isDeposit() && coin.reservedFor().isEmpty();
    }

    /** The sweep of a deposit that its depositor has spent already. */
    boolean isTakenBack(ReleaseRecord release) {
      return release.kind() == ReleaseRecord.Kind.SWEEP
          && takenBack.containsKey(
              release
                  .plan()
                  .map(plan -> plan.inputs().getFirst())
                  .flatMap(c -> hub.view().creditedTo(hub.home.id(), c.txId(), c.outputIndex()))
                  .orElseThrow());
    }

    /** A depositor is faster than the sweep, which is not executed from then on. */
    void takeBack() {
      any(credited(), transfer -> !takenBack.containsKey(transfer.id()))
          .ifPresent(
              transfer -> {
                TransferRecord.Deposit paid = transfer.deposit().orElseThrow();
                boolean swept =
                    hub.view()
                        .coin(hub.home.id(), paid.txId(), paid.outputIndex())
                        .flatMap(CoinRecord::reservedFor)
                        .filter(executed::containsKey)
                        .isPresent();
                if (!swept && !takenBack.containsKey(transfer.id())) {
                  Bytes tx =
                      new FakeCustody.Tx(
                              List.of(Custody.outpoint(paid.txId().bytes(), paid.outputIndex())),
                              List.of(
                                  new FakeCustody.Tx.Out(
                                      Hub.hash("depositor").bytes(), paid.amount())))
                          .encode();
                  takenBack.put(transfer.id(), tx);
                  hub.home.mine(tx);
                  hub.update(hub.home);
                }
              });
    }

    /** One of what was taken back, or the sweep of another deposit in its place. */
    void submitTakeBack() {
      any(List.copyOf(hub.view().transfers(Optional.empty(), 50)), this::isToWriteOff)
          .ifPresent(
              transfer ->
                  Optional.ofNullable(takenBack.get(transfer.id()))
                      .or(() -> any(List.copyOf(executed.values())).filter(this::isAtHome))
                      .ifPresent(
                          tx ->
                              run(
                                  new TransactionBody.SubmitTakeBack(
                                      transfer.id(), hub.home.claim(tx)))));
    }

    boolean isToWriteOff(TransferRecord transfer) {
      return transfer.state() == TransferRecord.State.CREDITED
          && takenBack.containsKey(transfer.id());
    }

    boolean isAtHome(Bytes transaction) {
      return hub.view().releases(ReleaseRecord.State.SETTLED, Optional.empty(), 100).stream()
          .anyMatch(release -> release.transaction().equals(Optional.of(transaction)));
    }

    void claimRefund() {
      any(
              hub.view().transfers(Optional.empty(), 50),
              transfer -> transfer.state() == TransferRecord.State.REFUNDABLE)
          .ifPresent(
              transfer -> {
                Bytes script = Hub.hash("refund").bytes();
                Hash32 digest = Approvals.refund(hub.hubId(), transfer.id(), script);
                run(
                    new TransactionBody.ClaimRefund(
                        transfer.id(),
                        script,
                        Secp256k1.instance().signSchnorr(digest, hub.refund, Hash32.ZERO)));
              });
    }

    void pauseAndResume() {
      PauseSubject subject = new PauseSubject.Route(hub.routeId());
      hub.send(hub.governance.get(random.nextInt(4)), new TransactionBody.Pause(subject));
      open();
      submitMessage();
      hub.ok(hub.resume(subject, 3));
    }

    /** Booked, and not sent before they are swept. */
    List<TransferRecord> credited() {
      return hub.view().transfers(Optional.empty(), 1_000).stream()
          .filter(transfer -> transfer.state() == TransferRecord.State.CREDITED)
          .toList();
    }

    /** What has not come to its end; what can never be paid has. */
    List<String> unfinished() {
      List<String> open = new ArrayList<>();
      credited().forEach(transfer -> open.add("transfer " + transfer.id()));
      for (PacketRecord packet : hub.view().packets(Optional.empty(), 1_000)) {
        if (packet.state() == PacketRecord.State.SENT) {
          open.add("packet " + packet.packet().sequence());
        }
      }
      for (ReleaseRecord.State state :
          List.of(
              ReleaseRecord.State.QUEUED, ReleaseRecord.State.PLANNED, ReleaseRecord.State.READY)) {
        for (ReleaseRecord release : hub.view().releases(state, Optional.empty(), 1_000)) {
          open.add(state + " release " + release.id());
        }
      }
      return open;
    }

    /** Everybody does what is to do, for as long as that changes something. */
    void heal() {
      for (int round = 0; round < 20 && !unfinished().isEmpty(); round++) {
        hub.pass(Hub.LIMITS.windowMillis());
        for (PacketRecord packet : hub.view().packets(Optional.empty(), 1_000)) {
          if (packet.state() == PacketRecord.State.SENT) {
            Hash32 id = packet.packet().id();
            Bytes fact =
                executed.computeIfAbsent(
                    id,
                    packetId ->
                        FakeMessages.fact(
                            Hub.CONTRACT, new ChainMessage.PacketReceived(packetId, true)));
            say(fact);
            hub.follow(hub.far, 2);
            run(new TransactionBody.SubmitMessage(hub.far.id(), hub.far.claim(fact)));
          }
        }
        hub.view().coins(hub.home.id(), Optional.empty(), 1_000).stream()
            .filter(this::isUnswept)
            .forEach(
                coin ->
                    run(
                        new TransactionBody.PlanSweep(
                            hub.home.id(), coin.coin().txId(), coin.coin().outputIndex())));
        for (ReleaseRecord release :
            hub.view().releases(ReleaseRecord.State.PLANNED, Optional.empty(), 1_000)) {
          for (int member = 0; member < 4; member++) {
            run(hub.signRelease(hub.view().release(release.id()).orElseThrow(), member));
          }
        }
        for (TransferRecord transfer : credited()) {
          Optional.ofNullable(takenBack.get(transfer.id()))
              .ifPresent(
                  tx -> {
                    hub.follow(hub.home, 3);
                    run(new TransactionBody.SubmitTakeBack(transfer.id(), hub.home.claim(tx)));
                  });
        }
        for (ReleaseRecord release :
            hub.view().releases(ReleaseRecord.State.READY, Optional.empty(), 1_000)) {
          Bytes tx =
              executed.computeIfAbsent(
                  release.id(), id -> release.transaction().orElse(Bytes.EMPTY));
          hub.home.mine(tx);
          hub.follow(hub.home, 3);
          run(new TransactionBody.SubmitRelease(release.id(), hub.home.claim(tx)));
        }
        hub.follow(hub.home, 1);
      }
    }

    /** The accounts, from all records of the state. */
    void audit(String where) {
      Amount inFlight = Amount.ZERO;
      Amount minted = Amount.ZERO;
      Amount refundable = Amount.ZERO;
      for (TransferRecord transfer : credited()) {
        inFlight = inFlight.plus(transfer.deposit().orElseThrow().credited());
      }
      for (PacketRecord packet : hub.view().packets(Optional.empty(), 1_000)) {
        switch (packet.state()) {
          case SENT -> inFlight = inFlight.plus(packet.amount());
          case ACKNOWLEDGED -> minted = minted.plus(packet.amount());
          case FAILED, TIMED_OUT -> refundable = refundable.plus(packet.amount());
        }
      }
      RouteRecord route = hub.routeRecord();
      for (long sequence = 1; sequence <= burns; sequence++) {
        var burn = hub.view().burn(route.lane().reverse().hash(), sequence);
        if (burn.isPresent()) {
          minted = minted.minus(burn.get().amount());
        }
      }
      Amount pending = Amount.ZERO;
      for (ReleaseRecord.State state : ReleaseRecord.State.values()) {
        for (ReleaseRecord release : hub.view().releases(state, Optional.empty(), 1_000)) {
          if (release.kind() == ReleaseRecord.Kind.REFUND) {
            refundable = refundable.minus(release.amount());
          }
          if (release.kind().pays() && state != ReleaseRecord.State.SETTLED) {
            pending = pending.plus(release.amount());
          }
        }
      }
      Amount coins = Amount.ZERO;
      for (CoinRecord coin : hub.view().coins(hub.home.id(), Optional.empty(), 1_000)) {
        coins = coins.plus(coin.coin().amount());
      }
      SupplyRecord supply = hub.view().supply(hub.asset);
      assertThat(supply.inFlight()).as(where).isEqualTo(inFlight);
      assertThat(supply.minted()).as(where).isEqualTo(minted);
      assertThat(supply.refundable()).as(where).isEqualTo(refundable);
      assertThat(supply.pendingRelease()).as(where).isEqualTo(pending);
      assertThat(supply.coins()).as(where).isEqualTo(coins);
      assertThat(supply.isConserved()).as(where).isTrue();
      assertThat(coins.isLessThan(supply.locked())).as(where).isFalse();
    }
  }

  @Test
  void accountsHoldThroughRandomHistories() {
    Map<String, Integer> outcomes = new HashMap<>();
    List<String> open = new ArrayList<>();
    int paid = 0;
    int expired = 0;
    for (long seed = 1; seed <= 8; seed++) {
      History history = new History(seed, new Hub());
      for (int step = 0; step < STEPS; step++) {
        history.step();
        history.audit("seed " + seed + " step " + step);
      }
      open.addAll(history.unfinished());
      expired += history.expired();
      paid += history.outcomes.getOrDefault("WITHDRAWAL paid", 0);
      paid += history.outcomes.getOrDefault("REFUND paid", 0);
      history.heal();
      assertThat(history.unfinished()).as("I12, seed %d", seed).isEmpty();
      history.audit("seed " + seed + " healed");
      history.outcomes.forEach((what, count) -> outcomes.merge(what, count, Integer::sum));
    }
    assertThat(open).as("the check sees what is open").isNotEmpty();
    assertThat(paid).as("payouts, with nobody's help").isGreaterThanOrEqualTo(8);
    assertThat(expired).as("transfers that nobody paid").isGreaterThanOrEqualTo(4);
    assertThat(outcomes)
        .as("the histories reach every kind of success and the refusals that matter")
        .containsKeys(
            "OpenTransfer ok",
            "SubmitDeposit ok",
            "SubmitDeposit transfer-not-open",
            "SubmitDeposit transfer-expired",
            "SubmitMessage ok",
            "SubmitMessage already-acknowledged",
            "SubmitMessage already-executed",
            "SignRelease ok",
            "SubmitRelease ok",
            "SubmitRelease release-settled",
            "ClaimRefund ok",
            "PlanSweep ok",
            "PlanSweep sweep-not-needed",
            "PlanSweep coin-reserved",
            "WITHDRAWAL paid",
            "REFUND paid",
            "SWEEP paid",
            "SubmitTakeBack ok",
            "SubmitTakeBack transfer-not-credited");
  }

  /** Credits every deposit that is shown to it, as often as it is shown. */
  private static final class Forgetful extends Deposits {
    @Override
    boolean isOpen(TransferRecord transfer) {
      return true;
    }

    @Override
    boolean isCredited(Execution x, RouteRecord route, CustodyRules.Coin coin) {
      return false;
    }
  }

  @Test
  void creditingAnOutpointTwiceIsCaughtAcrossBlocks() {
    Hub hub = new Hub(new Handlers(new Forgetful()), new InMemoryKeyValueStore());
    hub.setUp();
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    TransactionBody submit =
        new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    hub.ok(submit);
    hub.settle(hub.planSweep(1));
    SupplyRecord before = hub.view().supply(hub.asset);
    BlockResult second = hub.block(hub.sign(hub.user, submit));
    refusedAndPaused(hub, second, second.receipts().getFirst(), Invariant.I2);
    assertThat(second.outbox()).isEmpty();
    assertThat(hub.view().supply(hub.asset)).isEqualTo(before);
  }

  @Test
  void creditingAnOutpointTwiceIsCaughtWithinOneBlock() {
    Hub hub = new Hub(new Handlers(new Forgetful()), new InMemoryKeyValueStore());
    hub.setUp();
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    TransactionBody submit =
        new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    long nonce = hub.view().nonce(hub.user.publicKey());
    BlockResult both =
        hub.block(
            Transaction.sign(hub.hubId(), hub.user, nonce, submit),
            Transaction.sign(hub.hubId(), hub.user, nonce + 1, submit));
    assertThat(both.receipts().getFirst().isSuccess()).isTrue();
    // the same records once more: all that is new is what was counted and booked
    refusedAndPaused(hub, both, both.receipts().get(1), Invariant.I13);
    assertThat(both.outbox()).isEmpty();
    assertThat(hub.view().supply(hub.asset).locked())
        .isEqualTo(Amount.of(100_000).minus(hub.routeRecord().custodyFee()));
  }

  private static void refusedAndPaused(
      Hub hub, BlockResult block, Receipt receipt, Invariant invariant) {
    assertThat(receipt.code()).isEqualTo("invariant-violated");
    assertThat(receipt.detail()).contains(invariant.name());
    assertThat(receipt.events()).isEmpty();
    assertThat(block.events())
        .anySatisfy(event -> assertThat(event).isInstanceOf(LedgerEvent.CircuitBroken.class));
    assertThat(hub.view().paused()).hasSize(1);
    assertThat(hub.send(hub.openTransfer(9, 50_000)).code()).isEqualTo("paused");
  }

  /** The replica of every block in these tests notices a ledger that depends on its process. */
  @Test
  void replicasThatDifferAreNoticed() {
    Hub hub = new Hub(new Handlers(new Deposits()), new Handlers(new Forgetful()));
    hub.setUp();
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    TransactionBody submit =
        new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx));
    hub.ok(submit);
    assertThatThrownBy(() -> hub.send(submit))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("I10");
  }

  @Test
  void twoReplicasAgreeBlockByBlock() {
    Supplier<List<BlockResult>> replica =
        () -> {
          List<BlockResult> blocks = new ArrayList<>();
          InMemoryKeyValueStore store = new InMemoryKeyValueStore();
          History history = new History(42, new Hub(new Handlers(new Deposits()), store));
          for (int step = 0; step < STEPS; step++) {
            history.step();
            blocks.add(history.hub.execute());
          }
          return blocks;
        };
    assertThat(replica.get()).isEqualTo(replica.get());
  }

  @Test
  void orderOfIndependentTransactionsDoesNotChangeTheRoot() {
    Hub hub = Hub.ready();
    Transaction one = hub.sign(hub.user, hub.openTransfer(1, 50_000));
    Transaction two = hub.sign(hub.refund, hub.openTransfer(2, 60_000));
    Transaction three =
        hub.sign(
            hub.governance.getFirst(),
            new TransactionBody.Pause(new PauseSubject.Chain(hub.far.id())));
    assertThat(hub.execute(one, two).stateRoot()).isEqualTo(hub.execute(two, one).stateRoot());
    assertThat(hub.execute(one, three).stateRoot())
        .as("a pause before is another history")
        .isNotEqualTo(hub.execute(three, one).stateRoot());
  }
}
