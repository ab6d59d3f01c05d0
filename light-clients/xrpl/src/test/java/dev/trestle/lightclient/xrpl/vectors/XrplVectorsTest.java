package dev.trestle.lightclient.xrpl.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class XrplVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new XrplVectors();
  }

  @Override
  protected int leastCases() {
    return 9;
  }
}
