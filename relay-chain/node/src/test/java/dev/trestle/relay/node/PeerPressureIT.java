package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that ask and do not read, begin and do not end, or say too much, over real connections. */
class PeerPressureIT {
  private static final int MEBIBYTE = 1 << 20;

  /** What a node passes on, asked for or not. */
  private static final Frame LARGE =
      new Frame(FrameType.TRANSACTION, Bytes.wrap(new byte[MEBIBYTE / 2]));

  @TempDir Path temp;

  /** A network whose answers are counted, with nothing behind it. */
  private static final class Counting implements PeerListener, AutoCloseable {
    private final PeerNetwork network;
    private final ExecutorService workers = Executors.newFixedThreadPool(2);
    private final Answers answers = new Answers(workers);
    private final Map<Hash32, AtomicInteger> made = new ConcurrentHashMap<>();
    private final Map<Hash32, AtomicInteger> heard = new ConcurrentHashMap<>();
    private final Map<Hash32, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Map<Hash32, CompletableFuture<Boolean>> left = new ConcurrentHashMap<>();
    private final Frame answer =
        new Frame(
            FrameType.BLOCKS,
            new SyncResponse(
                    1,
                    List.of(
                        new SyncResponse.Item(
                            Bytes.wrap(new byte[MEBIBYTE]), Bytes.utf8("certificate"))))
                .encode());
    private final int port;

    private Counting(DevNet net, long followerBytes) {
      this.network =
          new PeerNetwork(
              net.vertx,
              new PeerNetwork.Settings(
                  TransportIdentity.generate(new SecureRandom()),
                  net.genesis.chainId(),
                  "127.0.0.1",
                  0,
                  List.of(),
                  new ValidatorPeers(ValidatorSets.fixed(net.genesis)),
                  ProtocolRange.CURRENT),
              followerBytes);
      this.port = DevNet.done(network.start(this).toCompletionStage().toCompletableFuture());
    }

    private static int count(Map<Hash32, AtomicInteger> of, Hash32 peer) {
      return of.computeIfAbsent(peer, first -> new AtomicInteger()).get();
    }

    @Override
    public void joined(Peer peer) {
      left.putIfAbsent(peer.fingerprint(), new CompletableFuture<>());
    }

    @Override
    public void left(Peer peer) {
      answers.left(peer.fingerprint());
      left.computeIfAbsent(peer.fingerprint(), first -> new CompletableFuture<>()).complete(true);
    }

    private void awaitLeft(DeafPeer peer) {
      DevNet.done(
          left.computeIfAbsent(peer.identity.fingerprint(), first -> new CompletableFuture<>()));
    }

    @Override
    public CompletionStage<Boolean> received(Peer peer, Frame frame) {
      Hash32 from = peer.fingerprint();
      heard.computeIfAbsent(from, first -> new AtomicInteger()).incrementAndGet();
      if (frame.type() != FrameType.GET_BLOCKS) {
        return CompletableFuture.completedFuture(true);
      }
      asked.computeIfAbsent(from, first -> new AtomicInteger()).incrementAndGet();
      return answers.give(
          from,
          () -> {
            made.computeIfAbsent(from, first -> new AtomicInteger()).incrementAndGet();
            return network.send(from, answer, ProtocolRange.FIRST);
          });
    }

    @Override
    public void close() {
      DevNet.done(network.close().toCompletionStage().toCompletableFuture());
      workers.shutdownNow();
    }
  }

  private final TransportIdentity readers = TransportIdentity.generate(new SecureRandom());

  /** Which reads all that it is sent. */
  private ScriptedPeer reader(DevNet net, int port) {
    return new ScriptedPeer(net, readers, List.of(new PeerAddress("127.0.0.1", port)));
  }

  /** So much waits for it already that its first answer has to, and no other is made. */
  @Test
  void whoDoesNotReadCannotAskOnAndOthersAreAnswered() throws IOException {
    int questions = 24;
    try (DevNet net = new DevNet(temp, 4);
        Counting node = new Counting(net, PeerNetwork.MAX_FOLLOWER_BYTES);
        DeafPeer deaf = new DeafPeer(net.vertx, net.genesis.chainId(), node.port)) {
      Hash32 deafs = deaf.identity.fingerprint();
      net.until("it is there", () -> node.left.containsKey(deafs));
      for (int sent = 0; sent < 48 * MEBIBYTE; sent += LARGE.payload().size()) {
        node.network.send(deafs, LARGE);
      }
      for (int i = 0; i < questions; i++) {
        deaf.ask(1, 1);
      }
      net.until("a question is taken", () -> Counting.count(node.made, deafs) > 0);
      try (ScriptedPeer reads = reader(net, node.port)) {
        Hash32 reached = DevNet.done(reads.met).fingerprint();
        for (int i = 1; i <= 5; i++) {
          int asked = i;
          reads.network.send(
              reached, new Frame(FrameType.GET_BLOCKS, new SyncRequest(1, 1).encode()));
          net.until("answer " + i, () -> reads.heardOf(FrameType.BLOCKS).size() == asked);
        }
      }
      assertThat(Counting.count(node.made, deafs)).as("answers to who reads none").isEqualTo(1);
      assertThat(Counting.count(node.asked, deafs))
          .as("questions taken from it")
          .isLessThanOrEqualTo(
              1 + PeerLimits.FOLLOWER.openBytes() / FrameType.GET_BLOCKS.costBytes());
      // and when it reads at last none is lost
      deaf.listen();
      net.until("all answers", () -> deaf.heardOf(FrameType.BLOCKS).size() == questions);
      assertThat((long) deaf.heardOf(FrameType.TRANSACTION).size() * LARGE.payload().size())
          .as("the others: what waited, and what the sockets held")
          .isLessThan(PeerLimits.FOLLOWER.outBytes() + 24L * MEBIBYTE);
    }
  }

  /** The same through a node's own store, whose answers once were dropped when too many waited. */
  @Test
  void aNodeAnswersEveryQuestionHoweverLateItIsRead() throws IOException {
    Genesis.Parameters parameters =
        new Genesis.Parameters(
            4_000_000, 500_000, 3, 144, 10_000, 4_000_000, 8_000_000, TestChain.EPOCH, 0);
    try (DevNet net = new DevNet(temp, 4, 0, parameters)) {
      try (TestChain chain = new TestChain(net, net.home("serving"))) {
        for (int block = 0; block < 2; block++) {
          Transaction[] large = new Transaction[4];
          for (int i = 0; i < large.length; i++) {
            large[i] =
                Transaction.sign(
                    net.genesis.chainId(),
                    DevNet.key("large", 0),
                    4L * block + i,
                    new TransactionBody.UpdateClient(
                        ChainId.parse("eip155:1"), Bytes.wrap(new byte[480_000])));
          }
          assertThat(chain.block(0, large).transactions()).hasSize(large.length);
        }
      }
      RelayNode node = net.startFollower("serving");
      assertThat(node.head()).isEqualTo(2);
      try (DeafPeer deaf = new DeafPeer(net.vertx, net.genesis.chainId(), node.peerPort());
          ScriptedPeer reads = reader(net, node.peerPort())) {
        for (int i = 0; i < 9; i++) {
          deaf.ask(1, 2);
        }
        Hash32 reached = DevNet.done(reads.met).fingerprint();
        reads.network.send(
            reached, new Frame(FrameType.GET_BLOCKS, new SyncRequest(1, 2).encode()));
        net.until("an answer to who reads", () -> reads.heardOf(FrameType.BLOCKS).size() == 1);
        for (int i = 2; i <= 3; i++) { // questions of the other have come before these
          int asked = i;
          reads.network.send(
              reached, new Frame(FrameType.GET_BLOCKS, new SyncRequest(1, 2).encode()));
          net.until("more of them", () -> reads.heardOf(FrameType.BLOCKS).size() == asked);
        }
        deaf.listen();
        net.until("every answer", () -> deaf.heardOf(FrameType.BLOCKS).size() == 9);
        assertThat(deaf.heardOf(FrameType.BLOCKS))
            .allMatch(reads.heardOf(FrameType.BLOCKS).getFirst().payload()::equals)
            .allMatch(answer -> SyncResponse.decode(answer).items().size() == 2);
      }
    }
  }

  @Test
  void whoHoldsTheMostOfTheNodesMemoryIsCutOffAndNobodyElse() throws IOException {
    try (DevNet net = new DevNet(temp, 4);
        Counting node = new Counting(net, 4L * MEBIBYTE);
        ScriptedPeer reads = reader(net, node.port);
        DeafPeer begins = new DeafPeer(net.vertx, net.genesis.chainId(), node.port);
        DeafPeer deaf = new DeafPeer(net.vertx, net.genesis.chainId(), node.port)) {
      DevNet.done(reads.met);
      net.until("all three", () -> node.left.size() == 3);
      // below the limit nobody is
      begins.begin(FrameType.BLOCKS, 7 * MEBIBYTE, MEBIBYTE);
      deaf.ask(1, 1);
      net.until("taken", () -> Counting.count(node.made, deaf.identity.fingerprint()) == 1);
      begins.goOn(4 * MEBIBYTE);
      node.awaitLeft(begins);
      // what is sent to everybody waits for who does not read it
      for (int i = 0; i < 30; i++) {
        node.network.broadcast(LARGE);
        int sent = i + 1;
        net.until("it is read", () -> reads.heardOf(FrameType.TRANSACTION).size() == sent);
      }
      node.awaitLeft(deaf);
      assertThat(reads.lost).isNotDone();
    }
  }

  @Test
  void whoSaysTooMuchIsSlowedAndOthersAreHeardMeanwhile() throws IOException {
    int burst = PeerLimits.BURST_SECONDS * PeerLimits.FOLLOWER.framesPerSecond();
    int over = PeerLimits.FOLLOWER.framesPerSecond() / 2;
    try (DevNet net = new DevNet(temp, 4);
        Counting node = new Counting(net, PeerNetwork.MAX_FOLLOWER_BYTES);
        DeafPeer floods = new DeafPeer(net.vertx, net.genesis.chainId(), node.port);
        ScriptedPeer other = reader(net, node.port)) {
      Hash32 flooding = floods.identity.fingerprint();
      Hash32 reached = DevNet.done(other.met).fingerprint();
      long started = System.nanoTime();
      floods.flood(DeafPeer.status(), 4 * burst);
      net.until("the burst", () -> Counting.count(node.heard, flooding) >= burst);
      other.network.send(reached, DeafPeer.status());
      net.until("the other", () -> Counting.count(node.heard, readers.fingerprint()) == 1);
      assertThat(Counting.count(node.heard, flooding)).as("meanwhile").isLessThan(4 * burst);
      net.until("more", () -> Counting.count(node.heard, flooding) >= burst + over);
      long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      assertThat(tookMs)
          .as("half a second's worth above the burst")
          .isGreaterThanOrEqualTo(over * 1_000L / PeerLimits.FOLLOWER.framesPerSecond() - 10);
    }
  }
}
