package dev.trestle.lightclient.polkadot.grandpa;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import dev.trestle.lightclient.polkadot.ChainRules;
import dev.trestle.lightclient.polkadot.Header;
import dev.trestle.lightclient.polkadot.StatePath;
import dev.trestle.lightclient.polkadot.TestKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class GrandpaContractTest extends LightClientContract {
  static final GrandpaChain CHAIN = new GrandpaChain("main", 4);
  private static final int MOST = 600;
  private static final List<TestKey> VOTERS = TestKey.many("quorum", MOST);

  @Override
  protected LightClient client() {
    return new GrandpaFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return CHAIN.scenario();
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(new GrandpaChain("seven", 7).scenario());
  }

  @Override
  protected Bytes foreignAnchor() {
    return CHAIN.anchor(Digests.sha256(Bytes.utf8("another genesis")));
  }

  @Override
  protected List<Forgery> forgeries() {
    return new GrandpaForgeries(CHAIN).all();
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(
        Attack.BITS_BEYOND_SET, "voters are named by their keys",
        Attack.INDEX_BEYOND_COUNT, "neither voters nor leaves are addressed by an index");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long end = GrandpaChain.seconds(110) + GrandpaChain.PERIOD;
    return Optional.of(new TrustWindow(end - 1, end));
  }

  @Override
  protected Quorums quorums() {
    Header next = CHAIN.header(101);
    List<Precommit> votes =
        VOTERS.stream().map(voter -> GrandpaChain.vote(voter, next, 7)).toList();
    return new Quorums.EverySize(size -> quorum(size, next, votes));
  }

  private static Quorums.Quorum quorum(int size, Header next, List<Precommit> votes) {
    Bytes anchor =
        new GrandpaAnchor(
                new ChainRules(GrandpaChain.GENESIS, GrandpaChain.PERIOD, GrandpaChain.DRIFT),
                GrandpaChain.seconds(100),
                GrandpaChain.set(7, VOTERS.subList(0, size)),
                CHAIN.header(100))
            .encode();
    int enough = size - (size - 1) / 3;
    return new Quorums.Quorum.Formed(
        anchor,
        List.of(),
        update(next, votes.subList(0, enough)),
        update(next, votes.subList(0, enough - 1)),
        RejectionCode.QUORUM_LOW,
        GrandpaChain.NOW);
  }

  private static Bytes update(Header next, List<Precommit> votes) {
    return GrandpaChain.message(CHAIN.fragment(next, GrandpaChain.justify(next, votes, List.of())));
  }

  /** What shows the absence of a key shows that of keys that would stand below the same node. */
  @Override
  protected boolean sameMeaning(Input original, Input mutant) {
    return original instanceof Input.Absence(Bytes path, Bytes proof)
        && mutant instanceof Input.Absence(Bytes changed, Bytes same)
        && proof.equals(same)
        && StatePath.decode(path).number() == StatePath.decode(changed).number();
  }

  @Override
  protected String goldenStateHash() {
    return "73b4ddff2a615b46bd07d094889da92a04d2898100634fbef8f71e2a160a2ad1";
  }
}
