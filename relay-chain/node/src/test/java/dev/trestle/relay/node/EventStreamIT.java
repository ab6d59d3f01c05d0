package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.relay.ledger.tx.Transaction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EventStreamIT {
  @TempDir Path temp;

  /** Keeps every message, put together from its parts. */
  private static final class Client implements WebSocket.Listener {
    private final List<JsonNode> messages = new CopyOnWriteArrayList<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      part.append(text);
      if (last) {
        messages.add(new JsonMapper().readTree(part.toString()));
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    private List<Long> heights(long subscription) {
      return messages.stream()
          .map(message -> message.path("params"))
          .filter(params -> params.path("subscription").asLong(-1) == subscription)
          .map(params -> params.path("height").asLong())
          .toList();
    }
  }

  private static WebSocket connect(HttpClient http, RelayNode node, String path, Client client) {
    return http.newWebSocketBuilder()
        .buildAsync(URI.create("ws://127.0.0.1:" + node.rpcPort() + path), client)
        .orTimeout(DevNet.SECONDS, java.util.concurrent.TimeUnit.SECONDS)
        .join();
  }

  private static void subscribe(WebSocket socket, String params) {
    DevNet.done(
        socket.sendText(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"relay_subscribe\",\"params\":"
                + params
                + "}",
            true));
  }

  @Test
  void aClientFollowsTheChainAndGoesOnAfterABreak() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient(); // its close waits for the sockets
        DevNet net = new DevNet(temp, 4)) {
      List<RelayNode> nodes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        nodes.add(net.startNew(i));
      }
      RelayNode node = nodes.getFirst();
      Transaction first = net.transaction("events", 0);
      net.send(node, first);
      net.untilHeight(2, node);
      Client client = new Client();
      WebSocket socket = connect(http, node, "/events", client);
      subscribe(socket, "{\"topic\":\"blocks\",\"from\":1}");
      subscribe(socket, "{\"transaction\":\"" + first.id().toHex() + "\"}");
      subscribe(socket, "{\"topic\":\"transactions\",\"from\":1}");
      net.until(
          "the first, so that the second is of a later block", () -> !client.heights(3).isEmpty());
      Transaction second = net.transaction("events", 1);
      net.send(node, second);
      long height = node.head() + 1;
      net.until("blocks", () -> client.heights(1).contains(height));
      net.until("both transactions", () -> client.heights(3).size() == 2);
      assertThat(client.heights(2)).containsExactly(client.heights(3).getFirst());
      assertThat(
              client.messages.stream()
                  .filter(message -> message.path("params").path("subscription").asLong() == 3)
                  .map(m -> m.path("params").path("transactions").get(0).path("id").asString()))
          .containsExactly("0x" + first.id().toHex(), "0x" + second.id().toHex());
      List<Long> seen = client.heights(1);
      socket.abort();
      long last = seen.getLast();
      net.send(node, net.transaction("events", 2));
      net.untilHeight(last + 2, node);
      Client again = new Client();
      WebSocket other = connect(http, node, "/events", again);
      subscribe(other, "{\"topic\":\"blocks\",\"from\":" + (last + 1) + "}");
      net.until("what was missed", () -> again.heights(1).size() >= 2);
      List<Long> all = new ArrayList<>(seen);
      all.addAll(again.heights(1));
      for (int i = 0; i < all.size(); i++) {
        assertThat(all.get(i)).as("no height is missing and none comes twice").isEqualTo(i + 1);
      }
      other.abort();
      assertThatThrownBy(() -> connect(http, node, "/nothing", new Client()))
          .hasMessageContaining("WebSocketHandshakeException");
    }
  }
}
