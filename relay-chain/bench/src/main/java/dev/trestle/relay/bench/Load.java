package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.node.Settlement;
import dev.trestle.relay.node.SubmitFormat;
import dev.trestle.relay.node.TransactionRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Clients in a closed loop: each has a connection of its own to one validator and sends its next
 * operation when the last one is in a final block that this validator stored. One thread.
 */
final class Load implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int SAMPLES = 200;

  private final Vertx vertx;

  /** Kept: a client that nobody holds is closed, and its connections with it. */
  private final WebSocketClient client;

  private final Workload workload;
  private final List<Client> clients = new ArrayList<>();
  private final List<Hash32> sample = new ArrayList<>();
  private long[] latencies = new long[1 << 16];
  private int recorded;
  private long acknowledged;
  private boolean stopping;
  private int open;
  private Optional<String> failure = Optional.empty();
  private final Promise<Void> idle = Promise.promise();

  /** What was seen in a stretch of time: how long each operation took that ended in it. */
  static final class Window {
    private final Duration length;
    private final long[] nanos;

    Window(Duration length, long[] nanos) {
      this.length = length;
      this.nanos = nanos;
      Arrays.sort(nanos);
    }

    int count() {
      return nanos.length;
    }

    double perSecond() {
      return nanos.length * 1e9 / length.toNanos();
    }

    double millisAt(double quantile) {
      if (nanos.length == 0) {
        return Double.NaN;
      }
      int at = (int) Math.min(nanos.length - 1L, Math.round(quantile * (nanos.length - 1)));
      return nanos[at] / 1e6;
    }
  }

  private final class Client {
    private final int number;
    private final WebSocket socket;
    private long sent;
    private long startedNanos;

    Client(int number, WebSocket socket) {
      this.number = number;
      this.socket = socket;
      socket.binaryMessageHandler(message -> answer(Bytes.wrap(message.getBytes())));
      socket.closeHandler(
          ignored ->
              fail(
                  "the connection of client "
                      + number
                      + " was closed: "
                      + socket.closeStatusCode()
                      + " "
                      + socket.closeReason()));
      socket.exceptionHandler(fault -> fail("client " + number + ": " + fault));
    }

    void next() {
      if (stopping || failure.isPresent()) {
        return;
      }
      Bytes operation = workload.operation(number, sent);
      startedNanos = System.nanoTime();
      Bytes message =
          SubmitFormat.requests(List.of(new SubmitFormat.Request(sent & 0xffff, operation)));
      sent++;
      open++;
      socket.writeBinaryMessage(Buffer.buffer(message.toArray()));
    }

    private void answer(Bytes message) {
      for (SubmitFormat.Answer answer : SubmitFormat.readAnswers(message)) {
        open--;
        if (answer.settlement() instanceof Settlement.Included(TransactionRecord record)
            && workload.isSuccess(record)) {
          record(record.id(), System.nanoTime() - startedNanos);
        } else {
          fail("operation " + (sent - 1) + " of client " + number + ": " + answer.settlement());
        }
      }
      if (stopping && open == 0) {
        idle.tryComplete();
      }
      next();
    }
  }

  private Load(Workload workload) {
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    this.client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxConnections(workload.clients() + 1));
    this.workload = workload;
  }

  /** Connects all clients and starts their loops. */
  static Load start(Workload workload, List<Integer> rpcPorts) {
    Load load = new Load(workload);
    try {
      for (int i = 0; i < workload.clients(); i++) {
        WebSocketConnectOptions to = new WebSocketConnectOptions();
        to.setHost("127.0.0.1").setPort(rpcPorts.get(i % rpcPorts.size())).setURI("/submit");
        WebSocket socket = await(load.client.connect(to));
        load.clients.add(load.new Client(i, socket));
      }
    } catch (RuntimeException e) {
      load.close();
      throw e;
    }
    load.vertx.runOnContext(ignored -> load.clients.forEach(Client::next));
    return load;
  }

  private void record(Hash32 id, long nanos) {
    acknowledged++;
    if (acknowledged % 97 == 0) {
      sample.add(id);
      if (sample.size() > SAMPLES) {
        sample.removeFirst();
      }
    }
    if (recorded == latencies.length) {
      latencies = Arrays.copyOf(latencies, recorded * 2);
    }
    latencies[recorded++] = nanos;
  }

  private void fail(String why) {
    if (failure.isEmpty() && !(stopping && open == 0)) {
      failure = Optional.of(why);
      idle.tryFail(new BenchException(why));
    }
  }

  /** Lets the loops run and keeps what ends in the meantime. */
  Window measure(Duration length) {
    long start = System.nanoTime();
    onLoop(() -> recorded = 0);
    try {
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    long[] seen = onLoop(() -> Arrays.copyOf(latencies, recorded));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Optional<String> failed = onLoop(() -> failure);
    if (failed.isPresent()) {
      throw new BenchException(failed.get());
    }
    return new Window(took, seen);
  }

  /** Ends the loops after what is open; gives how many operations were acknowledged in all. */
  long stop() {
    onLoop(
        () -> {
          stopping = true;
          if (open == 0) {
            idle.tryComplete();
          }
          return true;
        });
    await(idle.future());
    return onLoop(() -> acknowledged);
  }

  /** Some of the acknowledged transactions. */
  List<Hash32> sample() {
    return onLoop(() -> List.copyOf(sample));
  }

  private <T> T onLoop(java.util.function.Supplier<T> task) {
    Promise<T> done = Promise.promise();
    vertx.runOnContext(
        ignored -> {
          try {
            done.complete(task.get());
          } catch (RuntimeException e) {
            done.fail(e);
          }
        });
    return await(done.future());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new BenchException("no answer in " + PATIENCE, e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
