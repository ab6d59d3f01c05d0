package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class BlsVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new BlsVectors();
  }

  @Override
  protected int leastCases() {
    return 20;
  }
}
