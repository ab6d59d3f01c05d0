package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.base.ChainId;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvmOptionsTest {
  private static ChainConfig config(String chain, int endpoints, Map<String, String> options) {
    List<URI> uris = Collections.nCopies(endpoints, URI.create("http://127.0.0.1:8545"));
    return new ChainConfig(ChainId.parse(chain), uris, options);
  }

  private static void assertBad(String chain, int endpoints, Map<String, String> options) {
    assertThatThrownBy(() -> EvmOptions.parse(config(chain, endpoints, options)))
        .isInstanceOfSatisfying(
            AdapterException.class,
            e -> assertThat(e.error()).isIn(AdapterError.BAD_CONFIG, AdapterError.INVALID_ADDRESS));
  }

  @Test
  void chainsOfValueNeedThreeEndpointsAndTheDeclaredTimes() {
    assertBad("eip155:1", 2, Map.of());
    assertBad("eip155:1", 3, Map.of("timing.claim", "299"));
    EvmOptions options = EvmOptions.parse(config("eip155:1", 3, Map.of("timing.claim", "900")));
    assertThat(options.test()).isFalse();
    assertThat(options.timing().claim()).isEqualTo(900);
    assertThat(options.timing().softExpiry()).isFalse();
    assertThat(options.confirmations()).isEmpty();
  }

  @Test
  void testChainsMayHaveOneAndLowerTimes() {
    EvmOptions options =
        EvmOptions.parse(
            config("eip155:31337", 1, Map.of("timing.claim", "1", "confirmations", "4")));
    assertThat(options.test()).isTrue();
    assertThat(options.timing().claim()).isEqualTo(1);
    assertThat(options.confirmations()).hasValue(4);
    assertThat(EvmOptions.parse(config("eip155:11155111", 1, Map.of())).test()).isTrue();
    assertBad("eip155:1337", 0, Map.of());
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertBad("eip155:1337", 1, Map.of("hltc", "0x52908400098527886E0F7030069857D2E4169EE7"));
    assertBad("eip155:1337", 1, Map.of("htlc", "0x52908400098527886E0F7030069857D2E4169Ee7"));
    assertBad("eip155:1337", 1, Map.of("genesis", "0x1234"));
    assertBad("eip155:1337", 1, Map.of("confirmations", "0"));
    assertBad("eip155:1337", 1, Map.of("poll-millis", "-5"));
    assertBad("eip155:1337", 1, Map.of("fee.max-gwei", "1.5"));
    assertBad("bip122:1337", 1, Map.of());
    assertBad("eip155:01337", 1, Map.of());
    assertBad("eip155:main", 1, Map.of());
  }

  @Test
  void everyDescribedKeyIsRead() {
    Map<String, String> all =
        Map.ofEntries(
            Map.entry("htlc", "0x52908400098527886E0F7030069857D2E4169EE7"),
            Map.entry("genesis", "0x" + "ab".repeat(32)),
            Map.entry("confirmations", "12"),
            Map.entry("htlc.from-block", "55"),
            Map.entry("fee.max-gwei", "7"),
            Map.entry("timing.lock", "11"),
            Map.entry("timing.claim", "12"),
            Map.entry("timing.refund", "13"),
            Map.entry("timing.irreversible", "14"),
            Map.entry("timing.seen", "15"),
            Map.entry("timing.clock-skew", "16"),
            Map.entry("poll-millis", "70"),
            Map.entry("rpc-timeout-millis", "800"));
    assertThat(EvmOptions.describe().stream().map(key -> key.name()))
        .containsExactlyInAnyOrderElementsOf(all.keySet());
    EvmOptions options = EvmOptions.parse(config("eip155:1337", 1, all));
    assertThat(options.htlcFromBlock()).isEqualTo(55);
    assertThat(options.maxFeePerGas()).hasToString("7000000000");
    assertThat(options.timing())
        .isEqualTo(new dev.trestle.adapter.ChainProfile.Timing(11, 12, 13, 14, 15, 16, false));
    assertThat(options.poll()).hasMillis(70);
    assertThat(options.rpcTimeout()).hasMillis(800);
    assertThat(options.genesis()).isPresent();
    assertThat(options.htlc()).isPresent();
  }
}
