package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class EthereumElVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new EthereumElVectors();
  }

  @Override
  protected int leastCases() {
    return 593;
  }
}
