package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.ChainId;
import dev.trestle.gateway.hub.HubNode;
import dev.trestle.relay.ledger.LedgerEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server-sent events over a real connection. */
@Timeout(30)
final class EventStreamIT {
  private static final LedgerEvent EVENT =
      new LedgerEvent.ChainActive(ChainId.parse("bip122:fake"), 7);

  private final TestGateway gateway = new TestGateway();

  @AfterEach
  void close() {
    gateway.close();
  }

  private void block(long height) {
    gateway.hub.events().add(new HubNode.BlockEvents(height, 1, List.of(EVENT)));
  }

  private BufferedReader open(String query, String lastId) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri("/v1/events" + query));
    if (!lastId.isEmpty()) {
      request.header("Last-Event-ID", lastId);
    }
    HttpResponse<InputStream> response =
        gateway.http().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");
    return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
  }

  /** The next line that begins with {@code prefix}. */
  private static String next(BufferedReader stream, String prefix) throws IOException {
    String line = stream.readLine();
    while (line != null && !line.startsWith(prefix)) {
      line = stream.readLine();
    }
    return String.valueOf(line);
  }

  @Test
  void replaysAndThenFollows() throws Exception {
    block(10);
    block(11);
    try (BufferedReader stream = open("", "10-0")) {
      assertThat(next(stream, "id:")).isEqualTo("id: 11-0");
      assertThat(next(stream, "event:")).isEqualTo("event: chain.active");
      assertThat(next(stream, "data:")).contains("\"id\":\"11-0\"");
      block(12);
      assertThat(next(stream, "id:")).isEqualTo("id: 12-0");
    }
  }

  @Test
  void saysWhenEventsWereMissed() throws Exception {
    block(10);
    try (BufferedReader stream = open("", "3-0")) {
      assertThat(next(stream, "event:")).isEqualTo("event: gap");
      assertThat(next(stream, "id:")).isEqualTo("id: 10-0");
    }
  }

  @Test
  void filtersByType() throws Exception {
    block(10);
    gateway
        .hub
        .events()
        .add(new HubNode.BlockEvents(11, 1, List.of(new LedgerEvent.ClientFrozen(EVENT_CHAIN))));
    try (BufferedReader stream = open("?types=client.*", "")) {
      assertThat(next(stream, "event:")).isEqualTo("event: client.frozen");
    }
  }

  private static final ChainId EVENT_CHAIN = ChainId.parse("bip122:fake");

  @Test
  void aReaderThatDoesNotReadIsCutOffAndTheOthersAreServed() throws Exception {
    try (java.net.Socket slow =
            new java.net.Socket(
                java.net.InetAddress.getLoopbackAddress(), gateway.uri("/").getPort());
        BufferedReader quick = open("", "")) {
      slow.getOutputStream()
          .write("GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(slow.getInputStream().read()).isEqualTo('H');
      int height = 1;
      String last = "";
      for (; height <= 150_000; height++) {
        block(height);
        if (height % 1_000 == 0) {
          last = next(quick, "id: " + height + "-");
        }
      }
      assertThat(last).isEqualTo("id: 150000-0");
      assertThat(drain(slow)).isLessThan(150_000L * 60);
    }
  }

  /** Bytes until the connection ends. */
  private static long drain(java.net.Socket socket) {
    long read = 0;
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = socket.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        read += n;
      }
    } catch (IOException e) {
      return read; // reset by the gateway
    }
    return read;
  }
}
