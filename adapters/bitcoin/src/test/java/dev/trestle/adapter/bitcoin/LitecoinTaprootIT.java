package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.bitcoin.testing.RegtestNode;

/** The Taproot contract on a litecoind of its own. */
class LitecoinTaprootIT extends TaprootRegtestContract {
  @Override
  RegtestChain open() {
    return new RegtestChain(UtxoNetwork.LITECOIN_REGTEST, RegtestNode.Kind.LITECOIN, 1380);
  }
}
