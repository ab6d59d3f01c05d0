package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.relay.ledger.fake.CredulousFamily;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.fake.FakeFamily;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistrationTest {
  private final Hub hub = new Hub();
  private final FakeChain chain = hub.home;

  RegistrationTest() {
    chain.mine();
    chain.mine();
  }

  private ChainRecord.Status status() {
    return hub.view().chain(chain.id()).orElseThrow().status();
  }

  @Test
  void aNewChainProvesItselfBeforeItCarriesValue() {
    Receipt receipt = hub.send(hub.registerChain(chain, Optional.empty()));
    assertThat(receipt.events())
        .containsExactly(new LedgerEvent.ChainRegistered(chain.id(), FakeFamily.TYPE, 102));
    assertThat(status()).isEqualTo(ChainRecord.Status.PROBATION);
    hub.follow(chain, 2);
    assertThat(status()).isEqualTo(ChainRecord.Status.PROBATION);
    chain.mine();
    Receipt last = hub.send(new TransactionBody.UpdateClient(chain.id(), chain.updateFrom(104)));
    assertThat(last.events()).contains(new LedgerEvent.ChainActive(chain.id(), 105));
    assertThat(status()).isEqualTo(ChainRecord.Status.ACTIVE);
    assertThat(hub.view().head(chain.id()).orElseThrow().height()).isEqualTo(105);
  }

  @Test
  void noHappyRuleOutsideDev() {
    var body = Hub.unsigned(chain, Optional.empty(), CredulousFamily.TYPE, chain.updateFrom(100));
    assertThat(hub.send(hub.approved(body, 3)).code()).isEqualTo("forgery-accepted");
    assertThat(hub.view().chains()).isEmpty();
    assertThat(hub.view().clientView(chain.id()).get(Bytes.utf8("head"))).isEmpty();
  }

  @Test
  void sampleMustFollowTheAnchor() {
    Bytes later = chain.updateFrom(101);
    var body = Hub.unsigned(chain, Optional.empty(), FakeFamily.TYPE, later);
    assertThat(hub.send(hub.approved(body, 3)).code()).isEqualTo("sample-refused");
  }

  @Test
  void badAnchorUnknownTypeAndSecondRegistrationAreRefused() {
    var good = Hub.unsigned(chain, Optional.empty(), FakeFamily.TYPE, chain.updateFrom(100));
    var badAnchor =
        new TransactionBody.RegisterChain(
            good.chain(),
            good.name(),
            good.adapterId(),
            good.clientType(),
            Bytes.utf8("nonsense"),
            2,
            Optional.empty(),
            good.sample(),
            good.limits(),
            List.of());
    assertThat(hub.send(hub.approved(badAnchor, 3)).code()).isEqualTo("anchor-refused");
    var unknown = Hub.unsigned(chain, Optional.empty(), "no-such/1", chain.updateFrom(100));
    assertThat(hub.send(hub.approved(unknown, 3)).code()).isEqualTo("unknown-client-type");
    hub.ok(hub.approved(good, 3));
    assertThat(hub.send(hub.approved(good, 3)).code()).isEqualTo("chain-exists");
  }

  @Test
  void duplicateSignerCountedOnce() {
    var body = Hub.unsigned(chain, Optional.empty(), FakeFamily.TYPE, chain.updateFrom(100));
    Hash32 digest = Approvals.registerChain(hub.hubId(), 0, body);
    var two = new ArrayList<>(hub.approve(digest, 2));
    two.add(two.getFirst());
    two.add(two.getFirst());
    assertThat(hub.send(withApprovals(body, two)).code()).isEqualTo("approvals-missing");
  }

  @Test
  void approvalsAreBoundToTheRelayChainTheFieldsAndGovernance() {
    var body = Hub.unsigned(chain, Optional.empty(), FakeFamily.TYPE, chain.updateFrom(100));
    Hash32 foreign = Approvals.registerChain(Hub.hash("another hub"), 0, body);
    assertThat(hub.send(withApprovals(body, hub.approve(foreign, 4))).code())
        .isEqualTo("unknown-approver");
    var approved = hub.approved(body, 3);
    var altered =
        new TransactionBody.RegisterChain(
            approved.chain(),
            approved.name(),
            approved.adapterId(),
            approved.clientType(),
            approved.anchor(),
            1,
            approved.bridgeContract(),
            approved.sample(),
            approved.limits(),
            approved.approvals());
    assertThat(hub.send(altered).code()).isEqualTo("unknown-approver");
  }

  private static TransactionBody.RegisterChain withApprovals(
      TransactionBody.RegisterChain b, List<dev.trestle.crypto.EcdsaSignature> approvals) {
    return new TransactionBody.RegisterChain(
        b.chain(),
        b.name(),
        b.adapterId(),
        b.clientType(),
        b.anchor(),
        b.confirmations(),
        b.bridgeContract(),
        b.sample(),
        b.limits(),
        approvals);
  }

  @Test
  void unknownChainFailsClosed() {
    FakeChain stranger = new FakeChain("eip155:424242");
    Bytes fact = Bytes.utf8("fact");
    stranger.mine(fact);
    var id = stranger.id();
    assertThat(hub.send(new TransactionBody.UpdateClient(id, stranger.updateFrom(100))).code())
        .isEqualTo("unknown-chain");
    assertThat(hub.send(new TransactionBody.SubmitMisbehaviour(id, fact)).code())
        .isEqualTo("unknown-chain");
    assertThat(hub.send(new TransactionBody.SubmitMessage(id, stranger.claim(fact))).code())
        .isEqualTo("unknown-chain");
    assertThat(hub.send(new TransactionBody.PlanSweep(id, Hub.hash("tx"), 0)).code())
        .isEqualTo("unknown-chain");
    assertThat(hub.send(hub.registerRoute(hub.route())).code()).isEqualTo("unknown-chain");
  }

  @Test
  void misbehaviourFreezesAndAFrozenClientVerifiesNothing() {
    Hub ready = Hub.ready();
    var id = ready.far.id();
    assertThat(ready.send(new TransactionBody.SubmitMisbehaviour(id, Bytes.utf8("honest"))).code())
        .isEqualTo("not-misbehaviour");
    ready.ok(new TransactionBody.SubmitMisbehaviour(id, Bytes.utf8("misbehaviour")));
    assertThat(ready.view().clientStatus(id, 0)).contains(ClientStatus.FROZEN);
    Bytes fact = Bytes.utf8("fact");
    ready.far.mine(fact);
    assertThat(ready.send(new TransactionBody.UpdateClient(id, ready.far.updateFrom(104))).code())
        .isEqualTo("client-frozen");
    assertThat(ready.send(new TransactionBody.SubmitMessage(id, ready.far.claim(fact))).code())
        .isEqualTo("client-frozen");
    assertThat(ready.send(ready.openTransfer(1, 50_000)).code()).isEqualTo("client-frozen");
    assertThat(
            ready
                .send(new TransactionBody.SubmitMisbehaviour(id, Bytes.utf8("misbehaviour")))
                .code())
        .isEqualTo("client-frozen");
  }

  @Test
  void onlyActiveChainsCarryValue() {
    hub.far.mine();
    hub.ok(hub.registerChain(chain, Optional.empty()));
    hub.ok(hub.registerChain(hub.far, Optional.of(Hub.CONTRACT)));
    hub.ok(hub.registerRoute(hub.route()));
    assertThat(hub.send(hub.openTransfer(1, 50_000)).code()).isEqualTo("chain-not-active");
  }

  @Test
  void routesAreCheckedAgainstTheirChains() {
    hub.far.mine();
    hub.ok(hub.registerChain(chain, Optional.empty()));
    hub.ok(hub.registerChain(hub.far, Optional.of(Hub.CONTRACT)));
    var r = hub.route();
    assertThat(hub.send(r).code()).isEqualTo("approvals-missing");
    assertThat(route(r, Hub.CONTRACT, 20_000, 1_000_000, 2, 1)).isEqualTo("policy-below-floor");
    assertThat(route(r, Bytes.utf8("other"), 20_000, 1_000_000, 2, 3))
        .isEqualTo("contract-mismatch");
    assertThat(route(r, Hub.CONTRACT, 9_999, 1_000_000, 2, 3)).isEqualTo("invalid-route");
    assertThat(route(r, Hub.CONTRACT, 20_000, 19_999, 2, 3)).isEqualTo("invalid-route");
    assertThat(route(r, Hub.CONTRACT, 20_000, 1_000_000, 100, 3)).isEqualTo("invalid-route");
    assertThat(route(r, Hub.CONTRACT, 20_000, 1_000_000, 2, 3)).isEqualTo("ok");
    assertThat(route(r, Hub.CONTRACT, 20_000, 1_000_000, 2, 3)).isEqualTo("route-exists");
  }

  private String route(
      TransactionBody.RegisterRoute r, Bytes contract, long min, long max, long rate, long conf) {
    return hub.send(
            hub.registerRoute(
                new TransactionBody.RegisterRoute(
                    r.asset(),
                    r.destination(),
                    contract,
                    Amount.of(min),
                    Amount.of(max),
                    rate,
                    conf,
                    List.of())))
        .code();
  }
}
