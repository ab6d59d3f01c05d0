package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.record.RouteSupply;
import dev.trestle.relay.ledger.record.SupplyRecord;
import java.util.Optional;

/**
 * I4: what the accounts of each asset were changed by is recomputed from the packets, burns,
 * releases and coins that changed.
 */
final class AccountInvariants {
  private final Step step;
  private final AccountDeltas booked = new AccountDeltas();
  private final AccountDeltas recomputed = new AccountDeltas();

  AccountInvariants(Step step) {
    this.step = step;
  }

  AccountDeltas recomputed() {
    return recomputed;
  }

  void supply(Bytes key, Optional<SupplyRecord> was, Optional<SupplyRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I4, "the accounts of an asset were removed");
    StepInvariants.require(
        now.get().isConserved(), Invariant.I4, "more is owed than is locked: " + now.get());
    Hash32 asset = StepInvariants.hashIn(key);
    booked.addAll(asset, now.get());
    booked.subtractAll(asset, was.orElse(SupplyRecord.NONE));
  }

  /** What routes carry and have brought adds up to what the assets' accounts say. */
  void routeSupply(Bytes key, Optional<RouteSupply> was, Optional<RouteSupply> now) {
    StepInvariants.require(now.isPresent(), Invariant.I4, "the accounts of a route were removed");
    Hash32 asset = asset(StepInvariants.hashIn(key));
    RouteSupply old = was.orElse(RouteSupply.NONE);
    booked.add(asset, AccountDeltas.Account.ROUTES_IN_FLIGHT, now.get().inFlight());
    booked.subtract(asset, AccountDeltas.Account.ROUTES_IN_FLIGHT, old.inFlight());
    booked.add(asset, AccountDeltas.Account.ROUTES_MINTED, now.get().minted());
    booked.subtract(asset, AccountDeltas.Account.ROUTES_MINTED, old.minted());
  }

  void difference() {
    recomputed.mirrorRoutes();
    booked
        .difference(recomputed)
        .ifPresent(
            difference ->
                StepInvariants.require(
                    false, Invariant.I4, "accounts do not add up: " + difference));
  }

  Hash32 asset(Hash32 routeId) {
    return step.after()
        .route(routeId)
        .map(route -> TransferPayload.assetId(route.asset()))
        .orElseThrow(() -> unknown("no route " + routeId));
  }

  Hash32 custodyAsset(ChainId chain) {
    return step.after()
        .custodyAsset(chain)
        .map(TransferPayload::assetId)
        .orElseThrow(() -> unknown("custody of no asset on " + chain));
  }

  private static InvariantViolation unknown(String what) {
    return new InvariantViolation(
        Invariant.I4, what, new dev.trestle.relay.ledger.record.PauseSubject.Everything());
  }
}
