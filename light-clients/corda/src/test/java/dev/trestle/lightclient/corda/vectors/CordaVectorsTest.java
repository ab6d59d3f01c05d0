package dev.trestle.lightclient.corda.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class CordaVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new CordaVectors();
  }

  @Override
  protected int leastCases() {
    return 36;
  }
}
