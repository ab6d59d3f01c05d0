package dev.trestle.gateway.hub;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.Digests;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.sdk.Api;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Routes between assets and quotes on them. A quote binds nobody; terms are signed afterwards. */
public final class QuoteDesk {
  /** Life of a quote, seconds. */
  public static final long QUOTE_SECONDS = 60;

  private final Hub hub;
  private final OfferBook offers;
  private final TransferView transfers;
  private final SecureRandom random = new SecureRandom();

  public QuoteDesk(Hub hub, OfferBook offers) {
    this.hub = hub;
    this.offers = offers;
    this.transfers = new TransferView(hub);
  }

  /** All routes: every transfer route, and a swap for every pair of assets with an open offer. */
  public List<Api.Route> routes() {
    List<Api.Route> routes = new ArrayList<>();
    Map<ChainId, Optional<String>> troubles = new HashMap<>(); // each node is asked once
    LedgerView view = hub.node().view();
    for (RouteRecord route : view.routes()) {
      String wrapped = transfers.wrappedAsset(route);
      Optional<String> trouble =
          troubles
              .computeIfAbsent(route.asset().chain(), this::trouble)
              .or(() -> troubles.computeIfAbsent(route.destination(), this::trouble));
      routes.add(
          new Api.Route(
              route.id().toHex(),
              "transfer",
              route.asset().toString(),
              wrapped,
              Optional.of(route.minTransfer().toString()),
              Optional.of(route.maxTransfer().toString()),
              TrustModel.transfer(view),
              refundSeconds(route),
              Optional.of(refundDelay(route)),
              trouble.isEmpty() && !wrapped.isEmpty(),
              trouble));
    }
    for (Api.Offer offer : offers.open(Optional.empty(), Optional.empty())) {
      routes.add(swapRoute(offer, troubles));
    }
    return routes;
  }

  private Api.Route swapRoute(Api.Offer offer, Map<ChainId, Optional<String>> troubles) {
    AssetId from = AssetId.parse(offer.offer().want());
    AssetId to = AssetId.parse(offer.offer().give());
    Optional<String> trouble =
        troubles
            .computeIfAbsent(from.chain(), this::trouble)
            .or(() -> troubles.computeIfAbsent(to.chain(), this::trouble));
    long worst = trouble.isPresent() ? 0 : expiries(from, to).get(0) - hub.time().nowSeconds();
    return new Api.Route(
        offer.id(),
        "swap",
        from.toString(),
        to.toString(),
        Optional.of(offer.offer().wantAmount()),
        Optional.of(offer.offer().wantAmount()),
        TrustModel.swap(),
        worst,
        Optional.empty(),
        trouble.isEmpty(),
        trouble);
  }

  /** Why a chain carries no new work now. */
  private Optional<String> trouble(ChainId chain) {
    try {
      hub.requireUsable(chain);
      return Optional.empty();
    } catch (Problem e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (AdapterException e) {
      return Optional.of("the gateway's node of " + chain + " does not answer");
    }
  }

  /** Longest time until a depositor has back a deposit that is not swept, seconds. */
  private long refundSeconds(RouteRecord route) {
    double blockSeconds =
        hub.chains()
            .adapter(route.home())
            .map(adapter -> adapter.profile().blockSeconds())
            .orElse(600.0);
    return Math.round(refundDelay(route) * blockSeconds);
  }

  private long refundDelay(RouteRecord route) {
    return hub.node().view().genesis().parameters().leastRefundDelay(route.confirmations());
  }

  /** A quote; a problem when no route can carry it now. */
  public Api.Quote quote(Api.QuoteRequest request) {
    AssetId from;
    AssetId to;
    try {
      from = AssetId.parse(request.from());
      to = AssetId.parse(request.to());
    } catch (IllegalArgumentException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, String.valueOf(e.getMessage()));
    }
    Amount amount = Amounts.positive(request.amount());
    hub.requireUsable(from.chain());
    hub.requireUsable(to.chain());
    Api.Quote quote =
        switch (request.kind()) {
          case "swap" -> swap(from, to, amount);
          case "transfer" -> transfer(from, to, amount);
          default -> throw new Problem(ProblemCode.VALIDATION_FAILED, "kind is swap or transfer");
        };
    hub.quotes().put(quote.id(), JsonHttp.write(quote), Duration.ofSeconds(QUOTE_SECONDS));
    return quote;
  }

  /** A quote that has not expired. */
  public Api.Quote require(String id) {
    return hub.quotes()
        .get(id)
        .map(json -> JsonHttp.read(json, Api.Quote.class))
        .orElseThrow(
            () -> new Problem(ProblemCode.QUOTE_EXPIRED, "ask for a new quote: this one is gone"));
  }

  private Api.Quote swap(AssetId from, AssetId to, Amount amount) {
    List<Api.Offer> candidates =
        offers.open(Optional.of(to.toString()), Optional.of(from.toString()));
    Api.Offer offer =
        candidates.stream()
            .filter(each -> each.offer().wantAmount().equals(amount.toString()))
            .findFirst()
            .orElseThrow(
                () ->
                    new Problem(
                        ProblemCode.ROUTE_UNAVAILABLE,
                        candidates.isEmpty()
                            ? "nobody offers " + to + " for " + from + " now"
                            : "offers are taken whole; open lots of "
                                + from
                                + ": "
                                + candidates.stream().map(c -> c.offer().wantAmount()).toList()));
    List<Long> expiries = expiries(from, to);
    return new Api.Quote(
        newId(),
        "swap",
        from.toString(),
        to.toString(),
        offer.offer().wantAmount(),
        offer.offer().giveAmount(),
        hub.time().nowSeconds() + QUOTE_SECONDS,
        new Api.Fees("0", "0", "0"),
        TrustModel.swap(),
        expiries.get(0) + profile(from).timing().refund() + profile(from).timing().irreversible(),
        offer.id(),
        Optional.of(offer),
        Optional.of(expiries.get(0)),
        Optional.of(expiries.get(1)));
  }

  private Api.Quote transfer(AssetId from, AssetId to, Amount amount) {
    RouteRecord route =
        hub.node().view().routes().stream()
            .filter(each -> each.asset().equals(from))
            .filter(each -> transfers.wrappedAsset(each).equalsIgnoreCase(to.toString()))
            .findFirst()
            .orElseThrow(
                () ->
                    new Problem(
                        ProblemCode.ROUTE_UNAVAILABLE, "no route carries " + from + " to " + to));
    if (amount.isLessThan(route.custodyFee())
        || amount.isLessThan(route.minTransfer())
        || amount.isMoreThan(route.maxTransfer())) {
      throw new Problem(
          ProblemCode.AMOUNT_OUT_OF_RANGE,
          "this route carries " + route.minTransfer() + " to " + route.maxTransfer());
    }
    return new Api.Quote(
        newId(),
        "transfer",
        from.toString(),
        to.toString(),
        amount.toString(),
        amount.minus(route.custodyFee()).toString(),
        hub.time().nowSeconds() + QUOTE_SECONDS,
        new Api.Fees(route.custodyFee().toString(), "0", "0"),
        TrustModel.transfer(hub.node().view()),
        hub.time().nowSeconds() + refundSeconds(route),
        route.id().toHex(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private List<Long> expiries(AssetId from, AssetId to) {
    return hub.timelocks().propose(hub.time().nowSeconds(), List.of(profile(from), profile(to)));
  }

  private ChainProfile profile(AssetId asset) {
    return hub.chains().adapter(asset.chain()).map(ChainAdapter::profile).orElseThrow();
  }

  private String newId() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return Digests.sha256(Bytes.wrap(bytes)).toHex();
  }
}
