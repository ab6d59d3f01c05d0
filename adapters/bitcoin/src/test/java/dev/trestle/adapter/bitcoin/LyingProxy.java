package dev.trestle.adapter.bitcoin;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.Objects;
import java.util.function.BiFunction;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Stands before an honest node and changes its answers. */
final class LyingProxy implements AutoCloseable {
  static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private final HttpServer server;
  private final HttpClient client;
  private final URI honest;
  private volatile BiFunction<String, JsonNode, JsonNode> lie = (method, result) -> result;

  LyingProxy(Vertx vertx, URI honest) {
    this.honest = honest;
    this.client = vertx.createHttpClient();
    this.server =
        vertx.createHttpServer().requestHandler(this::handle).listen(0, "127.0.0.1").await();
  }

  URI endpoint() {
    return URI.create("http://" + honest.getUserInfo() + "@127.0.0.1:" + server.actualPort() + "/");
  }

  /** From now on every result of a method becomes what {@code lie} makes of it. */
  void tell(BiFunction<String, JsonNode, JsonNode> lie) {
    this.lie = lie;
  }

  private void handle(HttpServerRequest request) {
    request
        .body()
        .compose(
            body ->
                forward(body, Objects.requireNonNull(request.getHeader("Authorization")))
                    .map(answer -> falsify(body, answer)))
        .onSuccess(answer -> request.response().end(answer))
        .onFailure(failure -> request.response().setStatusCode(500).end());
  }

  private Future<Buffer> forward(Buffer body, String authorization) {
    return client
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(honest.getHost())
                .setPort(honest.getPort())
                .setURI("/")
                .putHeader("Authorization", authorization))
        .compose(request -> request.send(body))
        .compose(response -> response.body());
  }

  private Buffer falsify(Buffer question, Buffer answer) {
    JsonNode calls = JSON.readTree(question.getBytes());
    JsonNode replies = JSON.readTree(answer.getBytes());
    if (calls.isArray()) {
      for (int i = 0; i < calls.size(); i++) {
        falsify(calls.get(i), replies.get(i));
      }
    } else {
      falsify(calls, replies);
    }
    return Buffer.buffer(JSON.writeValueAsBytes(replies));
  }

  private void falsify(JsonNode call, JsonNode reply) {
    JsonNode result = reply.path("result");
    if (!result.isNull() && !result.isMissingNode()) {
      ((ObjectNode) reply).set("result", lie.apply(call.path("method").stringValue(), result));
    }
  }

  @Override
  public void close() {
    server.close().await();
    client.close().await();
  }
}
