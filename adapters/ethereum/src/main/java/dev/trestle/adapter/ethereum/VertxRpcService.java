package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.web3j.protocol.Service;

/**
 * web3j's JSON-RPC over Vert.x instead of the HTTP client it comes with. Calls block: they are for
 * virtual threads. Whatever keeps a node from giving an answer is an {@link IOException}.
 */
final class VertxRpcService extends Service {
  /** Largest answer in bytes: the receipts of a full block are a few MB. */
  static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

  private final HttpClient http;
  private final RequestOptions target;
  private final Optional<String> authorization;
  private final String label;
  private final Duration timeout;

  /**
   * @param endpoint {@code http(s)://[user:password@]host[:port][/path][?query]}; user and password
   *     percent-encoded
   * @param timeout of a whole call
   */
  VertxRpcService(HttpClient http, URI endpoint, Duration timeout) {
    super(false);
    boolean tls = isTls(endpoint);
    int port = endpoint.getPort() >= 0 ? endpoint.getPort() : tls ? 443 : 80;
    this.http = http;
    this.timeout = timeout;
    this.label = endpoint.getHost() + ":" + port;
    this.authorization = Optional.ofNullable(endpoint.getRawUserInfo()).map(VertxRpcService::basic);
    this.target =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(endpoint.getHost())
            .setPort(port)
            .setSsl(tls)
            .setConnectTimeout(timeout.toMillis())
            .setURI(pathOf(endpoint));
  }

  /** Host and port, without credentials: paths of public nodes often hold a key. */
  String label() {
    return label;
  }

  @Override
  protected InputStream performIO(String body) throws IOException {
    Promise<Buffer> answer = Promise.promise();
    http.request(new RequestOptions(target))
        .onFailure(answer::tryFail)
        .onSuccess(request -> exchange(request, body, answer));
    Future<Buffer> bounded = answer.future().timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    // a call that ran into the timeout must free its connection
    bounded.onFailure(answer::tryFail);
    try {
      return new ByteArrayInputStream(Async.await(bounded).getBytes());
    } catch (AdapterException e) {
      throw e;
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(label + " does not answer: " + cause.getMessage(), cause);
    }
  }

  /** The HTTP client belongs to the adapter, which closes it. */
  @Override
  public void close() {}

  private void exchange(HttpClientRequest request, String body, Promise<Buffer> answer) {
    authorization.ifPresent(value -> request.putHeader("Authorization", value));
    request.putHeader("Content-Type", "application/json");
    answer.future().onFailure(failure -> request.reset());
    request
        .send(Buffer.buffer(body))
        .onFailure(answer::tryFail)
        .onSuccess(response -> collect(response, answer));
  }

  private void collect(HttpClientResponse response, Promise<Buffer> answer) {
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      answer.tryFail(
          new AdapterException(AdapterError.BAD_CONFIG, label + " refuses the credentials"));
      return;
    }
    if (status != 200) {
      answer.tryFail(new IOException("HTTP status " + status));
      return;
    }
    Buffer collected = Buffer.buffer();
    response.handler(
        part -> {
          if (collected.length() + part.length() > MAX_ANSWER_BYTES) {
            answer.tryFail(new IOException("more than " + MAX_ANSWER_BYTES + " bytes"));
          } else {
            collected.appendBuffer(part);
          }
        });
    response.exceptionHandler(answer::tryFail);
    response.endHandler(done -> answer.tryComplete(collected));
  }

  private static boolean isTls(URI endpoint) {
    String scheme = endpoint.getScheme();
    boolean known = "http".equals(scheme) || "https".equals(scheme);
    if (!known || endpoint.getHost() == null) {
      throw new AdapterException(
          AdapterError.BAD_CONFIG, "an endpoint is http(s)://[user:password@]host[:port][/path]");
    }
    return "https".equals(scheme);
  }

  private static String pathOf(URI endpoint) {
    String path = endpoint.getRawPath();
    String query = endpoint.getRawQuery();
    return (path == null || path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
  }

  private static String basic(String rawUserInfo) {
    // '+' stands for itself in the user-info part of a URI
    String userInfo = URLDecoder.decode(rawUserInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
  }
}
