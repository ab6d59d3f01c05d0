package dev.trestle.gateway.routes;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.JsonHttp.Answer;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.http.RateLimit;
import dev.trestle.gateway.hub.Amounts;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.hub.Ids;
import dev.trestle.gateway.hub.TransferView;
import dev.trestle.relay.ledger.LedgerCode;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody.OpenTransfer;
import dev.trestle.sdk.Api;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** Bridge transfers, releases and the supply behind them. */
public final class TransferRoutes {
  private static final int MAX_KEY = 255;

  private final Hub hub;
  private final TransferView views;

  public TransferRoutes(Hub hub) {
    this.hub = hub;
    this.views = new TransferView(hub);
  }

  public void mount(Router router, JsonHttp http) {
    http.serve(router.get("/v1/transfers"), request -> Answer.ok(transfers(request)));
    Route open = router.route(HttpMethod.POST, "/v1/transfers");
    http.serve(open.handler(RateLimit.hourly(hub.time(), RateLimit.OPENS_PER_HOUR)), this::open);
    http.serve(router.get("/v1/transfers/:id"), request -> Answer.ok(transfer(request)));
    http.serve(router.get("/v1/releases"), request -> Answer.ok(releases(request)));
    http.serve(router.get("/v1/releases/:id"), request -> Answer.ok(release(request)));
    http.serve(
        router.get("/v1/supply"),
        request -> Answer.ok(Pages.of(request, views.supply(), Api.Supply::asset)));
  }

  private Api.Paged<Api.Transfer> transfers(RoutingContext request) {
    LedgerView view = hub.node().view();
    NewestFirst<TransferRecord> list =
        new NewestFirst<>(TransferRecord::id, TransferRecord::openedAt);
    Optional<String> status = Pages.query(request, "status");
    return list.page(
        request,
        view::transfer,
        view::transfers,
        record -> status.map(TransferView.status(record)::equals).orElse(true),
        views::transfer);
  }

  private Api.Transfer transfer(RoutingContext request) {
    Hash32 id = Ids.hash(Pages.path(request, "id"), "a transfer id");
    return hub.node()
        .view()
        .transfer(id)
        .map(views::transfer)
        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "there is no such transfer"));
  }

  private Answer open(RoutingContext request) {
    String key = request.request().getHeader("Idempotency-Key");
    if (key == null || key.isEmpty() || key.length() > MAX_KEY) {
      throw new Problem(
          ProblemCode.IDEMPOTENCY_KEY_MISSING, "send an Idempotency-Key of 1 to 255 characters");
    }
    Api.TransferRequest body = JsonHttp.body(request, Api.TransferRequest.class);
    LedgerView view = hub.node().view();
    RouteRecord route =
        view.route(Ids.hash(body.route(), "a route id"))
            .orElseThrow(() -> new Problem(ProblemCode.UNKNOWN_ROUTE, "there is no such route"));
    OpenTransfer open =
        new OpenTransfer(
            route.id(),
            recipient(body.recipient()),
            amount(body.amount(), route),
            Ids.hash(body.refundKey(), "an x-only key"),
            (int) view.genesis().parameters().leastRefundDelay(route.confirmations()),
            Digests.sha256(Bytes.utf8(key)));
    Hash32 id = TransferRecord.id(hub.relayKey().publicKey(), open.idempotencyKey());
    Optional<TransferRecord> existing = view.transfer(id);
    if (existing.isPresent()) {
      requireSame(existing.get(), open);
      return Answer.created(views.transfer(existing.get()));
    }
    hub.requireUsable(route.home());
    hub.requireUsable(route.destination());
    Receipt receipt = hub.sender().submit(open);
    if (!receipt.isSuccess()) {
      ProblemCode code =
          receipt.code().equals(LedgerCode.IDEMPOTENCY_KEY_REUSED.code())
              ? ProblemCode.IDEMPOTENCY_KEY_REUSED
              : ProblemCode.TRANSACTION_REJECTED;
      throw new Problem(code, receipt.code(), receipt.detail());
    }
    return Answer.created(views.transfer(hub.node().view().transfer(id).orElseThrow()));
  }

  private static void requireSame(TransferRecord existing, OpenTransfer open) {
    boolean same =
        existing.routeId().equals(open.routeId())
            && existing.recipient().equals(open.recipient())
            && existing.amount().equals(open.amount())
            && existing.refundKey().equals(open.refundKey());
    if (!same) {
      throw new Problem(ProblemCode.IDEMPOTENCY_KEY_REUSED, "this key stands for another transfer");
    }
  }

  private static Hash32 recipient(String text) {
    try {
      EvmAddress address = EvmAddress.parse(text);
      return new Hash32(Bytes.concat(Bytes.wrap(new byte[12]), address.bytes()));
    } catch (IllegalArgumentException e) {
      throw new Problem(ProblemCode.INVALID_ADDRESS, "the recipient: " + e.getMessage());
    }
  }

  private static Amount amount(String text, RouteRecord route) {
    Amount amount = Amounts.positive(text);
    if (amount.isLessThan(route.minTransfer()) || amount.isMoreThan(route.maxTransfer())) {
      throw new Problem(
          ProblemCode.AMOUNT_OUT_OF_RANGE,
          "this route carries " + route.minTransfer() + " to " + route.maxTransfer());
    }
    return amount;
  }

  private Api.Paged<Api.Release> releases(RoutingContext request) {
    LedgerView view = hub.node().view();
    NewestFirst<ReleaseRecord> list =
        new NewestFirst<>(ReleaseRecord::id, ReleaseRecord::createdAt);
    Optional<String> status = Pages.query(request, "status");
    return list.page(
        request,
        view::release,
        (after, limit) ->
            status.isEmpty()
                ? view.releases(after, limit)
                : TransferView.releaseState(status.get())
                    .map(state -> view.releases(state, after, limit))
                    .orElse(List.of()),
        // it may have got on since the index was read
        record -> status.map(TransferView.status(record)::equals).orElse(true),
        views::release);
  }

  private Api.Release release(RoutingContext request) {
    Hash32 id = Ids.hash(Pages.path(request, "id"), "a release id");
    return hub.node()
        .view()
        .release(id)
        .map(views::release)
        .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "there is no such release"));
  }
}
