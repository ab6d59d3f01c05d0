package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Bytes;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.AnchorBuilder;
import dev.trestle.lightclient.bitcoin.BitcoinLightClient;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.ClientSettings;
import dev.trestle.lightclient.bitcoin.SignetChallenge;
import dev.trestle.lightclient.bitcoin.SignetHeader;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The first blocks of the public signet on a real bitcoind, and what the adapter makes of them. */
class SignetHeadersIT {
  private static final long UNITS = 1_000_000;

  @Test
  void headersCarryWhatShowsThatTheyAreSolved() throws Exception {
    List<String> blocks = blocks();
    Vertx vertx = Vertx.vertx();
    try (RegtestNode node = RegtestNode.start(RegtestNode.Kind.SIGNET);
        ChainAdapter adapter =
            RegtestChain.provider("bitcoin")
                .create(
                    new AdapterContext(vertx, TimeSource.system()),
                    new ChainConfig(
                        UtxoNetwork.BITCOIN_SIGNET.chain(),
                        List.of(node.endpoint()),
                        Map.of("poll.millis", "100")))) {
      blocks.forEach(block -> assertThat(node.call("submitblock", block).isNull()).isTrue());
      await(adapter.start());
      List<RawHeader> headers = await(adapter.headers().range(1, blocks.size()));
      assertThat(await(adapter.headers().latest())).isEqualTo(headers.getLast());
      assertThat(await(adapter.headers().at(1))).isEqualTo(headers.getFirst());

      List<Bytes> raw = headers.stream().map(RawHeader::raw).toList();
      assertThat(told(adapter)).isEqualTo(raw);
      assertThat(verdict(raw)).isInstanceOf(Verdict.Accepted.class);
      SignetHeader first = SignetHeader.decode(raw.getFirst());
      List<Bytes> swapped = new ArrayList<>(raw);
      BlockHeader second = SignetHeader.decode(raw.get(1)).header();
      swapped.set(1, new SignetHeader(second, first.coinbase(), first.siblings()).encode());
      assertThat(verdict(swapped)).isInstanceOf(Verdict.Rejected.class);
    } finally {
      vertx.close().await();
    }
  }

  private static List<Bytes> told(ChainAdapter adapter) throws Exception {
    BlockHeader genesis = UtxoNetwork.BITCOIN_SIGNET.parameters().genesis();
    BlockingQueue<HeaderEvent> events = new LinkedBlockingQueue<>();
    List<Bytes> added = new ArrayList<>();
    HeaderRef start = new HeaderRef(0, genesis.id(), genesis.time());
    try (AutoCloseable follow = adapter.headers().follow(start, events::add)) {
      assertThat(follow).isNotNull();
      while (added.size() < 10) {
        HeaderEvent event = events.poll(120, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        if (event instanceof HeaderEvent.Added(RawHeader header)) {
          added.add(header.raw());
        }
      }
    }
    return added;
  }

  private static Verdict<VerifiedUpdate> verdict(List<Bytes> headers) {
    ChainParameters signet = UtxoNetwork.BITCOIN_SIGNET.parameters();
    ClientSettings settings = ClientSettings.of(signet).withChallenge(SignetChallenge.PUBLIC);
    Bytes anchor = new AnchorBuilder(signet, settings).genesis().encode();
    BitcoinLightClient client = new BitcoinLightClient();
    ClientView start =
        client.initialize(anchor, new Budget(UNITS)).orThrow().over(key -> Optional.empty());
    return client.verify(
        start, client.encodeUpdate(headers), new Budget(UNITS), TimeSource.system().nowSeconds());
  }

  private static List<String> blocks() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            SignetHeadersIT.class.getResourceAsStream("/vectors/signet-blocks-1-10.hex"))) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
  }
}
