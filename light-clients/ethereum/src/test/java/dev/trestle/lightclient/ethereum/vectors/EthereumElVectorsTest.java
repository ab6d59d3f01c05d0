package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;
import java.util.List;

class EthereumElVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new EthereumElVectors();
  }

  /** In the formats of ethereum/tests a missing 0x makes a text of it. */
  @Override
  protected List<String> keptAsWritten() {
    return List.of("/trie/trie", "/trie/hex_", "/rlp/");
  }

  @Override
  protected int leastCases() {
    return 593;
  }
}
