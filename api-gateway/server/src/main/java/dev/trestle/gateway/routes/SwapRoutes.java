package dev.trestle.gateway.routes;

import dev.trestle.gateway.cluster.LocalSharedMap;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.JsonHttp.Answer;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.hub.OfferBook;
import dev.trestle.gateway.hub.QuoteDesk;
import dev.trestle.gateway.hub.SwapDesk;
import dev.trestle.sdk.Api;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;

/** Offers, quotes, routes and swaps. */
public final class SwapRoutes {
  /** How long an idempotency key is remembered. */
  private static final Duration KEY_LIFE = Duration.ofHours(24);

  private final OfferBook offers;
  private final QuoteDesk quotes;
  private final SwapDesk swaps;
  private final LocalSharedMap keys;

  public SwapRoutes(Hub hub) {
    this.offers = new OfferBook(hub);
    this.quotes = new QuoteDesk(hub, offers);
    this.swaps = new SwapDesk(hub, offers, quotes);
    this.keys = new LocalSharedMap(hub.time());
  }

  public void mount(Router router, JsonHttp http) {
    http.serve(router.get("/v1/routes"), request -> Answer.ok(routes(request)));
    http.serve(
        router.get("/v1/offers"),
        request ->
            Answer.ok(
                Pages.of(
                    request,
                    offers.open(Pages.query(request, "give"), Pages.query(request, "want")),
                    Api.Offer::id)));
    http.serve(
        router.route(HttpMethod.POST, "/v1/offers"),
        request -> Answer.created(offers.add(JsonHttp.body(request, Api.OfferRequest.class))));
    http.serve(
        router.route(HttpMethod.POST, "/v1/quotes"),
        request -> Answer.created(quotes.quote(JsonHttp.body(request, Api.QuoteRequest.class))));
    http.serve(
        router.get("/v1/swaps"),
        request ->
            Answer.ok(
                Pages.lazily(
                    request,
                    swaps.list(Pages.query(request, "party")).stream()
                        .map(swap -> new Pages.Lazy<>(swap.id(), swap.swap()))
                        .toList(),
                    swap ->
                        Pages.query(request, "status").map(swap.status()::equals).orElse(true))));
    http.serve(router.route(HttpMethod.POST, "/v1/swaps"), this::propose);
    http.serve(
        router.get("/v1/swaps/:id"),
        request -> Answer.ok(swaps.require(Pages.path(request, "id"))));
    http.serve(
        router.route(HttpMethod.POST, "/v1/swaps/:id/accept"),
        request ->
            Answer.ok(
                swaps.accept(
                    Pages.path(request, "id"), JsonHttp.body(request, Api.SwapAcceptance.class))));
  }

  /**
   * The terms themselves are the idempotency key: their digest is the swap's id. The header is
   * asked for so that clients have the habit, and because a retry with other terms is their error.
   */
  private Answer propose(RoutingContext request) {
    String key = request.request().getHeader("Idempotency-Key");
    if (key == null || key.isEmpty() || key.length() > 255) {
      throw new Problem(
          ProblemCode.IDEMPOTENCY_KEY_MISSING, "send an Idempotency-Key of 1 to 255 characters");
    }
    Api.SwapRequest body = JsonHttp.body(request, Api.SwapRequest.class);
    String use = body.terms().initiatorKey() + "/" + key;
    String id = swaps.idOf(body.terms()).toHex();
    if (keys.get(use).filter(before -> !before.equals(id)).isPresent()) {
      throw new Problem(
          ProblemCode.IDEMPOTENCY_KEY_REUSED, "this key stands for another swap of yours");
    }
    Api.Swap swap = swaps.propose(body);
    keys.put(use, id, KEY_LIFE);
    return Answer.created(swap);
  }

  private Api.Paged<Api.Route> routes(RoutingContext request) {
    List<Api.Route> all =
        quotes.routes().stream()
            .filter(route -> Pages.query(request, "from").map(route.from()::equals).orElse(true))
            .filter(route -> Pages.query(request, "to").map(route.to()::equals).orElse(true))
            .toList();
    return Pages.of(request, all, Api.Route::id);
  }
}
