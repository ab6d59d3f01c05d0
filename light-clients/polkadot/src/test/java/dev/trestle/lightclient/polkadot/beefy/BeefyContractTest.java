package dev.trestle.lightclient.polkadot.beefy;

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
import dev.trestle.lightclient.polkadot.StatePath;
import dev.trestle.lightclient.polkadot.TestKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class BeefyContractTest extends LightClientContract {
  static final BeefyChain CHAIN = new BeefyChain("main", 4);
  private static final int MOST = 600;
  private static final List<TestKey> SIGNERS = TestKey.many("quorum", MOST);

  @Override
  protected LightClient client() {
    return new BeefyFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return CHAIN.scenario();
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(new BeefyChain("seven", 8).scenario());
  }

  @Override
  protected Bytes foreignAnchor() {
    return CHAIN.anchor(Digests.sha256(Bytes.utf8("another genesis")));
  }

  @Override
  protected List<Forgery> forgeries() {
    return new BeefyForgeries(CHAIN).all();
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of();
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long end = BeefyChain.seconds(121) + BeefyChain.PERIOD;
    return Optional.of(new TrustWindow(end - 1, end));
  }

  @Override
  protected Quorums quorums() {
    BeefyChain.Block next = CHAIN.block(105);
    List<Bytes> signatures =
        SIGNERS.stream().map(key -> key.signEcdsa(next.commitment().hash())).toList();
    return new Quorums.EverySize(size -> quorum(size, next, signatures));
  }

  private static Quorums.Quorum quorum(int size, BeefyChain.Block next, List<Bytes> signatures) {
    List<TestKey> signers = SIGNERS.subList(0, size);
    Bytes anchor =
        new BeefyAnchor(
                new ChainRules(BeefyChain.GENESIS, BeefyChain.PERIOD, BeefyChain.DRIFT),
                ValidatorSet.of(20, BeefyChain.addresses(signers)),
                CHAIN.set(1),
                CHAIN.block(100).known())
            .encode();
    int enough = size - (size - 1) / 3;
    return new Quorums.Quorum.Formed(
        anchor,
        List.of(),
        update(next, signers, signatures.subList(0, enough)),
        update(next, signers, signatures.subList(0, enough - 1)),
        RejectionCode.QUORUM_LOW,
        BeefyChain.NOW);
  }

  private static Bytes update(
      BeefyChain.Block next, List<TestKey> signers, List<Bytes> signatures) {
    List<Optional<Bytes>> all =
        new ArrayList<>(Collections.nCopies(signers.size(), Optional.empty()));
    for (int i = 0; i < signatures.size(); i++) {
      all.set(i, Optional.of(signatures.get(i)));
    }
    SignedCommitment signed = new SignedCommitment(next.commitment(), all);
    return BeefyChain.message(next.step(signed, signers));
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
    return "0e47b22e22dcdb1d89f893054ad8866dde67e0e292b71296e6a78077ce5af700";
  }
}
