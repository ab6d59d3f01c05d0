package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SubmitSessionTest {
  private final List<Handler<Buffer>> messages = new ArrayList<>();
  private final List<Promise<Void>> writes = new ArrayList<>();
  private boolean reading = true;

  /** A socket whose peer reads when the test says so. */
  private ServerWebSocket socket() {
    return (ServerWebSocket)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ServerWebSocket.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "binaryMessageHandler" -> {
                    messages.add(message -> handle(arguments[0], message));
                    yield proxy;
                  }
                  case "pause" -> {
                    reading = false;
                    yield proxy;
                  }
                  case "resume" -> {
                    reading = true;
                    yield proxy;
                  }
                  case "isClosed" -> false;
                  case "writeBinaryMessage" -> {
                    writes.add(Promise.promise());
                    yield writes.getLast().future();
                  }
                  default -> proxy;
                });
  }

  @SuppressWarnings("unchecked")
  private static void handle(Object handler, Buffer message) {
    ((Handler<Buffer>) handler).handle(message);
  }

  private static Context context() {
    return (Context)
        Proxy.newProxyInstance(
            SubmitSessionTest.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("runOnContext")) {
                ((Handler<?>) arguments[0]).handle(null);
              }
              return proxy;
            });
  }

  @Test
  void aClientThatDoesNotReadItsAnswersIsNotReadFrom() {
    SubmitSession.serve(socket(), context(), (transaction, told) -> told.accept(CLOSED));
    Bytes full =
        SubmitFormat.requests(
            LongStream.range(0, SubmitFormat.MAX_OPEN)
                .mapToObj(tag -> new SubmitFormat.Request(tag, Bytes.EMPTY))
                .toList());
    messages.getFirst().handle(Buffer.buffer(full.toArray()));
    assertThat(writes).as("every request is answered").hasSize(SubmitFormat.MAX_OPEN);
    assertThat(reading).as("while the answers are on their way").isFalse();
    writes.forEach(each -> each.complete());
    assertThat(reading).as("once they are gone").isTrue();
  }

  private static final Settlement CLOSED = new Settlement.Closed();
}
