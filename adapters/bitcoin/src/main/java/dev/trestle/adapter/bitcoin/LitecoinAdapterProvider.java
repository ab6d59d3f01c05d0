package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterDescriptor;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapterProvider;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.bitcoin.UtxoNetwork.Family;

/**
 * Litecoin: main network, testnet and regtest. Needs Litecoin Core 0.21 with {@code txindex=1}.
 * Confidential (MWEB) parts of blocks are not read.
 */
public final class LitecoinAdapterProvider implements ChainAdapterProvider {
  @Override
  public AdapterDescriptor descriptor() {
    return BitcoinAdapterProvider.descriptor(Family.LITECOIN);
  }

  @Override
  public ChainAdapter create(AdapterContext context, ChainConfig config) {
    return BitcoinAdapterProvider.create(Family.LITECOIN, context, config);
  }
}
