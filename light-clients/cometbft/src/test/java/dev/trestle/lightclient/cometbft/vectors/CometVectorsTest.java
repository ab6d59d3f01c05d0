package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class CometVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new CometVectors();
  }

  @Override
  protected int leastCases() {
    return 119;
  }
}
