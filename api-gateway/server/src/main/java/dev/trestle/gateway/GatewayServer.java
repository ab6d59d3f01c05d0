package dev.trestle.gateway;

import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.http.RateLimit;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.routes.ChainRoutes;
import dev.trestle.gateway.routes.EventRoutes;
import dev.trestle.gateway.routes.GovernanceRoutes;
import dev.trestle.gateway.routes.OperationsRoutes;
import dev.trestle.gateway.routes.RelayRoutes;
import dev.trestle.gateway.routes.SwapRoutes;
import dev.trestle.gateway.routes.TransferRoutes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.stream.Collectors;

/** The HTTP surface of one gateway. */
public final class GatewayServer implements AutoCloseable {
  /** Largest body, bytes: a registration with sample headers is the largest request. */
  public static final long MAX_BODY = 2L << 20;

  private static final int MAX_HEADER = 16 << 10;
  private static final int IDLE_SECONDS = 120;

  private final HttpServer server;
  private final JsonHttp http;

  private GatewayServer(HttpServer server, JsonHttp http) {
    this.server = server;
    this.http = http;
  }

  /**
   * Listens.
   *
   * @param port 0 for any free one; {@link #port()} has the real one
   */
  public static Future<GatewayServer> start(Vertx vertx, Hub hub, String host, int port) {
    JsonHttp http = new JsonHttp();
    Router router = router(vertx, hub, http);
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setMaxHeaderSize(MAX_HEADER)
            .setIdleTimeout(IDLE_SECONDS)
            .setCompressionSupported(true);
    return vertx
        .createHttpServer(options)
        .requestHandler(router)
        .listen()
        .map(server -> new GatewayServer(server, http));
  }

  /** All routes of the API; a test holds them against {@code openapi.json}. */
  static Router router(Vertx vertx, Hub hub, JsonHttp http) {
    Router router = Router.router(vertx);
    router.route().handler(new RateLimit(hub.time(), RateLimit.PER_SECOND, RateLimit.BURST));
    router.route().handler(BodyHandler.create(false).setBodyLimit(MAX_BODY));
    new OperationsRoutes(hub).mount(router, http);
    new ChainRoutes(hub).mount(router, http);
    new SwapRoutes(hub).mount(router, http);
    new TransferRoutes(hub).mount(router, http);
    new RelayRoutes(hub).mount(router, http);
    new GovernanceRoutes(hub).mount(router, http);
    new EventRoutes(hub, vertx).mount(router);
    problem(router, 404, new Problem(ProblemCode.NOT_FOUND, "there is no such path"));
    router.errorHandler(405, context -> refuseMethod(router, context));
    problem(
        router,
        413,
        new Problem(ProblemCode.BODY_TOO_LARGE, "a body has at most " + MAX_BODY + " bytes"));
    problem(router, 400, new Problem(ProblemCode.MALFORMED_REQUEST, "path or query"));
    router.errorHandler(500, context -> JsonHttp.fail(context, orUnknown(context.failure())));
    return router;
  }

  /** With the methods that are allowed, as RFC 9110 15.5.6 demands. */
  private static void refuseMethod(Router router, RoutingContext context) {
    String allowed =
        router.getRoutes().stream()
            .filter(route -> isFor(route, context.normalizedPath()))
            .flatMap(route -> route.methods().stream())
            .map(HttpMethod::name)
            .distinct()
            .sorted()
            .collect(Collectors.joining(", "));
    context.response().putHeader("Allow", allowed);
    JsonHttp.fail(context, new Problem(ProblemCode.METHOD_NOT_ALLOWED, allowed + " is meant here"));
  }

  private static boolean isFor(Route route, String path) {
    String pattern = route.getPath(); // null for those of every path
    return pattern != null && path.matches(pattern.replaceAll(":[a-z]+", "[^/]+"));
  }

  private static Throwable orUnknown(@org.jspecify.annotations.Nullable Throwable failure) {
    return failure == null ? new IllegalStateException("no cause") : failure;
  }

  private static void problem(Router router, int status, Problem problem) {
    router.errorHandler(status, context -> JsonHttp.fail(context, problem));
  }

  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    server.close();
    http.close();
  }
}
