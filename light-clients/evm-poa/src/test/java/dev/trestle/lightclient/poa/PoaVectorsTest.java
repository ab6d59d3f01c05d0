package dev.trestle.lightclient.poa;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class PoaVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new PoaVectors();
  }

  @Override
  protected int leastCases() {
    return 56;
  }
}
