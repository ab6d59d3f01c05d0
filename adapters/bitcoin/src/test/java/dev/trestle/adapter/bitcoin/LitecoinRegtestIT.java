package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.bitcoin.testing.RegtestNode;

/**
 * The contract on a litecoind of its own; lock times are consensus from height 1351 on (BIP-65).
 */
class LitecoinRegtestIT extends RegtestContract {
  @Override
  RegtestChain open() {
    return new RegtestChain(UtxoNetwork.LITECOIN_REGTEST, RegtestNode.Kind.LITECOIN, 1380);
  }
}
