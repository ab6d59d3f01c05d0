package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.OpenTransfer;
import dev.trestle.relay.ledger.record.PacketRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord.State;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** State that no step of a ledger makes: the audit reads all of it and says what is wrong. */
class LedgerAuditTest {
  private final Hub hub = Hub.ready();
  private final Falsified falsified = new Falsified(hub);

  private void audited(String finding, Consumer<Execution> wrong) {
    Execution x = falsified.execution();
    assertThat(LedgerAudit.run(x.view())).isEmpty();
    wrong.accept(x);
    assertThat(LedgerAudit.run(x.view()))
        .anySatisfy(found -> assertThat(found).startsWith(finding));
  }

  private static CoinRecord coin(Execution x, TransactionBody.PlanSweep of) {
    return x.view().coin(of.chain(), of.txId(), of.outputIndex()).orElseThrow();
  }

  @Test
  void findsWhatStandsThereWrongly() {
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.credit(2, 60_000);
    audited("I4", x -> Custody.supply(x, hub.asset, s -> s.deposited(Amount.of(5), Amount.of(5))));
    audited("I2", x -> x.overlay().delete(StateKeys.transfer(hub.transferId(1))));
    audited(
        "I6",
        x -> {
          PacketRecord packet = x.view().packets(Optional.empty(), 1).getFirst();
          x.put(StateKeys.packet(Hub.hash("id")), packet.encode());
        });
    audited(
        "I2: a coin is taken by no open release",
        x -> Custody.put(x, coin(x, hub.sweep(2)).reserved(Optional.of(Hub.hash("nobody")))));
  }

  /** A payout must hold nothing that a depositor can take back, and only that is swept. */
  @Test
  void findsCoinsThatTheWrongReleaseHolds() {
    String wrong = "I2: a coin is taken by no open release that may spend it";
    hub.acknowledge(hub.deposit(1, 100_000), true);
    hub.credit(2, 60_000);
    hub.submit(hub.say(hub.burned(1, 50_000, Hub.hash("a").bytes())));
    Hash32 payout = hub.onlyRelease(ReleaseRecord.State.PLANNED);
    audited(wrong, x -> Custody.put(x, coin(x, hub.sweep(2)).reserved(Optional.of(payout))));

    Hash32 sweep = hub.planSweep(2);
    audited(wrong, x -> Custody.put(x, atRest(x).reserved(Optional.of(sweep))));
  }

  private CoinRecord atRest(Execution x) {
    return x.view().coins(hub.home.id(), Optional.empty(), 9).stream()
        .filter(coin -> !coin.isDeposit())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void findsADepositThatIsOfferedToPayouts() {
    hub.credit(1, 100_000);
    audited(
        "I2: a coin is free and taken",
        x -> {
          CoinRecord deposit = coin(x, hub.sweep(1));
          Bytes free =
              StateKeys.freeCoin(
                  deposit.chain(),
                  deposit.coin().amount(),
                  deposit.coin().txId(),
                  deposit.coin().outputIndex());
          x.put(free, Bytes.of(new byte[] {1}));
        });
  }

  /** Before its sweep a transfer has a deposit and no packet, then a packet and no deposit. */
  @Test
  void findsTransfersThatAreNeitherWaitingNorSent() {
    hub.credit(1, 100_000);
    audited(
        "I1: transfer " + hub.transferId(1) + " waits for the sweep of no deposit",
        x -> Custody.remove(x, hub.home.id(), coin(x, hub.sweep(1)).coin()));
    audited(
        "I1: transfer " + hub.transferId(1) + " is SENT",
        x -> put(x, transfer(x).with(TransferRecord.State.SENT)));
    audited(
        "I1: transfer " + hub.transferId(1) + " is CREDITED",
        x -> put(x, paid(x, transfer(x).deposit().orElseThrow().sent(Hub.hash("none")))));
    audited("I4", x -> x.overlay().delete(StateKeys.transfer(hub.transferId(1))));

    hub.settle(hub.planSweep(1));
    audited(
        "I1: transfer " + hub.transferId(1) + " is SENT",
        x -> {
          TransferRecord.Deposit d = transfer(x).deposit().orElseThrow();
          put(
              x,
              paid(
                  x,
                  new TransferRecord.Deposit(
                      d.txId(),
                      d.outputIndex(),
                      d.amount(),
                      d.credited(),
                      d.height(),
                      Optional.empty())));
        });
  }

  /** The list and the numbers of open transfers are what the records say. */
  @Test
  void findsOpenTransfersThatAreListedOrCountedWrongly() {
    hub.ok(hub.openTransfer(1, 100_000));
    hub.credit(2, 60_000);
    audited("I6: transfer", x -> x.overlay().delete(OpenTransfer.of(transfer(x)).key()));
    audited(
        "I6: listed as open with another end",
        x -> x.put(StateKeys.openTransfer(1, hub.transferId(1)), Bytes.of(new byte[] {1})));
    audited("I2: transfer", x -> put(x, transfer(x).with(TransferRecord.State.CREDITED)));
    for (Bytes key :
        List.of(
            StateKeys.openOnRoute(hub.routeId()), StateKeys.openOfSender(hub.user.publicKey()))) {
      audited("I6: 2 open transfers", x -> x.putNumber(key, 2));
      audited("I6: open transfers that are not counted", x -> x.overlay().delete(key));
    }
  }

  /** A sweep's fee is planned while its deposit is there, and a deposit is taken back once. */
  @Test
  void findsWhatIsWrittenOffByHalf() {
    hub.credit(1, 100_000);
    Hash32 sweep = hub.planSweep(1);
    audited("I4: PLANNED_FEES", x -> Custody.supply(x, hub.asset, s -> s.feePlanned(Amount.of(1))));
    audited(
        "I2: a coin is taken by no open release",
        x -> Releases.put(x, x.view().release(sweep).orElseThrow().with(State.VOID)));
    audited("I4", x -> put(x, transfer(x).with(TransferRecord.State.TAKEN_BACK)));
    audited(
        "I1: transfer " + hub.transferId(1) + " is TAKEN_BACK",
        x -> {
          TransferRecord.Deposit deposit = transfer(x).deposit().orElseThrow();
          put(
              x,
              transfer(x)
                  .with(
                      TransferRecord.State.TAKEN_BACK,
                      Optional.of(deposit.sent(Hub.hash("none"))),
                      Optional.empty()));
        });
    audited(
        "I6: what no merge brings",
        x ->
            x.put(
                StateKeys.merging(hub.home.id(), sweep),
                new CanonicalWriter().amount(Amount.of(1)).toBytes()));
  }

  private TransferRecord transfer(Execution x) {
    return x.view().transfer(hub.transferId(1)).orElseThrow();
  }

  private TransferRecord paid(Execution x, TransferRecord.Deposit deposit) {
    TransferRecord transfer = transfer(x);
    return transfer.with(transfer.state(), Optional.of(deposit), Optional.empty());
  }

  private static void put(Execution x, TransferRecord transfer) {
    x.put(StateKeys.transfer(transfer.id()), transfer.encode());
  }
}
