package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.net.HostAndPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON-RPC 2.0 on the loopback address, WebSockets that submit transactions ({@link SubmitFormat})
 * and that follow the chain ({@link EventSession}), with {@code /healthz} (the process answers) and
 * {@code /readyz} (the state is about as new as the peers'). A request must name a loopback host
 * and JSON as its type, so that a web page in somebody's browser cannot reach it.
 */
final class RpcServer {
  private static final Logger LOG = LoggerFactory.getLogger(RpcServer.class);
  static final int MAX_BODY_BYTES = 2 << 20;
  static final int MAX_BATCH = 32;
  static final int MAX_OPEN_REQUESTS = 128;
  static final int IDLE_SECONDS = 30;
  static final int MAX_WEB_SOCKETS = 1_024;
  private static final String SUBMIT = "/submit";
  private static final String EVENTS = "/events";
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]", "::1");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Vertx vertx;
  private final HttpServer server;
  private volatile Methods methods = Methods.NONE;
  private volatile Optional<EventStream> events = Optional.empty();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger sockets = new AtomicInteger();
  private int port;

  /** What the server answers with. */
  interface Methods {
    /** Before the node is up. */
    Methods NONE =
        new Methods() {
          @Override
          public Future<JsonNode> call(String method, JsonNode params) {
            return Future.failedFuture(
                new RpcError(RpcError.REFUSED, NodeReason.CLOSED, "the node is starting"));
          }

          @Override
          public Future<Optional<String>> notReady() {
            return Future.succeededFuture(Optional.of("starting"));
          }

          @Override
          public void submit(Bytes transaction, Consumer<Settlement> told) {
            told.accept(new Settlement.Closed());
          }
        };

    Future<JsonNode> call(String method, JsonNode params);

    /** Why the state is not about as new as the peers'; empty if it is. */
    Future<Optional<String>> notReady();

    /** Takes a transaction in and says once, on any thread, what became of it. */
    void submit(Bytes transaction, Consumer<Settlement> told);
  }

  RpcServer(Vertx vertx) {
    this.vertx = vertx;
    HttpServerOptions options = new HttpServerOptions();
    options.setMaxInitialLineLength(1024).setMaxHeaderSize(8192);
    options.setIdleTimeout(IDLE_SECONDS);
    options.setMaxWebSocketFrameSize(SubmitFormat.MAX_MESSAGE_BYTES);
    options.setMaxWebSocketMessageSize(SubmitFormat.MAX_MESSAGE_BYTES);
    this.server = vertx.createHttpServer(options);
  }

  Future<Integer> listen(int wanted) {
    server.requestHandler(this::handle);
    server.webSocketHandshakeHandler(this::handshake);
    server.webSocketHandler(this::serve);
    return server
        .listen(wanted, "127.0.0.1")
        .map(
            listening -> {
              port = listening.actualPort();
              return port;
            });
  }

  void serve(Methods served, EventStream told) {
    methods = served;
    events = Optional.of(told);
  }

  int port() {
    return port;
  }

  Future<Void> close() {
    return server.close();
  }

  /** A page in somebody's browser names its origin; there is none of ours. */
  private void handshake(ServerWebSocketHandshake handshake) {
    boolean welcome =
        isLoopback(handshake.authority())
            && isOurs(handshake.headers().get("origin"), handshake.authority())
            && (SUBMIT.equals(handshake.path())
                || (EVENTS.equals(handshake.path()) && events.isPresent()))
            && sockets.get() < MAX_WEB_SOCKETS;
    if (welcome) {
      handshake.accept();
    } else {
      handshake.reject(403);
    }
  }

  private void serve(ServerWebSocket socket) {
    sockets.incrementAndGet();
    if (EVENTS.equals(socket.path())) {
      events.ifPresentOrElse(
          stream -> stream.serve(vertx, socket, sockets::decrementAndGet), socket::close);
      return;
    }
    socket.closeHandler(closed -> sockets.decrementAndGet());
    SubmitSession.serve(
        socket,
        vertx.getOrCreateContext(),
        (transaction, told) -> methods.submit(transaction, told));
  }

  /** No origin, or the one that some libraries make from the address they connect to. */
  private static boolean isOurs(@Nullable String origin, @Nullable HostAndPort host) {
    return origin == null || origin.equals("http://" + host);
  }

  private static boolean isLoopback(@Nullable HostAndPort host) {
    return host != null && LOOPBACK.contains(host.host());
  }

  private void handle(HttpServerRequest request) {
    if (!isLoopback(request.authority())) {
      end(request, 403, "not a loopback host");
    } else if (HttpMethod.GET.equals(request.method()) && "/healthz".equals(request.path())) {
      end(request, 200, "ok");
    } else if (HttpMethod.GET.equals(request.method()) && "/readyz".equals(request.path())) {
      methods
          .notReady()
          .onComplete(
              reason ->
                  end(
                      request,
                      reason.isEmpty() ? 200 : 503,
                      reason.map(why -> "not ready: " + why).orElse("ready")),
              fault -> end(request, 503, "not ready"));
    } else if (!HttpMethod.POST.equals(request.method()) || !"/".equals(request.path())) {
      end(request, 404, "not found");
    } else if (!String.valueOf(request.getHeader("content-type")).startsWith("application/json")) {
      end(request, 415, "send application/json");
    } else if (open.get() >= MAX_OPEN_REQUESTS) {
      end(request, 503, "too many requests");
    } else {
      open.incrementAndGet();
      body(request)
          .compose(this::answer)
          .onComplete(
              json -> {
                open.decrementAndGet();
                request
                    .response()
                    .putHeader("content-type", "application/json")
                    .end(Buffer.buffer(JSON.writeValueAsBytes(json)));
              },
              fault -> {
                open.decrementAndGet();
                end(request, 413, "the body is too large");
              });
    }
  }

  private static Future<Buffer> body(HttpServerRequest request) {
    Promise<Buffer> whole = Promise.promise();
    Buffer collected = Buffer.buffer();
    request.handler(
        chunk -> {
          if (collected.length() + chunk.length() > MAX_BODY_BYTES) {
            whole.tryFail(new TrestleException(NodeReason.TOO_LARGE, "request body"));
          } else {
            collected.appendBuffer(chunk);
          }
        });
    request.exceptionHandler(whole::tryFail);
    request.endHandler(done -> whole.tryComplete(collected));
    return whole.future();
  }

  private Future<JsonNode> answer(Buffer body) {
    JsonNode root;
    try {
      root = JSON.readTree(body.getBytes());
    } catch (JacksonException e) {
      return Future.succeededFuture(
          error(NODES.nullNode(), new RpcError(RpcError.PARSE, NodeReason.BAD_FRAME, "not JSON")));
    }
    if (!root.isArray()) {
      return one(root);
    }
    if (root.isEmpty() || root.size() > MAX_BATCH) {
      return Future.succeededFuture(
          error(
              NODES.nullNode(),
              new RpcError(
                  RpcError.INVALID_REQUEST,
                  NodeReason.TOO_LARGE,
                  "a batch has 1 to " + MAX_BATCH + " requests")));
    }
    List<Future<JsonNode>> answers = new ArrayList<>();
    root.forEach(each -> answers.add(one(each)));
    return Future.all(answers)
        .map(
            all -> {
              ArrayNode list = NODES.arrayNode();
              answers.forEach(each -> list.add(each.result()));
              return list;
            });
  }

  private Future<JsonNode> one(JsonNode request) {
    JsonNode id = request.path("id");
    JsonNode echoed = id.isString() || id.isNumber() ? id : NODES.nullNode();
    JsonNode method = request.path("method");
    JsonNode params = request.path("params");
    boolean valid =
        request.isObject()
            && "2.0".equals(request.path("jsonrpc").asString(""))
            && method.isString()
            && (params.isMissingNode() || params.isArray() || params.isObject());
    if (!valid) {
      return Future.succeededFuture(
          error(
              echoed,
              new RpcError(RpcError.INVALID_REQUEST, NodeReason.BAD_FRAME, "not JSON-RPC 2.0")));
    }
    // methods read the store: never on the event loop
    return vertx
        .executeBlocking(() -> methods.call(method.asString(), params), false)
        .compose(result -> result)
        .map(result -> success(echoed, result))
        .recover(fault -> Future.succeededFuture(error(echoed, fault)));
  }

  private static JsonNode success(JsonNode id, JsonNode result) {
    ObjectNode answer = NODES.objectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("result", result);
    answer.set("id", id);
    return answer;
  }

  private static JsonNode error(JsonNode id, Throwable fault) {
    ObjectNode error = NODES.objectNode();
    if (fault instanceof RpcError known) {
      error.put("code", known.number());
      error.put("message", String.valueOf(known.getMessage()));
      error.putObject("data").put("code", known.code().code());
    } else {
      LOG.error("an RPC method failed", fault);
      error.put("code", RpcError.INTERNAL);
      error.put("message", "internal error");
    }
    ObjectNode answer = NODES.objectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("error", error);
    answer.set("id", id);
    return answer;
  }

  private static void end(HttpServerRequest request, int status, String text) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .end(text + "\n");
  }
}
