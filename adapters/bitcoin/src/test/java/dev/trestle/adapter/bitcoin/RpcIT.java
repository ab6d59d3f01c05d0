package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The RPC client against answers that nodes, proxies and attackers give. */
class RpcIT {
  /** So long that no answer of a machine under load is late. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** For the answer that never comes. */
  private static final Duration HASTY = Duration.ofMillis(500);

  private Vertx vertx;
  private HttpServer server;
  private HttpClient http;
  private volatile int status = 200;
  private volatile String answer = "";
  private volatile boolean silent;
  private volatile String authorization = "";

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    server = vertx.createHttpServer().requestHandler(this::reply).listen(0, "127.0.0.1").await();
    http = vertx.createHttpClient();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private void reply(HttpServerRequest request) {
    authorization = Objects.requireNonNull(request.getHeader("Authorization"));
    if (silent) {
      request.response().setChunked(true).write("{"); // and never the rest
    } else {
      request.response().setStatusCode(status).end(answer);
    }
  }

  private BitcoinRpc rpc() {
    return new BitcoinRpc(
        http,
        URI.create("http://us%3Aer:p+%40ss@127.0.0.1:" + server.actualPort()),
        silent ? HASTY : PATIENT);
  }

  private JsonNode result(String json) {
    answer = "{\"id\":0,\"error\":null,\"result\":" + json + "}";
    return Async.await(rpc().call("m")).orThrow("m");
  }

  private void fails(AdapterError error) {
    assertThatThrownBy(() -> Async.await(rpc().call("m")).orThrow("m"))
        .isInstanceOfSatisfying(
            AdapterException.class,
            e -> {
              assertThat(e.error()).as(e.getMessage()).isEqualTo(error);
              assertThat(e.getMessage()).doesNotContain("@ss");
            });
  }

  @Test
  void amountsAreExact() {
    assertThat(BitcoinRpc.satoshi(result("0.1"))).isEqualTo(10_000_000);
    assertThat(BitcoinRpc.satoshi(result("20999999.97690000"))).isEqualTo(2_099_999_997_690_000L);
    assertThat(BitcoinRpc.satoshi(result("83999999.99999999"))).isEqualTo(8_399_999_999_999_999L);
    assertThat(BitcoinRpc.satoshi(result("1e-8"))).isEqualTo(1);
    assertThat(BitcoinRpc.satoshi(result("3"))).isEqualTo(300_000_000);
    for (String bad : List.of("0.000000001", "1e99", "\"0.1\"", "true", "{}")) {
      JsonNode value = result(bad);
      assertThatThrownBy(() -> BitcoinRpc.satoshi(value)).isInstanceOf(AdapterException.class);
    }
    assertThat(BitcoinRpc.coins(1)).isEqualTo("0.00000001");
    assertThat(BitcoinRpc.coins(150_000_000)).isEqualTo("1.5");
    assertThat(BitcoinRpc.coins(100_000_000_000L)).isEqualTo("1000");
  }

  @Test
  void credentialsAreDecodedOnceAndNeverShown() {
    assertThat(result("1").intValue()).isEqualTo(1);
    assertThat(authorization)
        .isEqualTo(
            "Basic "
                + java.util.Base64.getEncoder()
                    .encodeToString(
                        "us:er:p+@ss".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(rpc().label()).isEqualTo("127.0.0.1:" + server.actualPort());
  }

  @Test
  void errorsGoByCode() {
    status = 500;
    answer = "{\"id\":0,\"result\":null,\"error\":{\"code\":-5,\"message\":\"whatever\"}}";
    fails(AdapterError.NOT_FOUND);
    answer = answer.replace("-5", "-28");
    fails(AdapterError.UNREACHABLE);
    answer = answer.replace("-28", "-1");
    fails(AdapterError.NODE_ERROR);
    status = 401;
    fails(AdapterError.BAD_CONFIG);
  }

  @Test
  void nonsenseIsRefused() {
    answer = "Work queue depth exceeded";
    status = 503;
    fails(AdapterError.UNREACHABLE);
    status = 200;
    answer = "";
    fails(AdapterError.NODE_ERROR);
    answer = "[]";
    fails(AdapterError.NODE_ERROR);
    answer = "{\"id\":7,\"result\":1}";
    fails(AdapterError.NODE_ERROR);
    answer = "{\"id\":0}";
    fails(AdapterError.NODE_ERROR);
    answer = "{\"id\":0,\"error\":{}}";
    fails(AdapterError.NODE_ERROR);
    answer = "[".repeat(100_000);
    fails(AdapterError.UNREACHABLE);
  }

  @Test
  void batchesMustBeComplete() {
    List<BitcoinRpc.Call> calls = List.of(BitcoinRpc.Call.of("a"), BitcoinRpc.Call.of("b"));
    answer = "[{\"id\":0,\"result\":1},{\"id\":1,\"result\":2}]";
    assertThat(Async.await(rpc().batch(calls))).hasSize(2);
    for (String bad :
        List.of(
            "[{\"id\":0,\"result\":1}]",
            "[{\"id\":1,\"result\":1},{\"id\":0,\"result\":2}]",
            "{\"id\":0,\"result\":1}")) {
      answer = bad;
      assertThatThrownBy(() -> Async.await(rpc().batch(calls)))
          .isInstanceOf(AdapterException.class);
    }
  }

  @Test
  void silenceEnds() {
    silent = true;
    fails(AdapterError.UNREACHABLE);
    silent = false;
    server.close().await();
    fails(AdapterError.UNREACHABLE);
  }
}
