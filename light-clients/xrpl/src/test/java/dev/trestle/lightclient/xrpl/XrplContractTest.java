package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.contract.Attack;
import dev.trestle.lightclient.contract.Forgery;
import dev.trestle.lightclient.contract.Input;
import dev.trestle.lightclient.contract.LightClientContract;
import dev.trestle.lightclient.contract.Quorums;
import dev.trestle.lightclient.contract.Scenario;
import dev.trestle.lightclient.contract.TrustWindow;
import dev.trestle.lightclient.xrpl.TestObjects.Validator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class XrplContractTest extends LightClientContract {
  static final XrplChain CHAIN = new XrplChain("main", 5);
  private static final int MOST = 600;
  private static final List<Validator> MEMBERS = XrplChain.validators("quorum", MOST);

  @Override
  protected LightClient client() {
    return new XrplFamily().client();
  }

  @Override
  protected Scenario scenario() {
    return CHAIN.scenario();
  }

  @Override
  protected List<Scenario> scenariosForMutants() {
    return List.of(new XrplChain("eight", 8).scenario());
  }

  @Override
  protected Bytes foreignAnchor() {
    return CHAIN.anchor(1);
  }

  @Override
  protected List<Forgery> forgeries() {
    return new XrplForgeries(CHAIN).all();
  }

  @Override
  protected Map<Attack, String> notApplicable() {
    return Map.of(
        Attack.BITS_BEYOND_SET, "validators are named by their keys",
        Attack.INDEX_BEYOND_COUNT, "neither validators nor leaves are addressed by an index");
  }

  @Override
  protected Optional<TrustWindow> trustWindow() {
    long end = XrplChain.seconds(110) + XrplChain.PERIOD;
    return Optional.of(new TrustWindow(end - 1, end));
  }

  @Override
  protected Quorums quorums() {
    LedgerHeader next = CHAIN.header(101);
    List<Bytes> validations = XrplChain.validate(next, MEMBERS);
    List<String> manifests = TestObjects.entries(MEMBERS);
    return new Quorums.EverySize(size -> quorum(size, next, validations, manifests));
  }

  private static Quorums.Quorum quorum(
      int size, LedgerHeader next, List<Bytes> validations, List<String> manifests) {
    SignedList list =
        TestObjects.list(
            TestObjects.manifest(CHAIN.publisher, Optional.of(CHAIN.publishing), 1),
            CHAIN.publishing,
            TestObjects.document(1, XrplChain.EXPIRATION, manifests.subList(0, size)));
    Bytes anchor =
        new XrplAnchor(
                new XrplRules(0, CHAIN.publisher.key(), XrplChain.PERIOD, XrplChain.DRIFT),
                list,
                CHAIN.header(100))
            .encode();
    int enough = (int) Math.ceil(size * 0.8 - 1e-9);
    return new Quorums.Quorum.Formed(
        anchor,
        List.of(),
        update(next, validations.subList(0, enough)),
        update(next, validations.subList(0, enough - 1)),
        RejectionCode.QUORUM_LOW,
        XrplChain.NOW);
  }

  private static Bytes update(LedgerHeader next, List<Bytes> validations) {
    return XrplChain.message(new LedgerStep(Optional.empty(), List.of(), next, validations));
  }

  /** What shows the absence of a key shows that of keys that would stand at the same place. */
  @Override
  protected boolean sameMeaning(Input original, Input mutant) {
    return original instanceof Input.Absence(Bytes path, Bytes proof)
        && mutant instanceof Input.Absence(Bytes changed, Bytes same)
        && proof.equals(same)
        && LedgerPath.decode(path).ledger() == LedgerPath.decode(changed).ledger();
  }

  @Override
  protected String goldenStateHash() {
    return "4515933ad83e69fd6f1a83b27d61c28897d4d167c19b86ca04b40de4480e6762";
  }
}
