package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class EthereumLcVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new EthereumLcVectors();
  }

  @Override
  protected int leastCases() {
    return 399;
  }
}
