package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/** Registration of routes. */
final class Routes {
  /** Most satoshi per virtual byte. */
  static final long MAX_FEE_RATE = 10_000;

  /** Most confirmations: four times as many fit a BIP-68 delay. */
  static final long MAX_CONFIRMATIONS = 16_383;

  private Routes() {}

  static Outcome register(Execution x, TransactionBody.RegisterRoute body) {
    Verdict<Clients.Usable> homeVerdict = Clients.usable(x, body.asset().chain());
    if (!(homeVerdict instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable home))) {
      return Outcome.refuse(homeVerdict);
    }
    Verdict<Clients.Usable> farVerdict = Clients.usable(x, body.destination());
    if (!(farVerdict instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable far))) {
      return Outcome.refuse(farVerdict);
    }
    Verdict<Integer> approved =
        Governance.approve(
            x,
            Approvals.registerRoute(x.hubId(), x.view().governance().epoch(), body),
            body.approvals());
    if (!approved.isAccepted()) {
      return Outcome.refuse(approved);
    }
    Hash32 id = RouteRecord.id(body.asset(), body.destination(), body.contract());
    if (x.view().route(id).isPresent()) {
      return Outcome.refuse(LedgerCode.ROUTE_EXISTS, id.toHex());
    }
    if (far.family().messages().isEmpty() || far.record().bridgeContract().isEmpty()) {
      return Outcome.refuse(LedgerCode.NO_CONTRACT, body.destination().toString());
    }
    if (!far.record().bridgeContract().get().equals(body.contract())) {
      return Outcome.refuse(LedgerCode.CONTRACT_MISMATCH, body.contract().toHex());
    }
    if (body.confirmations() < home.record().confirmations()) {
      return Outcome.refuse(
          LedgerCode.POLICY_BELOW_FLOOR,
          body.confirmations() + " of " + home.record().confirmations() + " confirmations");
    }
    Optional<AssetId> held = x.view().custodyAsset(home.chain());
    if (held.isPresent() && !held.get().equals(body.asset())) {
      return Outcome.refuse(LedgerCode.ASSET_MISMATCH, "custody holds " + held.get());
    }
    if (home.chain().equals(far.chain())
        || body.confirmations() > MAX_CONFIRMATIONS
        || body.feeRate() < 1
        || body.feeRate() > MAX_FEE_RATE
        || body.minTransfer().isLessThan(Amount.of(x.genesis().parameters().minTransfer()))
        || body.maxTransfer().isLessThan(body.minTransfer())) {
      return Outcome.refuse(LedgerCode.INVALID_ROUTE, "values out of range");
    }
    return Custody.rules(home.family())
            instanceof Verdict.Accepted<CustodyRules>(CustodyRules rules)
        ? record(x, body, home, far, rules)
        : Outcome.refuse(LedgerCode.NO_CUSTODY, home.record().clientType());
  }

  /**
   * Rejects a lifetime out of bounds, an ordered lane without one (a packet that nobody delivers
   * would block it for ever), and terms for which the destination has no proofs.
   */
  private static Verdict<LaneTerms> terms(Clients.Usable far, Lane lane, LaneTerms terms) {
    if (terms.lifetime().isEmpty()) {
      return Lanes.isOrdered(lane)
          ? Verdict.reject(LedgerCode.INVALID_ROUTE, "packets of an ordered lane expire")
          : Verdict.accept(terms);
    }
    LaneTerms.Lifetime lifetime = terms.lifetime().get();
    return lifetime.isInRange()
        ? Timeouts.rules(far.family(), lifetime.clock(), lane).then(rules -> Verdict.accept(terms))
        : Verdict.reject(LedgerCode.INVALID_ROUTE, "lifetime of " + lifetime.value());
  }

  private static Outcome record(
      Execution x,
      TransactionBody.RegisterRoute body,
      Clients.Usable home,
      Clients.Usable far,
      CustodyRules rules) {
    Verdict<Amount> feeVerdict = custodyFee(x, body, home, rules);
    if (!(feeVerdict instanceof Verdict.Accepted<Amount>(Amount fee))) {
      return Outcome.refuse(feeVerdict);
    }
    Lane lane =
        new Lane(
            home.chain(),
            x.genesis().committee().custodyApp(),
            body.destination(),
            body.contract(),
            body.lane().ordering());
    Verdict<LaneTerms> terms = terms(far, lane, body.lane());
    if (!terms.isAccepted()) {
      return Outcome.refuse(terms);
    }
    Verdict<TrustPolicy> trusted = Policies.of(x, home, body.confirmations(), body.trust());
    if (!(trusted instanceof Verdict.Accepted<TrustPolicy>(TrustPolicy policy))) {
      return Outcome.refuse(trusted);
    }
    RouteRecord route =
        new RouteRecord(
            body.asset(),
            lane,
            body.minTransfer(),
            body.maxTransfer(),
            body.feeRate(),
            body.confirmations(),
            fee,
            policy,
            body.lane().lifetime());
    Hash32 id = route.id();
    x.put(StateKeys.route(id), route.encode());
    x.put(
        StateKeys.routeBack(lane.reverse().hash(), TransferPayload.assetId(body.asset())),
        id.bytes());
    x.put(
        StateKeys.custodyAsset(home.chain()),
        new CanonicalWriter().text(body.asset().toString()).toBytes());
    x.emit(new LedgerEvent.RouteRegistered(id, body.asset(), body.destination()));
    return Outcome.APPLIED;
  }

  /**
   * The fee that deposits pay. Also makes sure that the least amount that can come back can be paid
   * out, to whatever script and also from a coin that came by the least deposit alone.
   */
  private static Verdict<Amount> custodyFee(
      Execution x, TransactionBody.RegisterRoute body, Clients.Usable home, CustodyRules rules) {
    return CustodyFee.of(
            rules,
            home.chain(),
            x.committee(),
            x.genesis().parameters().minRefundDelay(),
            body.feeRate())
        .then(
            fee ->
                fee.isZero() || body.minTransfer().isLessThan(fee.plus(fee))
                    ? Verdict.reject(
                        LedgerCode.INVALID_ROUTE,
                        "the minimum does not cover a custody fee of " + fee)
                    : CustodyFee.payable(
                            rules,
                            home.chain(),
                            x.committee(),
                            body.feeRate(),
                            body.minTransfer().minus(fee))
                        .then(least -> Verdict.accept(fee)));
  }
}
