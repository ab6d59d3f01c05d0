package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class Ics23VectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new Ics23Vectors();
  }

  @Override
  protected int leastCases() {
    return 127;
  }
}
