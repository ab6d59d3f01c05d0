package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class PolkadotVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new PolkadotVectors();
  }

  @Override
  protected int leastCases() {
    return 131;
  }
}
