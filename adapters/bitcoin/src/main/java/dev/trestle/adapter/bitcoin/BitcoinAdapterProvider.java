package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterDescriptor;
import dev.trestle.adapter.AdapterDescriptor.Capability;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapterProvider;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.bitcoin.UtxoNetwork.Family;
import java.net.URI;
import java.util.EnumSet;
import java.util.Set;

/**
 * Bitcoin: main network, testnet3, testnet4, signet and regtest. Needs Bitcoin Core 25 or newer, or
 * Knots, with {@code txindex=1}; the node's wallet is not used.
 */
public final class BitcoinAdapterProvider implements ChainAdapterProvider {
  static final String CLIENT_TYPE = "bitcoin-pow/1";
  static final String VERSION = "1";

  @Override
  public AdapterDescriptor descriptor() {
    return descriptor(Family.BITCOIN);
  }

  @Override
  public ChainAdapter create(AdapterContext context, ChainConfig config) {
    return create(Family.BITCOIN, context, config);
  }

  static AdapterDescriptor descriptor(Family family) {
    return new AdapterDescriptor(
        family.id(),
        VERSION,
        UtxoNetwork.NAMESPACE,
        CLIENT_TYPE,
        capabilities(family),
        AdapterOptions.describe());
  }

  private static Set<Capability> capabilities(Family family) {
    Set<Capability> all =
        EnumSet.of(
            Capability.HEADERS,
            Capability.MEMBERSHIP,
            Capability.SUBMIT,
            Capability.HTLC,
            Capability.CUSTODY,
            Capability.QUORUM_READ);
    if (family.replacement()) {
      all.add(Capability.FEE_BUMP);
    }
    return all;
  }

  static ChainAdapter create(Family family, AdapterContext context, ChainConfig config) {
    UtxoNetwork network =
        UtxoNetwork.of(config.chain())
            .filter(known -> known.family() == family)
            .orElseThrow(() -> bad(config.chain() + " is not a network of " + family.id()));
    checkEndpoints(network, config);
    return new BitcoinAdapter(context, network, AdapterOptions.parse(config, network), config);
  }

  private static void checkEndpoints(UtxoNetwork network, ChainConfig config) {
    int least = network.isTest() ? 1 : UtxoNetwork.MIN_ENDPOINTS;
    if (config.endpoints().size() < least) {
      throw bad(network.displayName() + " needs at least " + least + " endpoints");
    }
    // one node under two names would outvote an honest one
    long distinct =
        config.endpoints().stream().map(BitcoinAdapterProvider::address).distinct().count();
    if (distinct != config.endpoints().size()) {
      throw bad("an endpoint is named twice");
    }
  }

  private static String address(URI endpoint) {
    return endpoint.getHost() + ":" + endpoint.getPort();
  }

  private static AdapterException bad(String detail) {
    return new AdapterException(AdapterError.BAD_CONFIG, detail);
  }
}
