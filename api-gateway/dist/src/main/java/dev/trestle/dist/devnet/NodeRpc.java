package dev.trestle.dist.devnet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an operator types at a node's console: mining, mock time, chain reorganisation. Only the
 * devnet and the tests use it; everything that matters goes through the adapters.
 */
public final class NodeRpc {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final URI endpoint;
  private final String authorization;

  /** {@code endpoint} with {@code user:password@} where the node wants it. */
  public NodeRpc(URI endpoint) {
    String user = endpoint.getUserInfo();
    this.authorization =
        user == null
            ? ""
            : "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
    this.endpoint =
        URI.create(
            endpoint.getScheme() + "://" + endpoint.getHost() + ":" + endpoint.getPort() + "/");
  }

  /** The {@code result} of a JSON-RPC call; an error answer is a {@link DevnetException}. */
  public JsonNode call(String method, Object... parameters) {
    String body =
        JSON.writeValueAsString(
            Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", List.of(parameters)));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint)
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      JsonNode answer = JSON.readTree(response.body());
      if (answer.hasNonNull("error")) {
        throw new DevnetException(method + ": " + answer.get("error"));
      }
      return answer.path("result");
    } catch (IOException e) {
      throw new DevnetException(method + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevnetException(method + " was interrupted", e);
    }
  }

  /** Whether the node answers {@code method} without an error. */
  public boolean answers(String method) {
    try {
      call(method);
      return true;
    } catch (RuntimeException e) {
      return false; // not up yet: no connection, or no JSON in the answer
    }
  }
}
