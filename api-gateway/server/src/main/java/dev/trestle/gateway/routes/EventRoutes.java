package dev.trestle.gateway.routes;

import dev.trestle.gateway.http.JsonHttp;
import dev.trestle.gateway.http.Problem;
import dev.trestle.gateway.http.ProblemCode;
import dev.trestle.gateway.http.RateLimit;
import dev.trestle.gateway.hub.EventLog;
import dev.trestle.gateway.hub.Hub;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * Server-sent events, resumable on any gateway: the id is the event's place in the relay chain. A
 * reader that is too slow is disconnected; it comes back with {@code Last-Event-ID} and misses
 * nothing.
 */
public final class EventRoutes {
  /** Bytes that may wait for a slow reader. */
  private static final int MAX_QUEUE = 1 << 20;

  /** Open streams of all clients. */
  private static final int MAX_STREAMS = 1_000;

  /** Open streams of one client address. */
  static final int MAX_STREAMS_PER_CLIENT = 50;

  private static final long HEARTBEAT_MILLIS = 15_000;

  /** Events of one replay; a reader that missed more comes back for the rest. */
  private static final int MAX_REPLAY = 2_000;

  private final StreamLimit streams = new StreamLimit(MAX_STREAMS, MAX_STREAMS_PER_CLIENT);
  private final Hub hub;
  private final Vertx vertx;

  public EventRoutes(Hub hub, Vertx vertx) {
    this.hub = hub;
    this.vertx = vertx;
  }

  public void mount(Router router) {
    router.get("/v1/events").handler(this::stream);
  }

  private void stream(RoutingContext request) {
    String client = RateLimit.client(request);
    if (!streams.open(client)) {
      JsonHttp.fail(
          request, new Problem(ProblemCode.RATE_LIMITED, "too many event streams are open"));
      return;
    }
    Predicate<EventLog.Entry> wanted = wanted(Pages.query(request, "types"));
    HttpServerResponse response = request.response();
    response
        .setChunked(true)
        .setWriteQueueMaxSize(MAX_QUEUE)
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store")
        .putHeader("Content-Encoding", "identity") // a compressor would hold events back
        .write("retry: 2000\n\n");
    Context context = vertx.getOrCreateContext();
    String lastId = Optional.ofNullable(request.request().getHeader("Last-Event-ID")).orElse("");
    Runnable unsubscribe =
        hub.events()
            .subscribe(
                lastId,
                replay -> {
                  if (!replay.complete()) {
                    response.write("event: gap\ndata: {}\n\n");
                  }
                  List<EventLog.Entry> missed = replay.entries().stream().filter(wanted).toList();
                  missed.stream().limit(MAX_REPLAY).forEach(entry -> response.write(frame(entry)));
                  if (missed.size() > MAX_REPLAY) {
                    response.end(); // it comes back for the rest
                  }
                },
                entry -> context.runOnContext(ignored -> send(response, wanted, entry)));
    long heartbeat =
        vertx.setPeriodic(
            HEARTBEAT_MILLIS,
            ignored -> {
              if (!response.closed() && !response.ended()) {
                response.write(": still here\n\n");
              }
            });
    AtomicBoolean open = new AtomicBoolean(true);
    Handler<Void> over =
        ignored -> {
          if (open.getAndSet(false)) {
            unsubscribe.run();
            streams.close(client);
            vertx.cancelTimer(heartbeat);
          }
        };
    response.endHandler(over).closeHandler(over);
    if (response.ended()) {
      over.handle(null);
    }
  }

  private static void send(
      HttpServerResponse response, Predicate<EventLog.Entry> wanted, EventLog.Entry entry) {
    if (response.closed() || response.ended() || !wanted.test(entry)) {
      return;
    }
    if (response.writeQueueFull()) {
      response.reset(); // too slow: it may come back and resume
      return;
    }
    response.write(frame(entry));
  }

  /** {@code types} is a comma-separated list; {@code deposit.*} means every type of that kind. */
  private static Predicate<EventLog.Entry> wanted(Optional<String> types) {
    List<String> patterns = types.map(text -> List.of(text.split(",", 50))).orElse(List.of());
    if (patterns.isEmpty()) {
      return entry -> true;
    }
    return entry ->
        patterns.stream()
            .anyMatch(
                pattern ->
                    pattern.endsWith("*")
                        ? entry.type().startsWith(pattern.substring(0, pattern.length() - 1))
                        : entry.type().equals(pattern));
  }

  private static String frame(EventLog.Entry entry) {
    Map<String, Object> data =
        Map.of(
            "id", entry.id(),
            "type", entry.type(),
            "time", entry.timeMillis(),
            "data", entry.data());
    return "id: "
        + entry.id()
        + "\nevent: "
        + entry.type()
        + "\ndata: "
        + JsonHttp.write(data)
        + "\n\n";
  }
}
