package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;

/** Opening of transfers, and paying back those whose packet failed. */
final class Transfers {
  private Transfers() {}

  static Outcome open(Execution x, PublicKey sender, TransactionBody.OpenTransfer body) {
    Hash32 id = TransferRecord.id(sender, body.idempotencyKey());
    Optional<TransferRecord> existing = x.view().transfer(id);
    if (existing.isPresent()) {
      return sameRequest(existing.get(), body)
          ? new Outcome.Existing()
          : Outcome.refuse(LedgerCode.IDEMPOTENCY_KEY_REUSED, id.toHex());
    }
    Verdict<Way> way = way(x, body.routeId());
    if (!(way instanceof Verdict.Accepted<Way>(Way w))) {
      return Outcome.refuse(way);
    }
    RouteRecord route = w.route();
    Verdict<LaneRecord> open = Lanes.open(x.view(), route);
    if (!open.isAccepted()) {
      return Outcome.refuse(open);
    }
    if (body.recipient().isZero()) {
      return Outcome.refuse(LedgerCode.INVALID_TRANSFER, "no recipient");
    }
    if (body.amount().isLessThan(route.minTransfer())
        || body.amount().isMoreThan(route.maxTransfer())) {
      return Outcome.refuse(
          LedgerCode.AMOUNT_OUT_OF_LIMITS, route.minTransfer() + " to " + route.maxTransfer());
    }
    long least = x.genesis().parameters().leastRefundDelay(route.confirmations());
    if (body.refundDelay() < least) {
      return Outcome.refuse(
          LedgerCode.REFUND_DELAY_TOO_SHORT, body.refundDelay() + " of " + least + " blocks");
    }
    Verdict<Long> end = OpenTransfers.end(x, route.id(), sender);
    if (!(end instanceof Verdict.Accepted<Long>(Long expiresAtMillis))) {
      return Outcome.refuse(end);
    }
    TransferRecord transfer =
        new TransferRecord(
            sender,
            body.idempotencyKey(),
            route.id(),
            body.recipient(),
            body.amount(),
            body.refundKey(),
            body.refundDelay(),
            TransferRecord.State.OPEN,
            x.block().height(),
            expiresAtMillis,
            Optional.empty(),
            Optional.empty());
    Verdict<CustodyRules.DepositLock> lock =
        Clients.guarded(() -> w.rules().depositLock(route.home(), x.committee(), terms(transfer)));
    if (!(lock
        instanceof Verdict.Accepted<CustodyRules.DepositLock>(CustodyRules.DepositLock at))) {
      return Outcome.refuse(lock);
    }
    OpenTransfers.opened(x, transfer);
    x.emit(
        new LedgerEvent.TransferOpened(
            id, route.id(), body.amount(), at.script(), expiresAtMillis));
    return Outcome.APPLIED;
  }

  /** Two chains that carry value, a route between them that is not paused, and its rules. */
  record Way(
      RouteRecord route, Clients.Usable home, Clients.Usable destination, CustodyRules rules) {}

  static Verdict<Way> way(Execution x, Hash32 routeId) {
    Optional<RouteRecord> found = x.view().route(routeId);
    if (found.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_ROUTE, routeId.toHex());
    }
    RouteRecord route = found.get();
    if (x.isPaused(route)) {
      return Verdict.reject(LedgerCode.PAUSED, routeId.toHex());
    }
    return Clients.carrying(x, route.destination())
        .then(
            far ->
                Clients.carrying(x, route.home())
                    .then(
                        home ->
                            Custody.rules(home.family())
                                .then(rules -> Verdict.accept(new Way(route, home, far, rules)))));
  }

  static CustodyRules.DepositTerms terms(TransferRecord transfer) {
    return new CustodyRules.DepositTerms(
        transfer.id(), transfer.refundKey(), transfer.refundDelay());
  }

  private static boolean sameRequest(TransferRecord existing, TransactionBody.OpenTransfer asked) {
    return existing.routeId().equals(asked.routeId())
        && existing.recipient().equals(asked.recipient())
        && existing.amount().equals(asked.amount())
        && existing.refundKey().equals(asked.refundKey())
        && existing.refundDelay() == asked.refundDelay();
  }

  static Outcome claimRefund(Execution x, TransactionBody.ClaimRefund body) {
    Optional<TransferRecord> found = x.view().transfer(body.transferId());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_TRANSFER, body.transferId().toHex());
    }
    TransferRecord transfer = found.get();
    RouteRecord route = x.view().route(transfer.routeId()).orElseThrow();
    if (x.isPaused(route)) {
      return Outcome.refuse(LedgerCode.PAUSED, transfer.routeId().toHex());
    }
    if (transfer.state() != TransferRecord.State.REFUNDABLE) {
      return Outcome.refuse(LedgerCode.TRANSFER_NOT_REFUNDABLE, transfer.state().name());
    }
    if (!x.budget().charge(Budget.SIGNATURE)) {
      return Outcome.refuse(LedgerCode.BUDGET_EXHAUSTED, "signature");
    }
    Hash32 digest = Approvals.refund(x.hubId(), transfer.id(), body.script());
    if (!Secp256k1.instance().verifySchnorr(body.signature(), digest, transfer.refundKey())) {
      return Outcome.refuse(LedgerCode.NOT_AUTHORISED, "not signed by the refund key");
    }
    Optional<CustodyRules> rules =
        x.view().family(route.home()).flatMap(LightClientFamily::custody);
    if (rules.isEmpty() || !Custody.isPayable(x, rules.get(), route.home(), body.script())) {
      return Outcome.refuse(LedgerCode.NOT_PAYABLE, body.script().toHex());
    }
    Amount amount = transfer.deposit().orElseThrow().credited();
    ReleaseRecord release =
        new ReleaseRecord(
            ReleaseRecord.Kind.REFUND,
            transfer.routeId(),
            route.home(),
            body.script(),
            amount,
            transfer.id(),
            x.block().height(),
            x.block().timeMillis(),
            ReleaseRecord.State.QUEUED,
            Optional.empty(),
            List.of(),
            Optional.empty());
    Custody.supply(x, route.asset(), (SupplyRecord supply) -> supply.claimedBack(amount));
    TransferRecord next =
        transfer.with(
            TransferRecord.State.REFUNDING, transfer.deposit(), Optional.of(release.id()));
    x.put(StateKeys.transfer(transfer.id()), next.encode());
    x.emit(new LedgerEvent.RefundClaimed(transfer.id(), release.id()));
    Releases.enqueue(x, release);
    return Outcome.APPLIED;
  }
}
