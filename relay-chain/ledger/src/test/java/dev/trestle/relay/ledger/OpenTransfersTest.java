package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transfers that wait for a deposit: their end, and how many there may be. */
class OpenTransfersTest {
  private static final long HOUR = 3_600_000;
  private static final long LIFETIME = 24 * HOUR;

  private static Hub hub(int onRoute, int ofSender) {
    Hub hub = new Hub(new TransferLimits(LIFETIME, onRoute, ofSender));
    hub.setUp();
    return hub;
  }

  private static TransferRecord transfer(Hub hub, int number) {
    return hub.view().transfer(hub.transferId(number)).orElseThrow();
  }

  /** The block that comes next has exactly this time. */
  private static void passUntil(Hub hub, long timeMillis) {
    hub.pass(timeMillis - hub.ledger.head().timeMillis() - 1_000);
  }

  private static List<Hash32> open(Hub hub) {
    return hub.view().openTransfers(Optional.empty(), 1_000).stream()
        .map(OpenTransfer::id)
        .toList();
  }

  @Test
  void aTransferThatNobodyPaysComesToItsEnd() {
    Hub hub = Hub.ready();
    hub.ok(hub.openTransfer(1, 100_000));
    long end = transfer(hub, 1).expiresAtMillis();
    assertThat(end).isEqualTo(hub.ledger.head().timeMillis() + LIFETIME);
    passUntil(hub, end - 1);
    assertThat(hub.block().events()).isEmpty();
    assertThat(open(hub)).containsExactly(hub.transferId(1));
    passUntil(hub, end);
    assertThat(hub.block().events())
        .containsExactly(new LedgerEvent.TransferExpired(hub.transferId(1)));
    assertThat(transfer(hub, 1).state()).isEqualTo(TransferRecord.State.EXPIRED);
    assertThat(open(hub)).isEmpty();
    assertThat(hub.view().openOnRoute(hub.routeId())).isZero();
    assertThat(hub.view().openOfSender(hub.user.publicKey())).isZero();
    assertThat(hub.block().events()).as("once").isEmpty();
  }

  private static TransactionBody.SubmitDeposit paid(Hub hub, int number) {
    hub.ok(hub.openTransfer(number, 100_000));
    Bytes tx = hub.pay(hub.transferId(number), 100_000);
    hub.follow(hub.home, 3);
    return new TransactionBody.SubmitDeposit(hub.transferId(number), hub.home.claim(tx));
  }

  /** The last block in which it counts, and the first in which it does not. */
  @Test
  void aDepositIsCreditedBeforeTheEndAndNeverFromItOn() {
    Hub hub = Hub.ready();
    TransactionBody first = paid(hub, 1);
    passUntil(hub, transfer(hub, 1).expiresAtMillis() - 1);
    hub.ok(first);
    assertThat(transfer(hub, 1).state()).isEqualTo(TransferRecord.State.CREDITED);

    TransactionBody second = paid(hub, 2);
    passUntil(hub, transfer(hub, 2).expiresAtMillis());
    BlockResult late = hub.block(hub.sign(hub.user, second));
    assertThat(late.receipts().getFirst().code()).isEqualTo("transfer-expired");
    assertThat(transfer(hub, 2).state())
        .as("the end of that block")
        .isEqualTo(TransferRecord.State.EXPIRED);
    assertThat(hub.send(second).code()).isEqualTo("transfer-expired");
    assertThat(hub.view().supply(hub.asset).locked())
        .as("the first alone")
        .isEqualTo(transfer(hub, 1).deposit().orElseThrow().credited());
    hub.settle(hub.planSweep(1));
    assertThat(transfer(hub, 1).state()).as("goes on").isEqualTo(TransferRecord.State.SENT);
  }

  /** Nobody mistakes it for a new one, and its end is not put off by asking again. */
  @Test
  void theSameKeyIsTheSameTransferAlsoWhenItIsOver() {
    Hub hub = Hub.ready();
    hub.ok(hub.openTransfer(1, 100_000));
    TransferRecord opened = transfer(hub, 1);
    hub.pass(HOUR);
    assertThat(hub.send(hub.openTransfer(1, 100_000)).outcome())
        .isEqualTo(Receipt.Outcome.EXISTING);
    assertThat(transfer(hub, 1)).isEqualTo(opened);
    passUntil(hub, opened.expiresAtMillis());
    hub.block();
    assertThat(hub.send(hub.openTransfer(1, 100_000)).outcome())
        .isEqualTo(Receipt.Outcome.EXISTING);
    assertThat(transfer(hub, 1)).isEqualTo(opened.with(TransferRecord.State.EXPIRED));
  }

  /** A pause stops credits; it neither lengthens a transfer's time nor keeps its place taken. */
  @Test
  void transfersEndInAPauseAsWell() {
    Hub hub = Hub.ready();
    hub.ok(hub.openTransfer(1, 100_000));
    hub.send(
        hub.governance.getFirst(),
        new TransactionBody.Pause(new PauseSubject.Route(hub.routeId())));
    passUntil(hub, transfer(hub, 1).expiresAtMillis());
    hub.block();
    assertThat(transfer(hub, 1).state()).isEqualTo(TransferRecord.State.EXPIRED);
  }

  @Test
  void aBlockEndsOnlySoManyAndTheEarliestFirst() {
    int count = OpenTransfers.MAX_EXPIRIES + 44;
    Hub hub = hub(20_000, 20_000);
    hub.openAll(hub.user, 0, count / 2);
    hub.pass(1);
    hub.openAll(hub.user, count / 2, count);
    assertThat(open(hub)).hasSize(count);
    assertThat(hub.view().openOnRoute(hub.routeId())).isEqualTo(count);
    hub.pass(LIFETIME);
    assertThat(hub.block().events()).hasSize(OpenTransfers.MAX_EXPIRIES);
    assertThat(hub.view().openOnRoute(hub.routeId())).isEqualTo(44);
    assertThat(IntStream.range(0, count / 2).mapToObj(i -> transfer(hub, i).state()))
        .containsOnly(TransferRecord.State.EXPIRED);
    TransactionBody late =
        new TransactionBody.SubmitDeposit(
            open(hub).getFirst(), hub.home.claim(hub.pay(open(hub).getFirst(), 20_000)));
    assertThat(hub.send(late).code()).as("also before its turn").isEqualTo("transfer-expired");
    assertThat(open(hub)).isEmpty();
  }

  /** Pages in the order of the ends, with none missing and none twice. */
  @Test
  void openTransfersAreReadInPages() {
    Hub hub = hub(20_000, 20_000);
    hub.openAll(hub.user, 0, 10);
    hub.pass(HOUR);
    hub.openAll(hub.user, 10, 20);
    List<OpenTransfer> read = new ArrayList<>();
    List<OpenTransfer> page;
    do {
      page =
          hub.view()
              .openTransfers(read.isEmpty() ? Optional.empty() : Optional.of(read.getLast()), 7);
      read.addAll(page);
    } while (!page.isEmpty());
    assertThat(read).hasSize(20).doesNotHaveDuplicates();
    assertThat(read.stream().map(OpenTransfer::expiresAtMillis)).isSorted();
  }

  private static SecretKey attacker(int number) {
    return SecretKey.derive(Bytes.utf8("attacker"), "key " + number);
  }

  /**
   * Keys are free, so an attacker takes every place. Whoever has a place keeps it and its time, his
   * deposit is credited, and places come free four times as fast as before.
   */
  @Test
  void aFloodOfOpeningsTakesNobodysPlace() {
    Hub hub = hub(40, 10);
    TransactionBody honest = paid(hub, 1);
    long end = transfer(hub, 1).expiresAtMillis();
    for (int i = 0; i < 5; i++) {
      hub.openAll(attacker(i), 100, 110);
    }
    assertThat(hub.view().openOnRoute(hub.routeId())).as("full").isEqualTo(40);
    Receipt refused = hub.send(hub.openTransfer(2, 100_000));
    assertThat(refused.code()).isEqualTo("too-many-open-transfers");
    assertThat(transfer(hub, 1).expiresAtMillis()).isEqualTo(end);
    hub.ok(honest);
    hub.ok(hub.openTransfer(2, 100_000)); // the place of the one that was credited
    hub.pass(LIFETIME / 4);
    hub.block();
    assertThat(hub.view().openOnRoute(hub.routeId()))
        .as("those that came when half was taken are over")
        .isLessThanOrEqualTo(20);
    hub.ok(hub.openTransfer(3, 100_000));
  }

  /** One gateway opens for many people with one key: what is done to it is not done to all. */
  @Test
  void aSenderIsBoundedByItself() {
    Hub hub = hub(100, 8);
    BlockResult all = hub.openAll(hub.user, 0, 9);
    assertThat(all.receipts().stream().map(Receipt::code))
        .startsWith("ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok")
        .endsWith("too-many-open-transfers");
    long opened = hub.ledger.head().timeMillis();
    assertThat(IntStream.range(0, 8).mapToObj(i -> transfer(hub, i).expiresAtMillis() - opened))
        .as("the second half has a quarter of the time")
        .containsExactly(
            LIFETIME,
            LIFETIME,
            LIFETIME,
            LIFETIME,
            LIFETIME / 4,
            LIFETIME / 4,
            LIFETIME / 4,
            LIFETIME / 4);
    assertThat(hub.send(attacker(1), hub.openTransfer(9, 100_000)).isSuccess())
        .as("another sender")
        .isTrue();
    hub.pass(LIFETIME / 4);
    hub.block();
    assertThat(hub.view().openOfSender(hub.user.publicKey())).isEqualTo(4);
    hub.ok(hub.openTransfer(20, 100_000));
  }

  @ParameterizedTest
  @CsvSource({
    "3599999, 20, 5",
    "2592000001, 20, 5",
    "3600000, 3, 1",
    "3600000, 1000001, 5",
    "3600000, 20, 0",
    "3600000, 20, 21"
  })
  void limitsOutOfRangeAreRefused(long lifetime, int onRoute, int ofSender) {
    assertThatThrownBy(() -> new TransferLimits(lifetime, onRoute, ofSender))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void limitsArePartOfTheGenesis() {
    Hub one = new Hub(TransferLimits.DEFAULT);
    Hub other = new Hub(new TransferLimits(LIFETIME, 20_000, 4_999));
    assertThat(one.hubId()).isNotEqualTo(other.hubId());
    assertThat(Genesis.decode(other.genesis.encode())).isEqualTo(other.genesis);
  }

  @Test
  void anAmountThatIsRefusedTakesNoPlace() {
    Hub hub = Hub.ready();
    Receipt refused = hub.send(hub.openTransfer(1, 1));
    assertThat(refused.code()).isEqualTo("amount-out-of-limits");
    assertThat(hub.view().openOfSender(hub.user.publicKey())).isZero();
    assertThat(hub.view().supply(hub.asset).locked()).isEqualTo(Amount.ZERO);
  }
}
