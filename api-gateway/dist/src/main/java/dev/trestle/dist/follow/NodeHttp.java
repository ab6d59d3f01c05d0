package dev.trestle.dist.follow;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.vectors.VectorJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Questions to a node that answers GET requests with JSON. Its answers are bounded. */
final class NodeHttp implements AutoCloseable {
  /** Largest answer in bytes: an update with two sync committees has a tenth of it. */
  private static final long MAX_ANSWER = 4L << 20;

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI base;

  /**
   * @throws AdapterException {@code bad-config} unless {@code base} is an http or https address
   */
  NodeHttp(URI base) {
    if (base.getHost() == null || !String.valueOf(base.getScheme()).matches("https?")) {
      throw new AdapterException(AdapterError.BAD_CONFIG, "a node is http(s)://host:port");
    }
    this.base = base;
  }

  /**
   * The answer to a GET; empty when the node says 404.
   *
   * @param path relative, with its query
   * @throws AdapterException {@code unreachable}, or {@code node-error} for another status
   * @throws CliException {@code malformed-answer} when it is not JSON
   */
  Optional<JsonNode> get(String path) {
    HttpResponse<byte[]> answer = send(path);
    if (answer.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    if (answer.statusCode() != OK) {
      throw new AdapterException(
          AdapterError.NODE_ERROR, "status " + answer.statusCode() + " for " + path);
    }
    return Optional.of(wellFormed(() -> VectorJson.parse(Bytes.wrap(answer.body()))));
  }

  private HttpResponse<byte[]> send(String path) {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("Accept", "application/json")
            .build();
    try {
      return http.send(
          request,
          HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_ANSWER));
    } catch (IOException e) {
      throw new AdapterException(
          AdapterError.UNREACHABLE, base.getAuthority() + " does not answer " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdapterException(AdapterError.UNREACHABLE, "interrupted", e);
    }
  }

  /**
   * What {@code reader} makes of an answer.
   *
   * @throws CliException {@code malformed-answer} when it cannot be read: no node of the chain says
   *     such a thing
   */
  static <T> T wellFormed(Supplier<T> reader) {
    try {
      return reader.get();
    } catch (DecodeException e) {
      throw new CliException(
          "malformed-answer", Failures.VERIFICATION, "from the node: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
