package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class FabricVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new FabricVectors();
  }

  @Override
  protected int leastCases() {
    return 29;
  }
}
