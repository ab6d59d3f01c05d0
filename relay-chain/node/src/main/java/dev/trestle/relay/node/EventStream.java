package dev.trestle.relay.node;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The WebSockets at {@code /events}: gives each client's {@link EventSession} its turns, one at a
 * time, on a worker, whenever the client spoke or read or a block was stored.
 */
final class EventStream implements BlockListener {
  /** How often a client is looked at and pinged; below the server's idle time. */
  static final long TICK_MS = 5_000;

  /** Heights that one client is served before the worker goes to the next. */
  private static final int STEPS = 256;

  private final EventSource source;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();

  EventStream(EventSource source) {
    this.source = source;
  }

  @Override
  public void onBlock(DecidedBlock block) {
    clients.forEach(Client::wake);
  }

  /**
   * Serves a connection, on its context, until it is closed.
   *
   * @param over run when it is closed
   */
  void serve(Vertx vertx, ServerWebSocket socket, Runnable over) {
    Client client = new Client(vertx.getOrCreateContext(), socket, source);
    clients.add(client);
    long timer = vertx.setPeriodic(TICK_MS, at -> client.tick());
    socket.closeHandler(
        closed -> {
          vertx.cancelTimer(timer);
          clients.remove(client);
          over.run();
        });
    socket.exceptionHandler(cause -> socket.close());
    socket.binaryMessageHandler(
        bytes -> socket.close((short) EventSession.BAD_REQUEST, "text messages only"));
    socket.textMessageHandler(client::request);
    socket.drainHandler(read -> client.wake());
  }

  /** A connection and its session; the session belongs to the context's ordered workers. */
  private static final class Client {
    private final Context context;
    private final ServerWebSocket socket;
    private final EventSession session;
    private final AtomicBoolean due = new AtomicBoolean();

    private Client(Context context, ServerWebSocket socket, EventSource source) {
      this.context = context;
      this.socket = socket;
      this.session = new EventSession(source, new SocketSink(socket));
    }

    private void request(String text) {
      work(() -> session.request(text));
      wake();
    }

    private void tick() {
      work(() -> session.tick(System.nanoTime() / 1_000_000));
      if (!socket.isClosed()) {
        socket.writePing(Buffer.buffer()).onFailure(gone -> socket.close());
      }
    }

    private void wake() {
      if (due.compareAndSet(false, true)) {
        work(this::serve);
      }
    }

    private void serve() {
      due.set(false);
      int steps = 0;
      while (steps < STEPS && !socket.isClosed() && session.step()) {
        steps++;
      }
      if (steps == STEPS) {
        wake();
      }
    }

    private void work(Runnable task) {
      context
          .executeBlocking(
              () -> {
                task.run();
                return true;
              },
              true)
          .onFailure(fault -> socket.close((short) 1011, "internal error"));
    }
  }

  private record SocketSink(ServerWebSocket socket) implements EventSession.Sink {
    @Override
    public boolean isFull() {
      return socket.writeQueueFull();
    }

    @Override
    public void write(String message) {
      if (!socket.isClosed()) {
        socket.writeTextMessage(message).onFailure(gone -> socket.close());
      }
    }

    @Override
    public void close(int code, String reason) {
      socket.close((short) code, reason);
    }
  }
}
