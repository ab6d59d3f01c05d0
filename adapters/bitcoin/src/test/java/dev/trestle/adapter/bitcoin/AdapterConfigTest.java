package dev.trestle.adapter.bitcoin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterDescriptor;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a configuration may say. Nothing is opened here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdapterConfigTest {
  private static final URI ONE = URI.create("http://u:p@127.0.0.1:1/");
  private static final List<URI> THREE =
      List.of(ONE, URI.create("http://u:p@127.0.0.1:2/"), URI.create("http://u:p@127.0.0.1:3/"));

  private Vertx vertx;

  @BeforeAll
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  void stop() {
    vertx.close().await();
  }

  private ChainAdapter create(
      String id, ChainId chain, List<URI> endpoints, Map<String, String> options) {
    return RegtestChain.provider(id)
        .create(
            new AdapterContext(vertx, TimeSource.system()),
            new ChainConfig(chain, endpoints, options));
  }

  private static void bad(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(AdapterError.BAD_CONFIG));
  }

  @Test
  void describesBothAdapters() {
    AdapterDescriptor bitcoin = RegtestChain.provider("bitcoin").descriptor();
    AdapterDescriptor litecoin = RegtestChain.provider("litecoin").descriptor();
    assertThat(bitcoin.clientType()).isEqualTo("bitcoin-pow/1").isEqualTo(litecoin.clientType());
    assertThat(bitcoin.capabilities()).contains(AdapterDescriptor.Capability.FEE_BUMP);
    assertThat(litecoin.capabilities()).doesNotContain(AdapterDescriptor.Capability.FEE_BUMP);
    assertThat(bitcoin.configuration())
        .extracting(AdapterDescriptor.ConfigKey::name)
        .contains("confirmations", "timing.clock-skew", "poll.millis", "fee.max");
  }

  @Test
  void realMoneyNeedsThreeEndpoints() {
    ChainId mainnet = UtxoNetwork.BITCOIN.chain();
    assertThat(mainnet).hasToString("bip122:000000000019d6689c085ae165831e93");
    bad(() -> create("bitcoin", mainnet, List.of(ONE), Map.of()));
    bad(() -> create("bitcoin", mainnet, THREE.subList(0, 2), Map.of()));
    bad(() -> create("bitcoin", mainnet, List.of(ONE, ONE, THREE.get(1)), Map.of()));
    bad(() -> create("bitcoin", mainnet, List.of(), Map.of()));
    try (ChainAdapter adapter = create("bitcoin", mainnet, THREE, Map.of())) {
      assertThat(adapter.profile().test()).isFalse();
      assertThat(adapter.profile().nativeAsset())
          .hasToString("bip122:000000000019d6689c085ae165831e93/slip44:0");
    }
  }

  @Test
  void realMoneyIsNeverConfirmedFaster() {
    ChainId mainnet = UtxoNetwork.LITECOIN.chain();
    bad(() -> create("litecoin", mainnet, THREE, Map.of("confirmations", "11")));
    bad(() -> create("litecoin", mainnet, THREE, Map.of("timing.claim", "60")));
    try (ChainAdapter adapter = create("litecoin", mainnet, THREE, Map.of("confirmations", "24"))) {
      assertThat(adapter.profile().timing().irreversible()).isEqualTo(2 * 3_270);
    }
    ChainId regtest = UtxoNetwork.LITECOIN_REGTEST.chain();
    try (ChainAdapter adapter =
        create(
            "litecoin", regtest, List.of(ONE), Map.of("confirmations", "1", "timing.claim", "2"))) {
      assertThat(adapter.profile().timing().claim()).isEqualTo(2);
      assertThat(adapter.profile().test()).isTrue();
    }
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    ChainId regtest = UtxoNetwork.BITCOIN_REGTEST.chain();
    bad(() -> create("bitcoin", UtxoNetwork.LITECOIN_REGTEST.chain(), List.of(ONE), Map.of()));
    bad(() -> create("bitcoin", ChainId.parse("eip155:1"), THREE, Map.of()));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("confirmation", "2")));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("confirmations", "0")));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("confirmations", "145")));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("confirmations", "-1")));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("fee.max", "1e3")));
    bad(
        () ->
            create("bitcoin", regtest, List.of(ONE), Map.of("fee.max", "5", "fee.fallback", "6")));
    bad(() -> create("bitcoin", regtest, List.of(URI.create("ftp://h:1/")), Map.of()));
    bad(() -> create("bitcoin", regtest, List.of(URI.create("http:///x")), Map.of()));
  }

  @Test
  void headersComeFromPeersOnlyWhereThatIsSaid() {
    ChainId regtest = UtxoNetwork.BITCOIN_REGTEST.chain();
    Map<String, String> peers = Map.of("headers.source", "p2p", "headers.peers", "127.0.0.1:1");
    create("bitcoin", regtest, List.of(ONE), peers).close();
    create("bitcoin", regtest, List.of(ONE), Map.of("headers.source", "rpc")).close();
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("headers.source", "p2p")));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("headers.peers", "127.0.0.1:1")));
    bad(() -> create("bitcoin", regtest, List.of(ONE), Map.of("headers.source", "dns")));
    bad(
        () ->
            create(
                "bitcoin",
                regtest,
                List.of(ONE),
                Map.of("headers.source", "p2p", "headers.peers", "127.0.0.1")));
    // one liar among a few is outvoted by work, but not where there is nobody else
    bad(() -> create("bitcoin", UtxoNetwork.BITCOIN.chain(), THREE, peers));
    bad(() -> create("bitcoin", UtxoNetwork.BITCOIN_SIGNET.chain(), List.of(ONE), peers));
  }
}
