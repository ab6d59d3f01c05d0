package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.lightclient.contract.VectorSuite;
import dev.trestle.lightclient.vectors.VectorFormat;

class BitcoinVectorsTest extends VectorSuite {
  @Override
  protected VectorFormat format() {
    return new BitcoinVectors();
  }

  @Override
  protected int leastCases() {
    return 2_000;
  }
}
