package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One client's subscriptions. Each is a place in the chain that moves on as messages go out, so a
 * client that reads slowly costs no memory: what it has not read yet stays in the store. One that
 * reads nothing for {@link #STALL_MS} while there is something to read is dropped. Used by one
 * thread.
 *
 * <p>A client sends JSON-RPC 2.0: {@code relay_subscribe} with {@code {"topic": ..., "from":
 * height}}, or with {@code {"transaction": id}}, and {@code relay_unsubscribe} with {@code
 * {"subscription": n}}. It is told by notifications {@code relay_subscription} with {@code
 * subscription}, {@code height} and the topic's fields. After a break it asks again, with {@code
 * from} one above the last height that it has seen. A height below the lowest block that is kept is
 * refused with {@link NodeReason#PRUNED}; a subscription that such a height overtakes ends with a
 * notification whose {@code error} has that {@code code} and the {@code lowest} height there is.
 */
final class EventSession {
  /** Subscriptions of one client. */
  static final int MAX_SUBSCRIPTIONS = 64;

  /** Characters of one request. */
  static final int MAX_REQUEST = 4_096;

  /** A client may leave messages unread for this long, milliseconds. */
  static final long STALL_MS = 10_000;

  /** Close code: the request is not one. */
  static final int BAD_REQUEST = 4_400;

  /** Close code: it does not read. */
  static final int SLOW_READER = 4_408;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final EventSource source;
  private final Sink sink;
  private final Map<Long, Cursor> cursors = new TreeMap<>();
  private long lastId;

  /** The one that is served first the next time: no subscription starves another. */
  private long turn;

  private long fullSinceMs = -1;

  /** Where messages go. */
  interface Sink {
    /** Whether the client has not read enough of what was written. */
    boolean isFull();

    void write(String message);

    void close(int code, String reason);
  }

  /** A subscription. */
  private sealed interface Cursor {
    /** Moves through the chain; {@code next} is the first height that was not looked at yet. */
    record Blocks(EventSource.Topic topic, long next) implements Cursor {}

    /** Waits for one transaction; looked at when the head has moved. */
    record Transaction(Hash32 id, long seenHead) implements Cursor {}
  }

  EventSession(EventSource source, Sink sink) {
    this.source = source;
    this.sink = sink;
  }

  /** A text message of the client. */
  void request(String text) {
    JsonNode request;
    try {
      request = text.length() > MAX_REQUEST ? NODES.nullNode() : JSON.readTree(text);
    } catch (JacksonException e) {
      request = NODES.nullNode();
    }
    JsonNode id = request.path("id");
    boolean valid =
        "2.0".equals(request.path("jsonrpc").asString(""))
            && (id.isString() || id.isIntegralNumber())
            && request.path("params").isObject();
    if (!valid) {
      sink.close(BAD_REQUEST, "not a request");
      return;
    }
    ObjectNode answer = NODES.objectNode();
    answer.put("jsonrpc", "2.0");
    answer.set("id", id);
    try {
      JsonNode params = request.path("params");
      answer.set(
          "result",
          switch (request.path("method").asString("")) {
            case "relay_subscribe" -> subscribe(params);
            case "relay_unsubscribe" ->
                NODES.booleanNode(cursors.remove(params.path("subscription").asLong(-1)) != null);
            default ->
                throw new RpcError(RpcError.NO_METHOD, NodeReason.NOT_FOUND, "no such method");
          });
    } catch (RpcError e) {
      ObjectNode error = answer.putObject("error");
      error.put("code", e.number());
      error.put("message", String.valueOf(e.getMessage()));
      error.putObject("data").put("code", e.code().code());
    }
    sink.write(JSON.writeValueAsString(answer));
  }

  private JsonNode subscribe(JsonNode params) {
    if (cursors.size() >= MAX_SUBSCRIPTIONS) {
      throw new RpcError(RpcError.REFUSED, NodeReason.RATE_LIMITED, "at most " + MAX_SUBSCRIPTIONS);
    }
    Cursor cursor = params.has("transaction") ? transaction(params) : blocks(params);
    cursors.put(++lastId, cursor);
    ObjectNode out = NODES.objectNode();
    out.put("subscription", lastId);
    out.put("head", source.head());
    return out;
  }

  private Cursor blocks(JsonNode params) {
    Optional<EventSource.Topic> topic = EventSource.Topic.of(params.path("topic").asString(""));
    JsonNode from = params.path("from");
    boolean known =
        from.isMissingNode()
            || (from.isIntegralNumber() && from.canConvertToLong() && from.asLong() >= 1);
    if (topic.isEmpty() || !known) {
      throw new RpcError(
          RpcError.INVALID_PARAMS,
          NodeReason.BAD_FRAME,
          "topic is blocks, transactions, packets or evidence; from is a height from 1 on");
    }
    long next = from.isMissingNode() ? source.head() + 1 : from.asLong();
    long lowest = source.lowest();
    if (next < lowest) {
      throw new RpcError(
          RpcError.REFUSED, NodeReason.PRUNED, "the lowest block that is kept is " + lowest);
    }
    return new Cursor.Blocks(topic.get(), next);
  }

  private static Cursor transaction(JsonNode params) {
    try {
      return new Cursor.Transaction(Hash32.fromHex(params.path("transaction").asString("")), -1);
    } catch (IllegalArgumentException e) {
      throw new RpcError(
          RpcError.INVALID_PARAMS, NodeReason.BAD_FRAME, "transaction is an id of 32 bytes in hex");
    }
  }

  /** Looks at the client from time to time: drops one that does not read. */
  void tick(long nowMs) {
    if (!sink.isFull()) {
      fullSinceMs = -1;
    } else if (fullSinceMs < 0) {
      fullSinceMs = nowMs;
    } else if (nowMs - fullSinceMs >= STALL_MS) {
      sink.close(SLOW_READER, "slow-reader");
    }
  }

  /**
   * Does one piece of work: looks at one height for one subscription. May block.
   *
   * @return false if there is nothing to do until the head moves or the client reads
   */
  boolean step() {
    if (sink.isFull()) {
      return false;
    }
    long head = source.head();
    Optional<Long> due = due(head);
    if (due.isEmpty()) {
      return false;
    }
    long id = due.get();
    turn = id + 1;
    switch (cursors.get(id)) {
      case Cursor.Blocks(EventSource.Topic topic, long next) -> {
        Optional<JsonNode> what = source.at(topic, next);
        long lowest = source.lowest();
        if (next < lowest) { // it may have gone while it was read
          cursors.remove(id);
          tell(id, next, pruned(lowest));
        } else {
          cursors.put(id, new Cursor.Blocks(topic, next + 1));
          what.ifPresent(said -> tell(id, next, said));
        }
      }
      case Cursor.Transaction(Hash32 transaction, long seen) -> {
        Optional<JsonNode> found = source.transaction(transaction);
        if (found.isPresent()) {
          cursors.remove(id);
          tell(id, found.get().path("height").asLong(), found.get());
        } else {
          cursors.put(id, new Cursor.Transaction(transaction, head));
        }
      }
      case null -> throw new IllegalStateException("no subscription " + id);
    }
    return true;
  }

  private Optional<Long> due(long head) {
    Optional<Long> first = Optional.empty();
    Iterator<Map.Entry<Long, Cursor>> all = cursors.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Long, Cursor> entry = all.next();
      boolean waits =
          switch (entry.getValue()) {
            case Cursor.Blocks(EventSource.Topic topic, long next) -> next <= head;
            case Cursor.Transaction(Hash32 id, long seen) -> seen < head;
          };
      if (waits && entry.getKey() >= turn) {
        return Optional.of(entry.getKey());
      }
      if (waits && first.isEmpty()) {
        first = Optional.of(entry.getKey());
      }
    }
    return first;
  }

  private static JsonNode pruned(long lowest) {
    ObjectNode out = NODES.objectNode();
    out.putObject("error").put("code", NodeReason.PRUNED.code()).put("lowest", lowest);
    return out;
  }

  private void tell(long subscription, long height, JsonNode what) {
    ObjectNode params = NODES.objectNode();
    params.put("subscription", subscription);
    params.put("height", height);
    what.forEachEntry(params::set);
    ObjectNode message = NODES.objectNode();
    message.put("jsonrpc", "2.0");
    message.put("method", "relay_subscription");
    message.set("params", params);
    sink.write(JSON.writeValueAsString(message));
  }
}
