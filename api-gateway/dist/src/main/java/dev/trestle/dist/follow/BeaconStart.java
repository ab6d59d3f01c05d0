package dev.trestle.dist.follow;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.lightclient.ethereum.BeaconNetwork;
import dev.trestle.lightclient.ethereum.BeaconNetworks;
import dev.trestle.lightclient.ethereum.EthereumAnchor;
import dev.trestle.lightclient.ethereum.Profile;
import java.time.Duration;
import java.util.Optional;

/** From where to follow a proof-of-stake chain. */
record BeaconStart(ChainId chain, Optional<Bytes> anchor, Optional<Hash32> trust, Duration period) {
  /**
   * The anchor that was given or, of a public network, the one of the trusted block, whose
   * bootstrap comes from the node.
   *
   * @throws CliException {@code no-anchor}, {@code anchor-rejected} or {@code usage}
   * @throws AdapterException when the node does not answer, is another chain or lacks the block
   */
  EthereumAnchor with(NodeHttp http) {
    EthereumAnchor start = anchor.map(BeaconStart::decoded).orElseGet(() -> trusted(http));
    if (!start.settings().chain().equals(chain)) {
      throw new CliException(
          "anchor-rejected", Failures.VERIFICATION, "wrong-chain: of " + start.settings().chain());
    }
    sameChain(new BeaconRest(http, start.settings().network().preset()), start.settings());
    return start;
  }

  private EthereumAnchor trusted(NodeHttp http) {
    BeaconNetwork network =
        BeaconNetworks.byChain(chain)
            .orElseThrow(() -> noAnchor(chain + " is no public network: give its --anchor"));
    Hash32 root = trust.orElseThrow(() -> noAnchor("give --trust ROOT of a block that you trust"));
    EthereumAnchor.Settings settings = settings(network);
    BeaconRest node = new BeaconRest(http, network.preset());
    sameChain(node, settings);
    BeaconRest.Bootstrap bootstrap = node.bootstrap(root);
    return new EthereumAnchor(
        settings, root, bootstrap.container(), bootstrap.bootstrap().encode(), Optional.empty());
  }

  private EthereumAnchor.Settings settings(BeaconNetwork network) {
    try {
      return new EthereumAnchor.Settings(chain, network, Profile.BRIDGE, period.toSeconds());
    } catch (IllegalArgumentException e) {
      throw new CliException("usage", Failures.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private static void sameChain(BeaconRest node, EthereumAnchor.Settings settings) {
    Hash32 told = node.genesisValidatorsRoot();
    if (!told.equals(settings.network().genesisValidatorsRoot())) {
      throw new AdapterException(
          AdapterError.WRONG_CHAIN, "the node's genesis validators root is " + told);
    }
  }

  private static CliException noAnchor(String what) {
    return new CliException("no-anchor", Failures.USAGE, what);
  }

  private static EthereumAnchor decoded(Bytes encoded) {
    try {
      return EthereumAnchor.decode(encoded);
    } catch (DecodeException e) {
      throw new CliException(
          "anchor-rejected", Failures.VERIFICATION, "malformed: " + e.getMessage());
    }
  }
}
