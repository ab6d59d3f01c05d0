package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class EventSessionTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String ID = "11".repeat(32);

  private final Chain chain = new Chain();
  private final Reader reader = new Reader();
  private final EventSession session = new EventSession(chain, reader);

  /** Packets leave at even heights only. */
  private static final class Chain implements EventSource {
    private long head = 5;
    private long lowest = 1;

    /** Goes when it is read. */
    private long vanishing;

    private final Map<Hash32, Long> included = new TreeMap<>();

    @Override
    public long head() {
      return head;
    }

    @Override
    public long lowest() {
      return lowest;
    }

    @Override
    public Optional<JsonNode> at(Topic topic, long height) {
      if (height == vanishing) {
        lowest = height + 1;
      }
      if (height < lowest) {
        return Optional.empty();
      }
      ObjectNode out = JsonNodeFactory.instance.objectNode();
      out.put("topic", topic.word());
      return topic == Topic.PACKETS && height % 2 == 1 ? Optional.empty() : Optional.of(out);
    }

    @Override
    public Optional<JsonNode> transaction(Hash32 id) {
      return Optional.ofNullable(included.get(id))
          .map(height -> JsonNodeFactory.instance.objectNode().put("height", height));
    }
  }

  /** A client that has room for some messages until it reads. */
  private static final class Reader implements EventSession.Sink {
    private final List<JsonNode> written = new ArrayList<>();
    private int room = Integer.MAX_VALUE;
    private int closed;

    @Override
    public boolean isFull() {
      return written.size() >= room;
    }

    @Override
    public void write(String message) {
      written.add(JSON.readTree(message));
    }

    @Override
    public void close(int code, String reason) {
      closed = code;
    }

    private List<JsonNode> take() {
      List<JsonNode> all = List.copyOf(written);
      written.clear();
      return all;
    }
  }

  private JsonNode ask(String method, String params) {
    session.request(
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}".formatted(method, params));
    List<JsonNode> answers = reader.take();
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private List<Long> heights() {
    while (session.step()) {
      assertThat(reader.closed).isZero();
    }
    return reader.take().stream()
        .map(message -> message.path("params").path("height").asLong())
        .toList();
  }

  @Test
  void tellsEveryHeightOnceFromWhereItWasAsked() {
    JsonNode answer = ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":3}");
    assertThat(answer.path("result").path("head").asLong()).isEqualTo(5);
    assertThat(heights()).containsExactly(3L, 4L, 5L);
    assertThat(heights()).isEmpty();
    chain.head = 7;
    assertThat(heights()).containsExactly(6L, 7L);
    long id = answer.path("result").path("subscription").asLong();
    assertThat(ask("relay_unsubscribe", "{\"subscription\":" + id + "}").path("result").asBoolean())
        .isTrue();
    chain.head = 8;
    assertThat(heights()).isEmpty();
  }

  @Test
  void withoutAHeightItBeginsWithTheNextBlock() {
    ask("relay_subscribe", "{\"topic\":\"packets\"}");
    assertThat(heights()).isEmpty();
    chain.head = 8;
    assertThat(heights()).containsExactly(6L, 8L);
  }

  @Test
  void aHeightThatIsNotKeptIsRefused() {
    chain.lowest = 4;
    JsonNode error = ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":3}").path("error");
    assertThat(error.path("code").asInt()).isEqualTo(RpcError.REFUSED);
    assertThat(error.path("data").path("code").asString()).isEqualTo("pruned");
    assertThat(error.path("message").asString()).contains("4");
    assertThat(heights()).isEmpty();
    ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":4}");
    assertThat(heights()).containsExactly(4L, 5L);
  }

  @Test
  void aSubscriptionThatPruningOvertakesEndsAndSaysSo() {
    ask("relay_subscribe", "{\"topic\":\"packets\",\"from\":2}");
    ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":5}");
    chain.vanishing = 3; // of which packets have nothing to say
    while (session.step()) {
      assertThat(reader.closed).isZero();
    }
    List<JsonNode> told = reader.take().stream().map(each -> each.path("params")).toList();
    assertThat(told).hasSize(3);
    JsonNode end = told.stream().filter(each -> each.has("error")).findFirst().orElseThrow();
    assertThat(end.path("subscription").asLong()).isEqualTo(1);
    assertThat(end.path("height").asLong()).isEqualTo(3);
    assertThat(end.path("error").path("code").asString()).isEqualTo("pruned");
    assertThat(end.path("error").path("lowest").asLong()).isEqualTo(4);
    chain.head = 6;
    assertThat(heights()).as("the other one goes on").containsExactly(6L);
  }

  @Test
  void aTransactionIsToldOnce() {
    ask("relay_subscribe", "{\"transaction\":\"" + ID + "\"}");
    assertThat(heights()).isEmpty();
    chain.included.put(Hash32.fromHex(ID), 6L);
    chain.head = 6;
    assertThat(heights()).containsExactly(6L);
    chain.head = 7;
    assertThat(heights()).isEmpty();
  }

  @Test
  void twoSubscriptionsTakeTurns() {
    ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":1}");
    ask("relay_subscribe", "{\"topic\":\"evidence\",\"from\":1}");
    reader.room = 4;
    assertThat(heights()).containsExactly(1L, 1L, 2L, 2L);
  }

  @Test
  void aReaderThatDoesNotReadIsNotWrittenToAndThenDropped() {
    ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":1}");
    reader.room = 2;
    assertThat(session.step()).isTrue();
    assertThat(session.step()).isTrue();
    assertThat(session.step()).as("it is full").isFalse();
    session.tick(1_000);
    session.tick(1_000 + EventSession.STALL_MS - 1);
    assertThat(reader.closed).isZero();
    session.tick(1_000 + EventSession.STALL_MS);
    assertThat(reader.closed).isEqualTo(EventSession.SLOW_READER);
    assertThat(reader.written).hasSize(2);
  }

  @Test
  void aReaderThatReadsInTimeIsKept() {
    ask("relay_subscribe", "{\"topic\":\"blocks\",\"from\":1}");
    reader.room = 1;
    assertThat(session.step()).isTrue();
    session.tick(0);
    reader.take();
    session.tick(EventSession.STALL_MS - 1);
    assertThat(session.step()).isTrue();
    session.tick(EventSession.STALL_MS);
    session.tick(2 * EventSession.STALL_MS - 1);
    assertThat(reader.closed).isZero();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    for (String params :
        List.of(
            "{}",
            "{\"topic\":\"secrets\"}",
            "{\"topic\":\"blocks\",\"from\":0}",
            "{\"topic\":\"blocks\",\"from\":\"1\"}",
            "{\"topic\":\"blocks\",\"from\":1e3}",
            "{\"transaction\":\"12\"}")) {
      assertThat(ask("relay_subscribe", params).path("error").path("code").asInt())
          .as(params)
          .isEqualTo(RpcError.INVALID_PARAMS);
    }
    assertThat(ask("relay_status", "{}").path("error").path("code").asInt())
        .isEqualTo(RpcError.NO_METHOD);
    for (int i = 0; i < EventSession.MAX_SUBSCRIPTIONS; i++) {
      ask("relay_subscribe", "{\"topic\":\"blocks\"}");
    }
    assertThat(ask("relay_subscribe", "{\"topic\":\"blocks\"}").path("error").path("code").asInt())
        .isEqualTo(RpcError.REFUSED);
    assertThat(reader.closed).isZero();
    for (String text :
        List.of("", "[]", "{\"jsonrpc\":\"2.0\"}", "x".repeat(EventSession.MAX_REQUEST + 1))) {
      reader.closed = 0;
      session.request(text);
      assertThat(reader.closed).as(text).isEqualTo(EventSession.BAD_REQUEST);
    }
  }
}
