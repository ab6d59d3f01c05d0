package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Headers from scripted peers on loopback, honest ones and others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeerHeadersTest {
  private static final Bytes MAGIC = Bytes.fromHex("fabfb5da");
  private static final Duration PATIENT = Duration.ofMinutes(2);
  private static final List<Bytes> CHAIN = TestHeaders.branch("chain", 2_100);

  private Vertx vertx;

  @BeforeAll
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  void stop() {
    vertx.close().await();
  }

  private PeerHeaders peers(Duration timeout, ScriptedPeer... scripted) {
    List<PeerAddress> addresses = new ArrayList<>();
    for (ScriptedPeer each : scripted) {
      addresses.add(each.address());
    }
    return new PeerHeaders(
        vertx, TimeSource.system(), UtxoNetwork.BITCOIN_REGTEST, MAGIC, addresses, timeout);
  }

  private static PeerMessage headers(List<Bytes> headers) {
    return new PeerMessage.Headers(headers);
  }

  @Test
  void twoAnswersAnAnnouncementAndAnInventory() throws Exception {
    List<Bytes> announced = TestHeaders.branch(TestHeaders.last(CHAIN), "announced", 3);
    CountDownLatch told = new CountDownLatch(1);
    try (ScriptedPeer peer =
            new ScriptedPeer(
                MAGIC,
                wire -> {
                  wire.handshake();
                  wire.send(headers(CHAIN.subList(0, 2_000)));
                  wire.await("getheaders");
                  wire.send(headers(CHAIN.subList(2_000, 2_100)));
                  awaitUninterrupted(told);
                  wire.send("inv", Bytes.fromHex("0102000000" + "00".repeat(32)));
                  wire.await("getheaders");
                  wire.send(headers(announced.subList(0, 1)));
                  wire.send(headers(announced.subList(1, 3)));
                  wire.awaitEnd();
                });
        PeerHeaders peers = peers(PATIENT, peer)) {
      RegtestChain.await(peers.start());
      BitcoinHeaders source =
          new BitcoinHeaders(vertx, peers, UnaryOperator.identity(), 2, Duration.ofMillis(50));
      HeaderRef from = new HeaderRef(0, TestHeaders.GENESIS.id(), TestHeaders.GENESIS.time());
      BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
      try (AutoCloseable follow = source.follow(from, events::add)) {
        assertThat(follow).isNotNull();
        awaitHeader(events, TestHeaders.last(CHAIN));
        assertThat(RegtestChain.await(source.range(101, 2_100)).stream().map(each -> each.raw()))
            .containsExactlyElementsOf(CHAIN.subList(100, 2_100));
        assertThat(peers.answering()).isEqualTo(1);
        told.countDown();
        awaitHeader(events, TestHeaders.last(announced));
        assertThat(RegtestChain.await(source.finalized()).raw()).isEqualTo(announced.get(1));
      } finally {
        source.close();
      }
    }
  }

  private static void awaitHeader(BlockingQueue<HeaderEvent> events, BlockHeader wanted)
      throws InterruptedException {
    Optional<Bytes> seen = Optional.empty();
    while (!seen.equals(Optional.of(wanted.raw()))) {
      HeaderEvent event = events.poll(120, TimeUnit.SECONDS);
      assertThat(event).isNotNull();
      if (event instanceof HeaderEvent.Added added) {
        seen = Optional.of(added.header().raw());
      }
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whoLiesIsBannedAndTheHonestPeerStays() {
    Map<PeerFault, ScriptedPeer.Script> lies =
        Map.of(
            PeerFault.WRONG_MAGIC,
            wire -> wire.raw(Bytes.fromHex("f9beb4d9" + "00".repeat(20))),
            PeerFault.MALFORMED_MESSAGE,
            wire -> wire.send("version", Bytes.fromHex("0102")),
            PeerFault.OLD_PROTOCOL,
            wire -> wire.send(new PeerMessage.Version(70_011, 0, "")),
            PeerFault.OUT_OF_ORDER,
            wire -> wire.send(headers(CHAIN.subList(0, 1))),
            PeerFault.BAD_HEADERS,
            wire -> {
              wire.handshake();
              wire.send(headers(List.of(TestHeaders.withoutWork(TestHeaders.GENESIS))));
            },
            PeerFault.OVERSIZED_MESSAGE,
            wire -> {
              wire.handshake();
              wire.send("headers", Bytes.wrap(new byte[3 + 2_001 * 81]));
            },
            PeerFault.UNSOLICITED_HEADERS,
            wire -> {
              wire.handshake();
              wire.send(headers(CHAIN.subList(0, 20)));
              wire.send(headers(CHAIN.subList(20, 40)));
            },
            PeerFault.DISCONNECTED,
            wire -> wire.handshake());
    lies.forEach(
        (fault, lie) -> {
          try (ScriptedPeer honest = honest();
              ScriptedPeer liar =
                  new ScriptedPeer(
                      MAGIC,
                      wire -> {
                        lie.run(wire);
                        if (fault != PeerFault.DISCONNECTED) {
                          wire.awaitEnd();
                        }
                      });
              PeerHeaders peers = peers(PATIENT, liar, honest)) {
            RegtestChain.await(peers.start());
            liar.awaitOver();
            honest.awaitOver();
            assertThat(peers.tip().raw()).as(fault.code()).isEqualTo(CHAIN.get(99));
            if (fault != PeerFault.DISCONNECTED) { // that one may be seen a moment later
              assertThat(peers.faults().getFirst()).contains(fault);
            }
            assertThat(peers.faults().getLast()).isEmpty();
          }
        });
  }

  /** Gives a hundred headers, and ends its script, but not the connection, when all were taken. */
  private static ScriptedPeer honest() {
    return new ScriptedPeer(
        MAGIC,
        wire -> {
          wire.handshake();
          wire.send(headers(CHAIN.subList(0, 100)));
          wire.send(new PeerMessage.Ping(1));
          Optional<PeerMessage> next = wire.next();
          while (next.isPresent() && !(next.get() instanceof PeerMessage.Pong)) {
            next = wire.next();
          }
          wire.rest();
        });
  }

  @Test
  void aPeerThatStallsIsLeft() {
    try (ScriptedPeer silent =
            new ScriptedPeer(
                MAGIC,
                wire -> {
                  wire.handshake();
                  wire.awaitEnd();
                });
        PeerHeaders peers = peers(Duration.ofMillis(300), silent)) {
      assertThatThrownBy(() -> RegtestChain.await(peers.start()))
          .isInstanceOfSatisfying(
              AdapterException.class,
              e -> assertThat(e.error()).isEqualTo(AdapterError.UNREACHABLE));
      silent.awaitOver();
      assertThat(peers.faults().getFirst()).contains(PeerFault.STALLED);
      assertThatThrownBy(peers::tip).isInstanceOf(AdapterException.class);
    }
  }

  @Test
  void thePeerWithMoreWorkWins() {
    List<Bytes> cheap = TestHeaders.branch("cheap", 150);
    CountDownLatch first = new CountDownLatch(1);
    try (ScriptedPeer early =
            new ScriptedPeer(
                MAGIC,
                wire -> {
                  wire.handshake();
                  wire.send(headers(cheap));
                  wire.send(new PeerMessage.Ping(1));
                  wire.await("nothing");
                });
        ScriptedPeer late =
            new ScriptedPeer(
                MAGIC,
                wire -> {
                  awaitUninterrupted(first);
                  wire.handshake();
                  wire.send(headers(CHAIN.subList(0, 200)));
                  wire.await("getheaders"); // from the start, as the branches part at genesis
                  wire.send(headers(CHAIN.subList(0, 200)));
                  wire.send(new PeerMessage.Ping(1));
                  Optional<PeerMessage> next = wire.next();
                  while (next.isPresent() && !(next.get() instanceof PeerMessage.Pong)) {
                    next = wire.next();
                  }
                  wire.rest();
                });
        PeerHeaders peers = peers(PATIENT, early, late)) {
      RegtestChain.await(peers.start());
      assertThat(peers.tip().raw()).isEqualTo(cheap.getLast());
      first.countDown();
      late.awaitOver();
      assertThat(peers.tip().raw()).isEqualTo(CHAIN.get(199));
    }
  }

  @Test
  void addressesAndNetworksAreChecked() {
    assertThat(PeerAddress.parse("127.0.0.1:18444, [::1]:8333"))
        .containsExactly(new PeerAddress("127.0.0.1", 18_444), new PeerAddress("::1", 8_333))
        .extracting(PeerAddress::toString)
        .containsExactly("127.0.0.1:18444", "[::1]:8333");
    for (String wrong : List.of("", "host", "host:0", "host:65536", "a:1,a:1", "a:1,", "ü:1")) {
      bad(() -> PeerAddress.parse(wrong), wrong);
    }
    AdapterContext context = new AdapterContext(vertx, TimeSource.system());
    bad(() -> BitcoinPeers.open(context, UtxoNetwork.BITCOIN_SIGNET.chain(), "a:1"), "signet");
    bad(
        () -> BitcoinPeers.open(context, dev.trestle.base.ChainId.parse("eip155:1"), "a:1"),
        "another chain");
  }

  private static void bad(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String what) {
    assertThatThrownBy(call)
        .as(what)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(AdapterError.BAD_CONFIG));
  }
}
