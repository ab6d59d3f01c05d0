package dev.trestle.relay.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Clients of CometBFT in a closed loop, each with a connection of its own to one node and one
 * request open. One thread.
 */
final class CometLoad implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Before a client offers again what a full mempool did not take. */
  private static final long FULL_MILLIS = 5;

  /** What ends a request. */
  enum Wait {
    /** The transaction is in a block: {@code broadcast_tx_commit}. */
    BLOCK("broadcast_tx_commit"),
    /** It is in the mempool: {@code broadcast_tx_sync}. */
    MEMPOOL("broadcast_tx_sync");

    private final String method;

    Wait(String method) {
      this.method = method;
    }
  }

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
  private final HttpClient http;
  private final List<Integer> ports;
  private final Wait wait;
  private final String mark;
  private long[] latencies = new long[1 << 16];
  private int recorded;
  private boolean stopping;
  private int open;
  private Optional<String> failure = Optional.empty();
  private final Promise<Void> idle = Promise.promise();

  private CometLoad(List<Integer> ports, int clients, Wait wait, String mark) {
    this.http =
        vertx.createHttpClient(new HttpClientOptions(), new PoolOptions().setHttp1MaxSize(clients));
    this.ports = ports;
    this.wait = wait;
    this.mark = mark;
  }

  /**
   * Starts the loops of all clients.
   *
   * @param mark that no other load on this network has
   */
  static CometLoad start(List<Integer> ports, int clients, Wait wait, String mark) {
    CometLoad load = new CometLoad(ports, clients, wait, mark);
    load.vertx.runOnContext(
        ignored -> {
          for (int i = 0; i < clients; i++) {
            load.next(i, 0);
          }
        });
    return load;
  }

  private void next(int client, long number) {
    if (stopping || failure.isPresent()) {
      return;
    }
    open++;
    offer(client, number, System.nanoTime());
  }

  private void offer(int client, long number, long startedNanos) {
    Buffer body = Buffer.buffer(CometAnswers.request(wait.method, mark, client, number));
    http.request(HttpMethod.POST, ports.get(client % ports.size()), "127.0.0.1", "/")
        .compose(request -> request.putHeader("content-type", "application/json").send(body))
        .compose(response -> response.body())
        .onSuccess(answer -> answered(client, number, startedNanos, answer.toString()))
        .onFailure(fault -> ended("client " + client + ": " + fault));
  }

  private void answered(int client, long number, long startedNanos, String body) {
    CometAnswers.Sent sent;
    try {
      sent = CometAnswers.sent(body);
    } catch (BenchException e) {
      ended(String.valueOf(e.getMessage()));
      return;
    }
    if (sent == CometAnswers.Sent.FULL && !stopping) {
      vertx.setTimer(FULL_MILLIS, ignored -> offer(client, number, startedNanos));
      return;
    }
    if (sent == CometAnswers.Sent.TAKEN) {
      record(System.nanoTime() - startedNanos);
    }
    open--;
    if (stopping && open == 0) {
      idle.tryComplete();
    }
    next(client, number + 1);
  }

  private void ended(String why) {
    open--;
    failure = failure.or(() -> Optional.of(why));
    idle.tryFail(new BenchException(why));
  }

  private void record(long nanos) {
    if (recorded == latencies.length) {
      latencies = Arrays.copyOf(latencies, recorded * 2);
    }
    latencies[recorded++] = nanos;
  }

  /** Lets the loops run and keeps the requests that end in the meantime. */
  Load.Window measure(Duration length) {
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
    return new Load.Window(took, seen);
  }

  /** Ends the loops after what is open. */
  void stop() {
    onLoop(
        () -> {
          stopping = true;
          if (open == 0) {
            idle.tryComplete();
          }
          return true;
        });
    await(idle.future());
  }

  private <T> T onLoop(Supplier<T> task) {
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
