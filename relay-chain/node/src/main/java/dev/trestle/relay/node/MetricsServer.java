package dev.trestle.relay.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * {@code GET /metrics} on a port of its own, so that the RPC's port need not be reachable for who
 * only watches. Answers nothing else and reads no body.
 */
final class MetricsServer {
  /** Requests that may be open: each one waits for the core thread. */
  static final int MAX_OPEN_REQUESTS = 8;

  static final int IDLE_SECONDS = 30;
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Vertx vertx;
  private final HttpServer server;
  private final NodeMetrics metrics;
  private final Supplier<Future<NodeStatus>> status;
  private final AtomicInteger open = new AtomicInteger();

  private MetricsServer(Vertx vertx, NodeMetrics metrics, Supplier<Future<NodeStatus>> status) {
    this.vertx = vertx;
    this.metrics = metrics;
    this.status = status;
    HttpServerOptions options = new HttpServerOptions();
    options.setMaxInitialLineLength(1024).setMaxHeaderSize(8192);
    options.setIdleTimeout(IDLE_SECONDS);
    this.server = vertx.createHttpServer(options);
  }

  /**
   * @param status asked once a request
   */
  static Future<MetricsServer> listen(
      Vertx vertx,
      NodeConfig.Endpoint where,
      NodeMetrics metrics,
      Supplier<Future<NodeStatus>> status) {
    MetricsServer made = new MetricsServer(vertx, metrics, status);
    made.server.requestHandler(made::handle);
    return made.server.listen(where.port(), where.host()).map(listening -> made);
  }

  int port() {
    return server.actualPort();
  }

  Future<Void> close() {
    return server.close().onComplete(done -> metrics.close());
  }

  private void handle(HttpServerRequest request) {
    if (!HttpMethod.GET.equals(request.method()) || !"/metrics".equals(request.path())) {
      request.response().setStatusCode(404).end("not found\n");
    } else if (open.get() >= MAX_OPEN_REQUESTS) {
      request.response().setStatusCode(503).end("too many requests\n");
    } else {
      open.incrementAndGet();
      status
          .get()
          .compose(now -> vertx.executeBlocking(() -> metrics.scrape(now), false))
          .onComplete(
              text -> {
                open.decrementAndGet();
                request.response().putHeader("content-type", PROMETHEUS).end(text);
              },
              fault -> {
                open.decrementAndGet();
                request.response().setStatusCode(503).end("the node is closed\n");
              });
    }
  }
}
