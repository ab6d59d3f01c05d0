package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.bitcoin.testing.RegtestNode;

/** The Taproot contract on a bitcoind of its own. */
class BitcoinTaprootIT extends TaprootRegtestContract {
  @Override
  RegtestChain open() {
    return new RegtestChain(UtxoNetwork.BITCOIN_REGTEST, RegtestNode.Kind.BITCOIN, 130);
  }
}
