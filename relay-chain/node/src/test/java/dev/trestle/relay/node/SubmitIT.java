package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.tx.Transaction;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The WebSocket on which programs submit transactions. */
class SubmitIT {
  @TempDir private Path temp;

  /** A client that keeps all answers. */
  private static final class Client {
    private final WebSocketClient client; // kept: one that nobody holds is closed
    private final WebSocket socket;
    private final BlockingQueue<SubmitFormat.Answer> answers = new LinkedBlockingQueue<>();
    private final CompletableFuture<Short> closed = new CompletableFuture<>();

    Client(DevNet net, RelayNode node, String origin) {
      this.client = net.vertx.createWebSocketClient();
      WebSocketConnectOptions options = new WebSocketConnectOptions();
      options.setHost("127.0.0.1").setPort(node.rpcPort()).setURI("/submit");
      if (!origin.isEmpty()) {
        options.addHeader("origin", origin);
      }
      this.socket = DevNet.done(client.connect(options).toCompletionStage().toCompletableFuture());
      socket.binaryMessageHandler(
          message -> answers.addAll(SubmitFormat.readAnswers(Bytes.wrap(message.getBytes()))));
      socket.closeHandler(end -> closed.complete(socket.closeStatusCode()));
    }

    void send(Bytes message) {
      socket.writeBinaryMessage(Buffer.buffer(message.toArray()));
    }

    SubmitFormat.Answer answer() throws InterruptedException {
      SubmitFormat.Answer next = answers.poll(DevNet.SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no answer");
      }
      return next;
    }
  }

  private static SubmitFormat.Request request(long tag, Transaction transaction) {
    return new SubmitFormat.Request(tag, transaction.encode());
  }

  private static TransactionRecord included(SubmitFormat.Answer answer) {
    if (answer.settlement() instanceof Settlement.Included(TransactionRecord record)) {
      return record;
    }
    throw new AssertionError("not included: " + answer);
  }

  @Test
  void answersComeWhenTheBlockIsFinal() throws Exception {
    try (DevNet net = new DevNet(temp, 4)) {
      RelayNode node = network(net);
      Client client = new Client(net, node, "");
      List<SubmitFormat.Request> requests =
          LongStream.range(0, 100).mapToObj(i -> request(i, net.transaction("a", i))).toList();
      client.send(SubmitFormat.requests(requests));
      List<Long> tags = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        SubmitFormat.Answer answer = client.answer();
        TransactionRecord record = included(answer);
        Bytes sent = requests.get((int) answer.tag()).transaction();
        assertThat(node.blockAt(record.height()).orElseThrow().transactions().get(record.index()))
            .isEqualTo(sent);
        assertThat(node.transaction(record.id())).contains(record);
        tags.add(answer.tag());
      }
      assertThat(tags)
          .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 100).boxed().toList());

      // the same bytes again: the same answer, no second effect
      client.send(SubmitFormat.requests(List.of(requests.get(7))));
      assertThat(included(client.answer()).index()).isNotNegative();
      // another transaction with a used nonce, and bytes that are none
      Transaction other =
          Transaction.sign(
              net.genesis.chainId(),
              DevNet.key("a", 0),
              3,
              new dev.trestle.relay.ledger.tx.TransactionBody.UpdateClient(
                  dev.trestle.base.ChainId.parse("eip155:2"), Bytes.utf8("other")));
      client.send(
          SubmitFormat.requests(
              List.of(request(1, other), new SubmitFormat.Request(2, Bytes.utf8("rubbish")))));
      for (int i = 0; i < 2; i++) {
        SubmitFormat.Answer refused = client.answer();
        assertThat(refused.settlement())
            .isInstanceOfSatisfying(
                Settlement.Refused.class,
                why ->
                    assertThat(why.reason().code())
                        .isEqualTo(refused.tag() == 1 ? "nonce-used" : "malformed"));
      }
    }
  }

  @Test
  void webPagesAndMalformedMessagesAreTurnedAway() throws Exception {
    try (DevNet net = new DevNet(temp, 4)) {
      RelayNode node = net.startNew(0); // no quorum: nothing is ever included
      assertThat(
              org.assertj.core.api.Assertions.catchThrowableOfType(
                      CompletionException.class, () -> new Client(net, node, "http://evil.example"))
                  .getCause())
          .isInstanceOf(UpgradeRejectedException.class);
      Client malformed = new Client(net, node, "");
      malformed.send(Bytes.utf8("no requests"));
      assertThat(malformed.closed.get(DevNet.SECONDS, TimeUnit.SECONDS)).isEqualTo((short) 1007);

      Client waiting = new Client(net, node, "");
      waiting.send(SubmitFormat.requests(List.of(request(5, net.transaction("b", 0)))));
      net.until("taken", () -> net.status(node).waiting() == 1);
      net.stop(DevNet.name(0));
      assertThat(waiting.answers.stream().map(SubmitFormat.Answer::settlement))
          .doesNotHaveAnyElementsOfTypes(Settlement.Included.class);
    }
  }

  private static RelayNode network(DevNet net) throws IOException {
    RelayNode node = net.startNew(0);
    for (int i = 1; i < 4; i++) {
      node = net.startNew(i);
    }
    return node;
  }

  @Test
  void formatIsTheGoldenOne() {
    Bytes requests = SubmitFormat.requests(List.of(new SubmitFormat.Request(9, Bytes.utf8("tx"))));
    Bytes answers =
        SubmitFormat.answers(
            List.of(
                new SubmitFormat.Answer(
                    1,
                    new Settlement.Included(
                        new TransactionRecord(
                            Hash32.ZERO,
                            7,
                            3,
                            dev.trestle.relay.ledger.Receipt.Outcome.APPLIED,
                            "ok"))),
                new SubmitFormat.Answer(
                    2, new Settlement.Refused(NodeReason.NONCE_USED, "too late", false)),
                new SubmitFormat.Answer(3, new Settlement.TimedOut(Hash32.ZERO)),
                new SubmitFormat.Answer(4, new Settlement.Closed())));
    assertThat(Bytes.concat(requests, answers)).isEqualTo(Golden.hex("submit-v1.hex"));
    assertThat(SubmitFormat.readRequests(requests))
        .containsExactly(new SubmitFormat.Request(9, Bytes.utf8("tx")));
    assertThat(SubmitFormat.readAnswers(answers)).hasSize(4);
  }
}
