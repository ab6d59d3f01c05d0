package dev.trestle.gateway.routes;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.JsonHttp.Answer;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.hub.TransferView;
import dev.trestle.relay.ledger.record.ChainRecord;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Health, metrics, the API's own description, and the pages of problems. */
public final class OperationsRoutes {
  private final Hub hub;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final MultiGauge clientHeights;
  private final MultiGauge nodeHeads;
  private final MultiGauge lags;
  private final MultiGauge drift;
  private final String openApi = resource("/openapi.json");

  public OperationsRoutes(Hub hub) {
    this.hub = hub;
    metrics.gauge("trestle.relay.height", hub, h -> h.node().head().height());
    metrics.gauge(
        "trestle.relay.block.age.seconds",
        hub,
        h -> (h.time().nowMillis() - h.node().head().timeMillis()) / 1000.0);
    metrics.gauge(
        "trestle.relay.stalled", hub, h -> h.node().liveness().stall().isPresent() ? 1 : 0);
    metrics.gauge(
        "trestle.relay.validators.unreachable", hub, h -> h.node().liveness().unreachable().size());
    clientHeights = MultiGauge.builder("trestle.light.client.height").register(metrics);
    nodeHeads = MultiGauge.builder("trestle.chain.head").register(metrics);
    lags = MultiGauge.builder("trestle.chain.lag.seconds").register(metrics);
    drift = MultiGauge.builder("trestle.conservation.holds").register(metrics);
  }

  public void mount(Router router, JsonHttp http) {
    http.serve(router.get("/problems/:code"), request -> Answer.ok(problem(request)));
    http.serve(router.get("/healthz"), request -> Answer.ok(Map.of("status", "up")));
    http.serve(router.get("/readyz"), request -> Answer.ok(ready()));
    router
        .get("/openapi.json")
        .handler(
            request ->
                request.response().putHeader("Content-Type", "application/json").end(openApi));
    router
        .get("/metrics")
        .handler(
            request ->
                Async.supply(this::scrape)
                    .onSuccess(
                        text ->
                            request
                                .response()
                                .putHeader("Content-Type", "text/plain; version=0.0.4")
                                .end(text))
                    .onFailure(failure -> JsonHttp.fail(request, failure)));
  }

  /** What the {@code type} of a problem leads to. */
  private static Map<String, Object> problem(RoutingContext request) {
    String code = Pages.path(request, "code");
    ProblemCode found =
        Arrays.stream(ProblemCode.values())
            .filter(each -> each.code().equals(code))
            .findFirst()
            .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "there is no such problem"));
    return Map.of("code", code, "title", found.title(), "status", found.status());
  }

  private Map<String, Object> ready() {
    if (hub.node().head().height() < 1) {
      throw new Problem(ProblemCode.RELAY_NO_QUORUM, "no block is known yet");
    }
    hub.requireLive();
    return Map.of("status", "ready", "height", hub.node().head().height());
  }

  private String scrape() {
    List<MultiGauge.Row<?>> heights = new ArrayList<>();
    List<MultiGauge.Row<?>> heads = new ArrayList<>();
    List<MultiGauge.Row<?>> ages = new ArrayList<>();
    for (ChainRecord record : hub.node().view().chains()) {
      Tags tags = Tags.of("chain", record.chain().toString());
      heights.add(MultiGauge.Row.of(tags, record.headHeight()));
      hub.chains().adapter(record.chain()).ifPresent(adapter -> health(adapter, tags, heads, ages));
    }
    clientHeights.register(heights, true);
    nodeHeads.register(heads, true);
    lags.register(ages, true);
    List<MultiGauge.Row<?>> conservation = new ArrayList<>();
    new TransferView(hub)
        .supply()
        .forEach(
            supply ->
                conservation.add(
                    MultiGauge.Row.of(
                        Tags.of("asset", supply.asset()), supply.conserved() ? 1 : 0)));
    drift.register(conservation, true);
    return metrics.scrape();
  }

  private static void health(
      ChainAdapter adapter,
      Tags tags,
      List<MultiGauge.Row<?>> heads,
      List<MultiGauge.Row<?>> ages) {
    try {
      ChainAdapter.Health health = Async.await(adapter.health());
      heads.add(MultiGauge.Row.of(tags, health.head()));
      ages.add(MultiGauge.Row.of(tags, health.lagSeconds()));
    } catch (AdapterException e) {
      ages.add(MultiGauge.Row.of(tags, Double.NaN)); // no answer: the gauge says so
    }
  }

  private static String resource(String path) {
    try (InputStream in = OperationsRoutes.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
