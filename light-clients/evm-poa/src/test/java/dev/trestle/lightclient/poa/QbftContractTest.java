package dev.trestle.lightclient.poa;

import dev.trestle.lightclient.poa.PoaSettings.Consensus;

class QbftContractTest extends BftContractTest {
  QbftContractTest() {
    super(Consensus.QBFT);
  }

  @Override
  protected String goldenStateHash() {
    return "9987c8876893b99415d6c3ee5a6b9f9ecc82fa41631f369cadc295f2f241ffd3";
  }
}
