package dev.trestle.dist.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The gateway's HTTP interface, by hand: nothing between the test and the wire corrects it. */
final class Rest {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Set<String> PROBLEM =
      Set.of("type", "title", "status", "code", "detail", "instance", "requestId");

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI gateway;

  Rest(URI gateway) {
    this.gateway = gateway;
  }

  /**
   * @param body parsed; missing where there is none
   */
  record Answer(int status, HttpResponse<String> response, JsonNode body) {
    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    /** A problem document of RFC 9457, whole, with this code, and nothing of our inside in it. */
    Answer refused(int expectedStatus, String code) {
      assertThat(status).as(response.body()).isEqualTo(expectedStatus);
      assertThat(header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(new TreeSet<>(body.propertyNames())).isEqualTo(new TreeSet<>(PROBLEM));
      assertThat(body.path("status").asInt()).isEqualTo(expectedStatus);
      assertThat(body.path("code").asString()).as(response.body()).isEqualTo(code);
      assertThat(body.path("type").asString()).startsWith("/problems/");
      assertThat(body.path("detail").asString()).isNotBlank();
      assertThat(body.path("requestId").asString()).isEqualTo(header("Request-Id"));
      assertThat(response.body()).doesNotContain("dev.trestle", "Exception", "java.");
      return this;
    }

    /** As {@link #refused(int, String)}, the type being another than the code. */
    Answer refused(int expectedStatus, String type, String code) {
      refused(expectedStatus, code);
      assertThat(body.path("type").asString()).isEqualTo("/problems/" + type);
      return this;
    }

    Answer accepted(int expectedStatus) {
      assertThat(status).as(response.body()).isEqualTo(expectedStatus);
      assertThat(header("Content-Type")).isEqualTo("application/json");
      return this;
    }

    <T> T as(Class<T> type) {
      return JSON.treeToValue(body, type);
    }

    String text(String member) {
      return body.path(member).asString();
    }
  }

  Answer get(String path) {
    return send("GET", path, "");
  }

  /**
   * @param body JSON text, or anything that becomes it
   * @param headers names and values in turn
   */
  Answer post(String path, Object body, String... headers) {
    String text = body instanceof String json ? json : JSON.writeValueAsString(body);
    String[] all = new String[headers.length + 2];
    all[0] = "Content-Type";
    all[1] = "application/json";
    System.arraycopy(headers, 0, all, 2, headers.length);
    return send("POST", path, text, all);
  }

  /** Any method; of a header that is given twice the last one counts. */
  Answer send(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.resolve(path))
            .timeout(Duration.ofSeconds(40))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response, JSON.readTree(response.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
