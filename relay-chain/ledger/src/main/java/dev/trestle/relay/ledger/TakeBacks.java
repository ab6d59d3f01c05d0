package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/**
 * Deposits that were credited and then spent by somebody else than the committee: by their
 * depositor, when sweeps stood still for longer than his delay. What was booked for them is
 * reversed, or it would stand in the accounts for ever with no coin behind it.
 */
final class TakeBacks {
  private TakeBacks() {}

  /**
   * Only while the transfer is credited: once its packet is sent the coin is not a deposit any
   * more. Refused in a pause of its route, as everything is that moves value in the books.
   */
  static Outcome submit(Execution x, TransactionBody.SubmitTakeBack body) {
    Optional<TransferRecord> found = x.view().transfer(body.transferId());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_TRANSFER, body.transferId().toHex());
    }
    TransferRecord transfer = found.get();
    if (transfer.state() != TransferRecord.State.CREDITED) {
      return Outcome.refuse(LedgerCode.TRANSFER_NOT_CREDITED, transfer.state().name());
    }
    RouteRecord route = x.view().route(transfer.routeId()).orElseThrow();
    if (x.isPaused(route)) {
      return Outcome.refuse(LedgerCode.PAUSED, transfer.routeId().toHex());
    }
    Verdict<Clients.Usable> carrying = Clients.carrying(x, route.home());
    if (!(carrying instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable home))) {
      return Outcome.refuse(carrying);
    }
    Verdict<CustodyRules> custody = Custody.rules(home.family());
    if (!(custody instanceof Verdict.Accepted<CustodyRules>(CustodyRules rules))) {
      return Outcome.refuse(custody);
    }
    Verdict<ProvenFact> proven = Clients.prove(x, home, body.claim(), route.confirmations());
    if (!(proven instanceof Verdict.Accepted<ProvenFact>(ProvenFact fact))) {
      return Outcome.refuse(proven);
    }
    TransferRecord.Deposit deposit = transfer.deposit().orElseThrow();
    CoinRecord coin =
        x.view().coin(route.home(), deposit.txId(), deposit.outputIndex()).orElseThrow();
    Optional<ReleaseRecord> sweep = coin.reservedFor().flatMap(x.view()::release);
    Verdict<CustodyRules.Coin> spent =
        Clients.guarded(() -> foreignSpend(rules, fact.value(), coin.coin(), sweep));
    if (!spent.isAccepted()) {
      return Outcome.refuse(spent);
    }
    writeOff(x, route, transfer, coin, sweep);
    x.emit(new LedgerEvent.DepositTakenBack(transfer.id(), fact.block().id()));
    sweep.ifPresent(release -> x.emit(new LedgerEvent.ReleaseVoided(release.id())));
    return Outcome.APPLIED;
  }

  /**
   * That a transaction spends the coin and is not the sweep that is planned for it. Compared is
   * what the transaction does and not its witness: a member can make the sweep with others'
   * signatures than those that the ledger collected.
   */
  static Verdict<CustodyRules.Coin> foreignSpend(
      CustodyRules rules,
      Bytes transaction,
      CustodyRules.Coin coin,
      Optional<ReleaseRecord> sweep) {
    if (!rules.spends(transaction, coin)) {
      return Verdict.reject(LedgerCode.DEPOSIT_NOT_SPENT, coin.txId().toHex());
    }
    boolean swept =
        sweep
            .flatMap(ReleaseRecord::plan)
            .filter(plan -> rules.executes(transaction, plan))
            .isPresent();
    return swept
        ? Verdict.reject(LedgerCode.DEPOSIT_SWEPT, coin.txId().toHex())
        : Verdict.accept(coin);
  }

  private static void writeOff(
      Execution x,
      RouteRecord route,
      TransferRecord transfer,
      CoinRecord coin,
      Optional<ReleaseRecord> sweep) {
    Amount credited = transfer.deposit().orElseThrow().credited();
    Amount fee = coin.coin().amount().minus(credited);
    Amount planned =
        sweep.flatMap(ReleaseRecord::plan).map(CustodyRules.ReleasePlan::fee).orElse(Amount.ZERO);
    Custody.remove(x, coin.chain(), coin.coin());
    Custody.supply(x, route.asset(), supply -> supply.takenBack(credited, fee, planned));
    Hash32 routeId = transfer.routeId();
    Custody.routeSupply(
        x, routeId, supply -> new RouteSupply(supply.inFlight().minus(credited), supply.minted()));
    sweep.ifPresent(release -> Releases.put(x, release.with(ReleaseRecord.State.VOID)));
    x.put(
        StateKeys.transfer(transfer.id()), transfer.with(TransferRecord.State.TAKEN_BACK).encode());
  }
}
