package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.HeaderSource;
import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.script.Address;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Headers from real nodes by the P2P protocol, held against what their RPC interface says. */
class PeerHeadersIT {
  private static final int HEADERS = 1_000;
  private static final int DEPTH = 6;
  private static final Bytes MAGIC = Bytes.fromHex("fabfb5da");

  @Test
  void bitcoindBesideALiar() throws Exception {
    List<Bytes> forged = new ArrayList<>(TestHeaders.branch("forged", 5));
    forged.add(TestHeaders.withoutWork(TestHeaders.last(forged)));
    try (ScriptedPeer liar =
        new ScriptedPeer(
            MAGIC,
            wire -> {
              wire.handshake();
              wire.send(new PeerMessage.Headers(forged));
              // where the node was faster: asked for the branch from its beginning
              wire.await("getheaders");
              wire.send(new PeerMessage.Headers(forged));
              wire.awaitEnd();
            })) {
      follows(
          RegtestNode.Kind.BITCOIN,
          UtxoNetwork.BITCOIN_REGTEST,
          "," + liar.address(),
          liar::awaitOver);
    }
  }

  @Test
  void litecoind() throws Exception {
    follows(RegtestNode.Kind.LITECOIN, UtxoNetwork.LITECOIN_REGTEST, "", () -> {});
  }

  private static void follows(
      RegtestNode.Kind kind, UtxoNetwork network, String morePeers, Runnable afterwards)
      throws Exception {
    Vertx vertx = Vertx.vertx();
    try (RegtestNode node = RegtestNode.startListening(kind)) {
      node.mine(HEADERS, address(network, 1));
      Map<String, String> options =
          Map.of(
              AdapterOptions.HEADERS_SOURCE,
              "p2p",
              AdapterOptions.HEADERS_PEERS,
              node.peerAddress() + morePeers,
              "headers.timeout-millis",
              "120000");
      try (ChainAdapter overPeers = adapter(vertx, network, node, options);
          ChainAdapter overRpc = adapter(vertx, network, node, Map.of())) {
        await(overPeers.start());
        await(overRpc.start());
        BlockHeader genesis = network.parameters().genesis();
        HeaderRef start = new HeaderRef(0, genesis.id(), genesis.time());
        BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
        try (AutoCloseable follow = overPeers.headers().follow(start, events::add)) {
          assertThat(follow).isNotNull();
          assertThat(added(events, await(overRpc.headers().latest()))).hasSize(HEADERS);
          equal(overPeers.headers(), overRpc.headers(), HEADERS);

          long fork = HEADERS - DEPTH;
          node.call("invalidateblock", node.call("getblockhash", fork + 1).stringValue());
          node.mine(DEPTH + 1, address(network, 2));
          List<RawHeader> branch = added(events, await(overRpc.headers().latest()));
          assertThat(branch).hasSize(DEPTH + 1);
          assertThat(branch.getFirst().ref().height()).isEqualTo(fork + 1);
          equal(overPeers.headers(), overRpc.headers(), HEADERS + 1);
        }
        afterwards.run();
        ChainAdapter.Health health = await(overPeers.health());
        assertThat(health.usable()).as(health.detail()).isTrue();
        assertThat(health.detail()).startsWith("1 of ").contains("peers give headers");
      }
    } finally {
      vertx.close().await();
    }
  }

  private static void equal(HeaderSource one, HeaderSource other, long to) {
    assertThat(await(one.latest())).isEqualTo(await(other.latest()));
    assertThat(await(one.finalized())).isEqualTo(await(other.finalized()));
    assertThat(await(one.range(0, to))).isEqualTo(await(other.range(0, to)));
  }

  /** The headers that came up to {@code last}, those of a branch that was left again left out. */
  private static List<RawHeader> added(BlockingQueue<HeaderEvent> events, RawHeader last)
      throws InterruptedException {
    List<RawHeader> added = new ArrayList<>();
    while (added.isEmpty() || !added.getLast().equals(last)) {
      HeaderEvent event = events.poll(120, TimeUnit.SECONDS);
      assertThat(event).as("an event, after %d headers", added.size()).isNotNull();
      switch (event) {
        case HeaderEvent.Added(RawHeader header) -> added.add(header);
        case HeaderEvent.Reorganized(HeaderRef ancestor, long depth) ->
            added.removeIf(header -> header.ref().height() > ancestor.height());
        case HeaderEvent.Finalized finalized -> {}
        case HeaderEvent.Gap gap -> added.clear();
      }
    }
    return added;
  }

  private static ChainAdapter adapter(
      Vertx vertx, UtxoNetwork network, RegtestNode node, Map<String, String> options) {
    return RegtestChain.provider(network.family().id())
        .create(
            new AdapterContext(vertx, TimeSource.system()),
            new ChainConfig(network.chain(), List.of(node.endpoint()), options));
  }

  /** Of nobody: different numbers give different blocks. */
  private static String address(UtxoNetwork network, int number) {
    return Address.of(
            network.parameters().addresses(),
            OutputScript.p2wpkh(Bytes.fromHex(String.format("%040x", number))))
        .orElseThrow();
  }
}
