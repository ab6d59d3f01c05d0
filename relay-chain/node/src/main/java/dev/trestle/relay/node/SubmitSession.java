package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the WebSocket at {@code /submit}. A client with too many unanswered requests is not
 * read from until some are answered; answers that are ready at the same time share a message.
 */
final class SubmitSession {
  private static final Logger LOG = LoggerFactory.getLogger(SubmitSession.class);

  private final ServerWebSocket socket;
  private final Context context;
  private final Submitter submitter;
  private final Queue<SubmitFormat.Answer> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean flushing = new AtomicBoolean();
  private int open;
  private boolean paused;

  /** Takes transactions in and says once, on any thread, what became of each. */
  @FunctionalInterface
  interface Submitter {
    void submit(Bytes transaction, java.util.function.Consumer<Settlement> told);
  }

  private SubmitSession(ServerWebSocket socket, Context context, Submitter submitter) {
    this.socket = socket;
    this.context = context;
    this.submitter = submitter;
  }

  /** Serves a connection, on its context, until it is closed. */
  static void serve(ServerWebSocket socket, Context context, Submitter submitter) {
    SubmitSession session = new SubmitSession(socket, context, submitter);
    socket.binaryMessageHandler(session::message);
    socket.textMessageHandler(text -> session.refuse("binary messages only"));
    socket.exceptionHandler(
        cause -> {
          LOG.warn("a connection that submits transactions failed", cause);
          socket.close();
        });
  }

  private void message(Buffer message) {
    List<SubmitFormat.Request> requests;
    try {
      requests = SubmitFormat.readRequests(Bytes.wrap(message.getBytes()));
    } catch (DecodeException e) {
      refuse(String.valueOf(e.getMessage()));
      return;
    }
    open += requests.size();
    if (open >= SubmitFormat.MAX_OPEN && !paused) {
      paused = true;
      socket.pause();
    }
    for (SubmitFormat.Request each : requests) {
      submitter.submit(
          each.transaction(), told -> answer(new SubmitFormat.Answer(each.tag(), told)));
    }
  }

  private void answer(SubmitFormat.Answer answer) {
    ready.add(answer);
    if (flushing.compareAndSet(false, true)) {
      context.runOnContext(ignored -> flush());
    }
  }

  private void flush() {
    flushing.set(false);
    List<SubmitFormat.Answer> answers = new ArrayList<>();
    for (SubmitFormat.Answer next = ready.poll(); next != null; next = ready.poll()) {
      answers.add(next);
    }
    if (!answers.isEmpty() && !socket.isClosed()) {
      socket
          .writeBinaryMessage(Buffer.buffer(SubmitFormat.answers(answers).toArray()))
          .onComplete(sent -> answered(answers.size()));
    }
  }

  /** Only an answer that is on its way makes room: a client that does not read is not read from. */
  private void answered(int count) {
    open -= count;
    if (paused && open < SubmitFormat.MAX_OPEN / 2) {
      paused = false;
      socket.resume();
    }
  }

  private void refuse(String reason) {
    socket.close((short) 1007, reason.length() > 100 ? reason.substring(0, 100) : reason);
  }
}
