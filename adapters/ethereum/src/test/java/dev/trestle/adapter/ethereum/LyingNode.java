package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.Async;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.function.BiFunction;

/** Stands before a real node and changes what it says. */
final class LyingNode implements AutoCloseable {
  private final HttpServer server;
  private final HttpClient client;

  /** Changes an answer, given the request and the answer of the real node. */
  interface Lie extends BiFunction<String, String, String> {}

  LyingNode(Vertx vertx, URI node, Lie lie) {
    client = vertx.createHttpClient();
    server =
        Async.await(
            vertx
                .createHttpServer()
                .requestHandler(request -> answer(request, node, lie))
                .listen(0, "127.0.0.1"));
  }

  private void answer(HttpServerRequest request, URI node, Lie lie) {
    request
        .body()
        .compose(
            body ->
                client
                    .request(
                        new RequestOptions()
                            .setMethod(HttpMethod.POST)
                            .setHost(node.getHost())
                            .setPort(node.getPort())
                            .putHeader("Content-Type", "application/json"))
                    .compose(out -> out.send(body))
                    .compose(in -> in.body())
                    .map(truth -> lie.apply(body.toString(), truth.toString())))
        .compose(lies -> request.response().end(Buffer.buffer(lies)));
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  @Override
  public void close() {
    Async.await(server.close());
    client.close();
  }
}
