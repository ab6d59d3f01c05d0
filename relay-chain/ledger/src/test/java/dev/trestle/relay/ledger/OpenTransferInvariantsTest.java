package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What must hold of open transfers, with a bug for each that it must catch. */
class OpenTransferInvariantsTest {
  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);
  private final Hash32 id = hub.transferId(1);

  private TransferRecord transfer(Execution x) {
    return x.view().transfer(id).orElseThrow();
  }

  private void put(Execution x, TransferRecord transfer) {
    x.put(StateKeys.transfer(id), transfer.encode());
  }

  private static TransferRecord until(TransferRecord t, long expiresAtMillis) {
    return new TransferRecord(
        t.sender(),
        t.idempotencyKey(),
        t.routeId(),
        t.recipient(),
        t.amount(),
        t.refundKey(),
        t.refundDelay(),
        t.state(),
        t.openedAt(),
        expiresAtMillis,
        t.deposit(),
        t.releaseId());
  }

  /** An open transfer of another end, with its entry: as a handler with a bug would write it. */
  private void opened(Execution x, long expiresAtMillis) {
    TransferRecord wrong = until(transfer(x), expiresAtMillis);
    x.overlay().delete(OpenTransfer.of(transfer(x)).key());
    put(x, wrong);
    x.put(OpenTransfer.of(wrong).key(), Bytes.of(new byte[] {1}));
  }

  @Test
  void i5TheLifetimeIsTheChains() {
    TransactionBody open = hub.openTransfer(1, 100_000);
    falsified.catches(Invariant.I5, open, x -> opened(x, transfer(x).expiresAtMillis() + 1));
    hub.ok(open);
    TransactionBody deposit = deposit();
    falsified.catches(
        Invariant.I5, deposit, x -> put(x, until(transfer(x), transfer(x).expiresAtMillis() + 1)));
  }

  @Test
  void i6TheListIsOfOpenTransfers() {
    TransactionBody open = hub.openTransfer(1, 100_000);
    falsified.catches(
        Invariant.I6, open, x -> x.overlay().delete(OpenTransfer.of(transfer(x)).key()));
    falsified.catches(
        Invariant.I6, open, x -> x.put(StateKeys.openTransfer(1, id), Bytes.of(new byte[] {1})));
    hub.ok(open);
    TransactionBody deposit = deposit();
    falsified.catches(
        Invariant.I6,
        deposit,
        x -> x.put(OpenTransfer.of(transfer(x)).key(), Bytes.of(new byte[] {1})));
    hub.ok(hub.openTransfer(2, 100_000));
    falsified.catches(
        Invariant.I6,
        deposit,
        x ->
            x.overlay()
                .delete(OpenTransfer.of(x.view().transfer(hub.transferId(2)).orElseThrow()).key()));
  }

  @Test
  void i6OpenTransfersAreCounted() {
    TransactionBody open = hub.openTransfer(1, 100_000);
    Bytes route = StateKeys.openOnRoute(hub.routeId());
    Bytes sender = StateKeys.openOfSender(hub.user.publicKey());
    for (Bytes key : List.of(route, sender)) {
      falsified.catches(Invariant.I6, open, x -> x.putNumber(key, 2));
      falsified.catches(Invariant.I6, open, x -> x.overlay().delete(key));
    }
    hub.ok(open);
    TransactionBody deposit = deposit();
    for (Bytes key : List.of(route, sender)) {
      falsified.catches(Invariant.I6, deposit, x -> x.putNumber(key, 1));
    }
  }

  private TransactionBody deposit() {
    Bytes tx = hub.pay(id, 100_000);
    hub.follow(hub.home, 3);
    return new TransactionBody.SubmitDeposit(id, hub.home.claim(tx));
  }

  /** The block's own work on a state in which the transfer has come to its end, or nearly. */
  private Execution expiry(long timeMillis) {
    Execution x = falsified.execution(timeMillis);
    OpenTransfers.expire(x);
    return x;
  }

  private void caught(Invariant invariant, Execution x, Consumer<Execution> bug) {
    bug.accept(x);
    assertThatThrownBy(() -> StepInvariants.check(x.step(WriteMatrix.EXPIRY)))
        .isInstanceOfSatisfying(
            InvariantViolation.class,
            violation ->
                assertThat(violation.invariant())
                    .as(String.valueOf(violation.getMessage()))
                    .isEqualTo(invariant));
  }

  @Test
  void i3NothingExpiresBeforeItsTime() {
    hub.ok(hub.openTransfer(1, 100_000));
    long end = transfer(falsified.execution()).expiresAtMillis();
    Execution good = expiry(end);
    assertThat(transfer(good).state()).isEqualTo(TransferRecord.State.EXPIRED);
    assertThatCode(() -> StepInvariants.check(good.step(WriteMatrix.EXPIRY)))
        .doesNotThrowAnyException();
    Execution early = expiry(end - 1);
    assertThat(early.overlay().writes()).isEmpty();
    caught(
        Invariant.I3,
        early,
        x -> OpenTransfers.closed(x, transfer(x).with(TransferRecord.State.EXPIRED)));
    caught(
        Invariant.I2,
        expiry(end),
        x -> put(x, transfer(x).with(TransferRecord.State.EXPIRED, DEPOSIT, Optional.empty())));
    caught(Invariant.I3, expiry(end), x -> put(x, transfer(x).with(TransferRecord.State.SENT)));
  }

  private static final Optional<TransferRecord.Deposit> DEPOSIT =
      Optional.of(
          new TransferRecord.Deposit(
              Hub.hash("tx"),
              0,
              dev.trestle.base.Amount.of(2),
              dev.trestle.base.Amount.of(1),
              3,
              Optional.empty()));

  /** Credits deposits whatever the time. */
  private static final class Late extends Deposits {
    @Override
    boolean isOpen(TransferRecord transfer) {
      return true;
    }

    @Override
    boolean isOver(Execution x, TransferRecord transfer) {
      return false;
    }
  }

  @Test
  void i3AnExpiredTransferIsNeverCredited() {
    for (boolean marked : List.of(false, true)) {
      Hub late = new Hub(new Handlers(new Late()), new InMemoryKeyValueStore());
      late.setUp();
      late.ok(late.openTransfer(1, 100_000));
      Bytes tx = late.pay(late.transferId(1), 100_000);
      late.follow(late.home, 3);
      late.pass(TransferLimits.DEFAULT.lifetimeMillis());
      if (marked) {
        late.block();
      }
      Receipt receipt =
          late.send(new TransactionBody.SubmitDeposit(late.transferId(1), late.home.claim(tx)));
      assertThat(receipt.code()).isEqualTo("invariant-violated");
      assertThat(receipt.detail()).contains("I3");
      assertThat(late.view().supply(late.asset).locked().isZero()).isTrue();
      assertThat(late.view().paused()).hasSize(1);
    }
  }

  @Test
  void i9NoMoreAreOpenThanMayBe() {
    Hub small = new Hub(new TransferLimits(3_600_000, 4, 4));
    small.setUp();
    small.openAll(small.user, 0, 3);
    Falsified bug = new Falsified(small);
    Execution x = bug.execution();
    TransactionBody open = small.openTransfer(4, 100_000);
    assertThat(bug.handlers().handle(x, small.user.publicKey(), open)).isEqualTo(Outcome.APPLIED);
    small.openAll(small.user, 10, 11);
    Execution full = bug.execution();
    TransferRecord more = x.view().transfer(small.transferId(4)).orElseThrow();
    Falsified.caught(Invariant.I9, open, full, each -> OpenTransfers.opened(each, more));
  }
}
