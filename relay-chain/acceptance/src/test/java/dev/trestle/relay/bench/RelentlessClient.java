package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.node.Settlement;
import dev.trestle.relay.node.SubmitFormat;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends one transaction after another to whichever validator answers, each again until it is
 * settled, and writes down what was acknowledged.
 */
final class RelentlessClient implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final Hash32 chain;
  private final SecretKey key;
  private final Supplier<List<Integer>> ports;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
  private final Map<Hash32, Long> acknowledged = new ConcurrentSkipListMap<>();
  private volatile boolean stopping;
  private int turn;

  /**
   * @param ports RPC ports of the validators, those that are down included
   */
  RelentlessClient(Hash32 chain, int number, Supplier<List<Integer>> ports) {
    this.chain = chain;
    this.key = Keys.of("relentless", number);
    this.ports = ports;
    this.turn = number;
  }

  /** Heights of acknowledged transactions. */
  Map<Hash32, Long> acknowledged() {
    return acknowledged;
  }

  /** After the transaction that is open. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    for (long nonce = 0; !stopping; nonce++) {
      Transaction next =
          Transaction.sign(
              chain,
              key,
              nonce,
              new TransactionBody.UpdateClient(ChainId.parse("eip155:1"), Bytes.utf8("nothing")));
      Optional<Long> height = Optional.empty();
      while (height.isEmpty()) {
        List<Integer> known = ports.get();
        height = attempt(next, known.get(Math.floorMod(turn++, known.size())));
      }
      acknowledged.put(next.id(), height.get());
    }
    http.close();
  }

  /** The height at which it stands; empty when this validator did not say. */
  private Optional<Long> attempt(Transaction transaction, int port) {
    CompletableFuture<Bytes> answer = new CompletableFuture<>();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(PATIENCE)
              .buildAsync(URI.create("ws://127.0.0.1:" + port + "/submit"), new Reader(answer))
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      try {
        Bytes request =
            SubmitFormat.requests(List.of(new SubmitFormat.Request(1, transaction.encode())));
        WebSocket sent =
            socket
                .sendBinary(ByteBuffer.wrap(request.toArray()), true)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        sent.request(1);
        return settled(transaction, port, answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      } finally {
        socket.abort();
      }
    } catch (ExecutionException | TimeoutException | CompletionException down) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private static Optional<Long> settled(Transaction transaction, int port, Bytes message) {
    return switch (SubmitFormat.readAnswers(message).getFirst().settlement()) {
      case Settlement.Included included -> Optional.of(included.record().height());
      // Its nonce is used: it was included when an earlier answer was lost on the way.
      case Settlement.Refused refused -> included(transaction, port);
      case Settlement.TimedOut late -> Optional.empty();
      case Settlement.Closed closed -> Optional.empty();
    };
  }

  private static Optional<Long> included(Transaction transaction, int port) {
    try {
      String id = "[\"0x" + transaction.id().toHex() + "\"]";
      return Optional.of(new Rpc(port).call("relay_getTransaction", id).path("height").asLong());
    } catch (BenchException unknownOrDown) {
      return Optional.empty();
    }
  }

  /** Completes with the first whole message. */
  private static final class Reader implements WebSocket.Listener {
    private final CompletableFuture<Bytes> answer;
    private Bytes soFar = Bytes.EMPTY;

    Reader(CompletableFuture<Bytes> answer) {
      this.answer = answer;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] part = new byte[data.remaining()];
      data.get(part);
      soFar = Bytes.concat(soFar, Bytes.wrap(part));
      if (last) {
        answer.complete(soFar);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      answer.completeExceptionally(new BenchException("closed: " + reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable fault) {
      answer.completeExceptionally(fault);
    }
  }
}
