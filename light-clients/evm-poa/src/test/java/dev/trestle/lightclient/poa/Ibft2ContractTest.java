package dev.trestle.lightclient.poa;

import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.poa.PoaSettings.Consensus;
import java.util.TreeMap;

class Ibft2ContractTest extends BftContractTest {
  Ibft2ContractTest() {
    super(Consensus.IBFT2);
  }

  /** The same rules as those of QBFT, over other bytes. */
  @Override
  protected int mutants() {
    return 20_000;
  }

  /** Every size is tested with QBFT. */
  @Override
  protected Quorums quorums() {
    PoaChain crowd = new PoaChain(Consensus.IBFT2, "crowd", 100);
    TreeMap<Integer, Quorums.Quorum> cases = new TreeMap<>();
    for (int members : new int[] {1, 2, 3, 4, 5, 7, 100}) {
      cases.put((2 * members + 2) / 3, quorum(crowd, members));
    }
    return new Quorums.FixedSize(cases);
  }

  @Override
  protected String goldenStateHash() {
    return "41b116f97a942b4a01c38d5ca78218912910056fd1c9416527c84db02ad7c5b6";
  }
}
