package dev.trestle.lightclient.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.RejectionCode;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EthereumAnchorTest {
  private static final long PERIOD = 1_209_600;

  private static final BeaconFixture CHAIN =
      new BeaconFixture(BeaconFixture.at(Preset.MINIMAL, BeaconFork.ELECTRA), "anchor");

  /** Under the specification's own, one signer and a day of silence made a forged block final. */
  @Test
  void aProfileUnderWhichFewSignersDecideIsNoAnchor() {
    for (Profile weak :
        new Profile[] {
          Profile.SPECIFICATION, new Profile(false, false, 900), new Profile(true, true, 900)
        }) {
      assertThatIllegalArgumentException().isThrownBy(() -> CHAIN.anchor(72, weak, PERIOD));
    }
  }

  @Test
  void norIsOneFromTheWire() {
    Bytes good = CHAIN.anchor(72, Profile.BRIDGE, PERIOD).encode();
    assertThat(initialized(good).isAccepted()).isTrue();
    byte[] weak = good.toArray();
    int profile = profileAt(good);
    for (byte[] bits : new byte[][] {{0, 0}, {1, 0}, {1, 1}}) {
      System.arraycopy(bits, 0, weak, profile, 2);
      assertThat(initialized(Bytes.of(weak)))
          .isInstanceOfSatisfying(
              Verdict.Rejected.class,
              refused -> assertThat(refused.reason()).isEqualTo(RejectionCode.MALFORMED));
    }
  }

  @Test
  void publicNetworksAreKnownByTheChainOfTheirExecutionLayer() {
    Map.of(
            "eip155:1", BeaconNetworks.MAINNET,
            "eip155:11155111", BeaconNetworks.SEPOLIA,
            "eip155:560048", BeaconNetworks.HOODI)
        .forEach(
            (chain, network) ->
                assertThat(BeaconNetworks.byChain(ChainId.parse(chain))).contains(network));
    assertThat(BeaconNetworks.byChain(ChainId.parse("eip155:17000"))).isEmpty();
  }

  private static Verdict<ClientDelta> initialized(Bytes anchor) {
    return new EthereumFamily().client().initialize(anchor, new Budget(10_000_000));
  }

  /** Where the two flags of the profile stand: before floor and trusting period of the settings. */
  private static int profileAt(Bytes anchor) {
    CanonicalWriter settings = new CanonicalWriter();
    EthereumAnchor.decode(anchor).settings().write(settings);
    return settings.toBytes().size() - 8 - 2 - 2;
  }
}
