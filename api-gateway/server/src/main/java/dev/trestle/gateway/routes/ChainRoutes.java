package dev.trestle.gateway.routes;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.NativeIds;
import dev.trestle.base.ChainId;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.JsonHttp.Answer;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.sdk.Api;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Connected chains, the hub at a glance, and registration. */
public final class ChainRoutes {
  private final Hub hub;

  public ChainRoutes(Hub hub) {
    this.hub = hub;
  }

  public void mount(Router router, JsonHttp http) {
    http.serve(router.get("/v1/status"), request -> Answer.ok(status()));
    http.serve(
        router.get("/v1/chains"),
        request -> Answer.ok(Pages.of(request, chains(), Api.Chain::chain)));
    http.serve(router.get("/v1/chains/:chain"), request -> Answer.ok(chain(request)));
    http.serve(router.route(HttpMethod.POST, "/v1/chains"), this::register);
    http.serve(router.get("/v1/committee"), request -> Answer.ok(committee()));
  }

  private Api.Status status() {
    return new Api.Status(
        hub.node().hubId().toHex(), hub.version(), RelayRoutes.status(hub), chains());
  }

  private List<Api.Chain> chains() {
    return hub.node().view().chains().stream().map(this::describe).toList();
  }

  private Api.Chain chain(RoutingContext request) {
    ChainId chain = chainId(Pages.path(request, "chain"));
    return hub.node()
        .view()
        .chain(chain)
        .map(this::describe)
        .orElseThrow(
            () ->
                new Problem(
                    ProblemCode.NOT_FOUND,
                    ProblemCode.UNKNOWN_CHAIN.code(),
                    chain + " is not registered here"));
  }

  private Answer register(RoutingContext request) {
    Api.RawTransaction raw = JsonHttp.body(request, Api.RawTransaction.class);
    if (!(RelayRoutes.decode(raw).body() instanceof TransactionBody.RegisterChain)) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, "the transaction registers no chain");
    }
    return Answer.accepted(RelayRoutes.submit(hub, raw));
  }

  static ChainId chainId(String text) {
    try {
      return ChainId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new Problem(ProblemCode.VALIDATION_FAILED, "a chain is named as CAIP-2 does");
    }
  }

  private Api.Chain describe(ChainRecord record) {
    LedgerView view = hub.node().view();
    long now = hub.time().nowSeconds();
    HeaderRef head =
        view.head(record.chain()).orElse(new HeaderRef(0, dev.trestle.base.Hash32.ZERO, 0));
    ClientStatus client = view.clientStatus(record.chain(), now).orElse(ClientStatus.EXPIRED);
    Optional<ChainAdapter> adapter = hub.chains().adapter(record.chain());
    boolean paused = view.isPaused(new PauseSubject.Chain(record.chain()));
    return new Api.Chain(
        record.chain().toString(),
        record.name(),
        record.clientType(),
        paused ? "paused" : lower(record.status()),
        record.adapterId(),
        adapter.map(a -> a.profile().nativeAsset().toString()).orElse(""),
        adapter.map(a -> a.profile().nativeDecimals()).orElse(0),
        new Api.Client(
            lower(client),
            head.height(),
            NativeIds.of(record.chain(), head.id()),
            Math.max(0, now - head.timestampSeconds())),
        node(adapter));
  }

  private static Api.Node node(Optional<ChainAdapter> adapter) {
    if (adapter.isEmpty()) {
      return new Api.Node(false, 0, 0, 0, 0, 0, "this gateway has no node of the chain");
    }
    try {
      ChainAdapter.Health health = Async.await(adapter.get().health());
      return new Api.Node(
          health.usable(),
          health.head(),
          health.finalizedHead(),
          health.lagSeconds(),
          health.endpointsAgreeing(),
          health.endpoints(),
          health.detail());
    } catch (AdapterException e) {
      return new Api.Node(false, 0, 0, 0, 0, 0, String.valueOf(e.getMessage()));
    }
  }

  private Api.Committee committee() {
    var genesis = hub.node().view().genesis();
    var members = genesis.committee().members();
    List<Api.Member> described = new java.util.ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      described.add(
          new Api.Member(
              i,
              members.get(i).custodyKey().toHex(),
              members.get(i).attestKey().toString(),
              hub.node().view().suspension(i).isPresent()));
    }
    return new Api.Committee(genesis.committee().threshold(), described);
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
