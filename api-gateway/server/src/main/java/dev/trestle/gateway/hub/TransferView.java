package dev.trestle.gateway.hub;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.NativeIds;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.CustodyRules.DepositLock;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.packet.TransferPayload;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.sdk.Api;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Transfers, releases and supply as the API shows them. */
public final class TransferView {
  private final Hub hub;
  private final Map<Hash32, String> wrapped = new ConcurrentHashMap<>();

  public TransferView(Hub hub) {
    this.hub = hub;
  }

  /** CAIP-19 of the token that a route mints. */
  public String wrappedAsset(RouteRecord route) {
    String known = wrapped.get(route.id());
    if (known != null) {
      return known;
    }
    try {
      Optional<String> address =
          hub.chains()
              .adapter(route.destination())
              .flatMap(ChainAdapter::packets)
              .map(
                  port ->
                      Async.await(
                          port.wrappedAsset(
                              route.contract(), TransferPayload.assetId(route.asset()))));
      address.ifPresent(text -> wrapped.put(route.id(), route.destination() + "/erc20:" + text));
    } catch (AdapterException e) {
      return ""; // its node is down: the route shows as unavailable
    }
    return wrapped.getOrDefault(route.id(), "");
  }

  public Api.Transfer transfer(TransferRecord record) {
    LedgerView view = hub.node().view();
    RouteRecord route = view.route(record.routeId()).orElseThrow();
    DepositLock lock = view.depositLock(record.id()).orElseThrow();
    return new Api.Transfer(
        record.id().toHex(),
        record.routeId().toHex(),
        status(record),
        route.asset().toString(),
        wrappedAsset(route),
        record.amount().toString(),
        "0x" + record.recipient().toHex().substring(24),
        record.deposit().flatMap(TransferRecord.Deposit::packetId).map(Hash32::toHex),
        TrustModel.transfer(view),
        new Api.Deposit(
            lock.address(),
            lock.script().toHex(),
            "bitcoin:"
                + lock.address()
                + "?amount="
                + new BigDecimal(record.amount().value()).movePointLeft(8).toPlainString(),
            record.refundDelay(),
            refundScript(view, record, route),
            route.confirmations(),
            record.expiresAtMillis() / 1_000),
        steps(record, route.home()));
  }

  /** The leaf that only the depositor needs; empty where the family has none. */
  private static String refundScript(LedgerView view, TransferRecord record, RouteRecord route) {
    return view.family(route.home())
        .flatMap(LightClientFamily::custody)
        .flatMap(
            rules ->
                rules.refundScript(
                    view.genesis().committee().custody(),
                    new CustodyRules.DepositTerms(
                        record.id(), record.refundKey(), record.refundDelay())))
        .map(Bytes::toHex)
        .orElse("");
  }

  /** A transfer's status, as the API names it. */
  public static String status(TransferRecord record) {
    return switch (record.state()) {
      case OPEN -> "awaiting_deposit";
      case CREDITED -> "deposit_credited";
      case SENT -> "delivering";
      case DELIVERED -> "settled";
      case REFUNDABLE, REFUNDING, REFUNDED -> "refundable";
      case EXPIRED -> "expired";
      case TAKEN_BACK -> "taken_back";
    };
  }

  static List<Api.TransferStep> steps(TransferRecord record, ChainId home) {
    boolean credited = record.deposit().isPresent();
    boolean swept = record.deposit().flatMap(TransferRecord.Deposit::packetId).isPresent();
    boolean delivered = record.state() == TransferRecord.State.DELIVERED;
    boolean over =
        record.state() == TransferRecord.State.EXPIRED
            || record.state() == TransferRecord.State.TAKEN_BACK;
    String next = over ? "pending" : "active";
    Optional<String> deposit = record.deposit().map(paid -> NativeIds.of(home, paid.txId()));
    return List.of(
        new Api.TransferStep("deposit", credited ? "done" : next, deposit),
        new Api.TransferStep("proof", credited ? "done" : "pending", Optional.empty()),
        new Api.TransferStep(
            "sweep", swept ? "done" : credited ? next : "pending", Optional.empty()),
        new Api.TransferStep(
            "delivery", delivered ? "done" : swept ? "active" : "pending", Optional.empty()));
  }

  /** A release's status, as the API names it. */
  public static String status(ReleaseRecord record) {
    return name(record.state());
  }

  private static String name(ReleaseRecord.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** The state that the API calls {@code status}; empty if there is none of this name. */
  public static Optional<ReleaseRecord.State> releaseState(String status) {
    return Stream.of(ReleaseRecord.State.values())
        .filter(state -> name(state).equals(status))
        .findFirst();
  }

  public Api.Release release(ReleaseRecord record) {
    LedgerView view = hub.node().view();
    RouteRecord route = view.route(record.routeId()).orElseThrow();
    return new Api.Release(
        record.id().toHex(),
        record.kind().name().toLowerCase(Locale.ROOT),
        status(record),
        route.asset().toString(),
        record.amount().toString(),
        record.script().toHex(),
        record.fee().map(Amount::toString),
        record.signatures().size(),
        view.genesis().committee().threshold(),
        record.transaction().map(raw -> raw.toHex()),
        Optional.empty(),
        record.state() == ReleaseRecord.State.QUEUED
            ? Optional.of(
                waitsFor(
                    record.amount(),
                    isPaused(view, route),
                    view.spendable(record.chain()),
                    view.isMerging(record.chain())))
            : Optional.empty());
  }

  private static boolean isPaused(LedgerView view, RouteRecord route) {
    return Stream.of(
            new PauseSubject.Everything(),
            new PauseSubject.Chain(route.home()),
            new PauseSubject.Chain(route.destination()),
            new PauseSubject.Route(route.id()))
        .anyMatch(view::isPaused);
  }

  /** Why a queued release has no plan yet. */
  static String waitsFor(Amount owed, boolean paused, Amount spendable, boolean merging) {
    if (paused) {
      return "the end of a pause";
    }
    if (spendable.isLessThan(owed) && merging) {
      return "coins: many are merged into one";
    }
    return spendable.isLessThan(owed)
        ? "coins: the sweep of a deposit or the change of a payout before it"
        : "its turn, or the limit on what leaves the chain";
  }

  /** Accounts of every asset that has a route. */
  public List<Api.Supply> supply() {
    LedgerView view = hub.node().view();
    long height = hub.node().head().height();
    return view.routes().stream()
        .map(RouteRecord::asset)
        .distinct()
        .map(
            asset -> {
              SupplyRecord supply = view.supply(asset);
              return new Api.Supply(
                  asset.toString(),
                  supply.locked().toString(),
                  supply.minted().toString(),
                  supply.inFlight().toString(),
                  supply.pendingRelease().toString(),
                  supply.isConserved(),
                  height);
            })
        .toList();
  }
}
