package dev.trestle.relay.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON-RPC of one validator. */
final class Rpc {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(TIMEOUT).version(HttpClient.Version.HTTP_1_1).build();

  private final URI address;

  Rpc(int port) {
    this.address = URI.create("http://127.0.0.1:" + port + "/");
  }

  /**
   * @param params JSON list
   * @throws BenchException if the node cannot be reached or answers with an error
   */
  JsonNode call(String method, String params) {
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":" + params + "}";
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(address)
                  .timeout(TIMEOUT)
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      JsonNode answer = JSON.readTree(response.body());
      if (answer.has("error")) {
        throw new BenchException(method + ": " + answer.path("error"));
      }
      return answer.path("result");
    } catch (IOException e) {
      throw new BenchException(method + " failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  long head() {
    return call("relay_status", "[]").path("head").asLong();
  }
}
