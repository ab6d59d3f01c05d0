package dev.trestle.lightclient.poa;

import dev.trestle.lightclient.poa.PoaSettings.Consensus;

class QbftContractTest extends BftContractTest {
  QbftContractTest() {
    super(Consensus.QBFT);
  }

  @Override
  protected String goldenStateHash() {
    return "0e8f0cb1383700324912413b516ab0de4d93aeb03a0893dbf41bbcb91b68978a";
  }
}
