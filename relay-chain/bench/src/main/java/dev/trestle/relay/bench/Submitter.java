package dev.trestle.relay.bench;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.node.Settlement;
import dev.trestle.relay.node.SubmitFormat;
import dev.trestle.relay.node.TransactionRecord;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Brings transactions in over one connection, many at a time, and insists that each is applied. */
final class Submitter implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int WINDOW = 800;

  private final Vertx vertx = Vertx.vertx();

  /** Kept: a client that nobody holds is closed, and its connection with it. */
  private final WebSocketClient client = vertx.createWebSocketClient();

  private final WebSocket socket;
  private final Genesis genesis;
  private final Map<String, Long> nonces = new HashMap<>();

  Submitter(Genesis genesis, int rpcPort) {
    this.genesis = genesis;
    WebSocketConnectOptions to = new WebSocketConnectOptions();
    to.setHost("127.0.0.1").setPort(rpcPort).setURI("/submit");
    this.socket = await(client.connect(to));
  }

  /** Signs with the key's next nonce. */
  Transaction sign(SecretKey key, TransactionBody body) {
    long nonce = nonces.merge(key.publicKey().toString(), 1L, Long::sum) - 1;
    return Transaction.sign(genesis.chainId(), key, nonce, body);
  }

  void apply(SecretKey key, TransactionBody body) {
    applyAll(List.of(sign(key, body)));
  }

  void applyAll(List<Transaction> transactions) {
    new Run(transactions.iterator()).await();
  }

  private final class Run {
    private final Iterator<Transaction> left;
    private final Promise<Void> done = Promise.promise();
    private int open;
    private long tag;

    Run(Iterator<Transaction> left) {
      this.left = left;
      socket.binaryMessageHandler(message -> answers(Bytes.wrap(message.getBytes())));
      socket.closeHandler(ignored -> done.tryFail(new BenchException("connection closed")));
    }

    void await() {
      vertx.runOnContext(ignored -> more());
      Submitter.await(done.future());
    }

    private void more() {
      while (open < WINDOW && left.hasNext()) {
        open++;
        SubmitFormat.Request request =
            new SubmitFormat.Request(tag++ & 0xffff, left.next().encode());
        socket.writeBinaryMessage(Buffer.buffer(SubmitFormat.requests(List.of(request)).toArray()));
      }
      if (open == 0) {
        done.tryComplete();
      }
    }

    private void answers(Bytes message) {
      for (SubmitFormat.Answer answer : SubmitFormat.readAnswers(message)) {
        open--;
        boolean applied =
            answer.settlement() instanceof Settlement.Included(TransactionRecord record)
                && record.isSuccess();
        if (!applied) {
          done.tryFail(new BenchException("a transaction was not applied: " + answer));
        }
      }
      more();
    }
  }

  private static <T> T await(io.vertx.core.Future<T> future) {
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
