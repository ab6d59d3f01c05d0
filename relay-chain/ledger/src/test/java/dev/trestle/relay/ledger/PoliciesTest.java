package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.TrustPolicy;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Policies of routes, and deposits that satisfy them or do not. */
class PoliciesTest {
  private static final SecretKey WATCHER = SecretKey.derive(Bytes.utf8("test"), "watcher");
  private static final TrustPolicy.Leaf CLIENT =
      new TrustPolicy.LightClient(new Hub().home.id(), 3);
  private static final TrustPolicy.Leaf COMMITTEE = new TrustPolicy.Committee();
  private static final TrustPolicy.Leaf ATTESTOR = new TrustPolicy.Attestor(WATCHER.publicKey());

  private static PolicyTerms terms(TrustPolicy policy) {
    return new PolicyTerms(Optional.of(policy), false);
  }

  /** A hub with a paid transfer that waits for its credit. */
  private static final class Paid {
    final Hub hub;
    final Claim claim;
    final HeaderRef block;

    Paid(TrustPolicy policy) {
      hub = Hub.ready(terms(policy));
      hub.ok(hub.openTransfer(1, 100_000));
      Bytes tx = hub.pay(hub.transferId(1), 100_000);
      hub.follow(hub.home, 3);
      claim = hub.home.claim(tx);
      block = hub.home.ref(hub.home.height() - 3);
    }

    Hash32 memberDigest(Hash32 hubId, long epoch, Hash32 policy, HeaderRef at) {
      return Approvals.factByMember(hubId, epoch, policy, hub.home.id(), claim, at, 3);
    }

    Hash32 memberDigest() {
      return memberDigest(hub.hubId(), 7, hub.routeRecord().policyHash(), block);
    }

    List<FactAttestations.Vote> votes(Hash32 digest, int... members) {
      return IntStream.of(members)
          .mapToObj(i -> new FactAttestations.Vote(i, sign(hub.attestKeys.get(i), digest)))
          .toList();
    }

    EcdsaSignature watched(Hash32 policy) {
      return sign(
          WATCHER, Approvals.factByAttestor(hub.hubId(), policy, hub.home.id(), claim, block, 3));
    }

    String submit(Claim shown, List<FactAttestations.Vote> votes, List<EcdsaSignature> others) {
      return submit(shown, new FactAttestations(block, 3, 7, votes, others));
    }

    String submit(Claim shown, FactAttestations attestations) {
      return hub.send(
              new TransactionBody.SubmitAttestedDeposit(hub.transferId(1), shown, attestations))
          .code();
    }

    Claim unproved() {
      return new Claim(claim.path(), claim.value(), Bytes.EMPTY);
    }

    TransactionBody full() {
      return new TransactionBody.SubmitAttestedDeposit(
          hub.transferId(1),
          claim,
          new FactAttestations(block, 3, 7, votes(memberDigest(), 0, 1, 2), List.of()));
    }
  }

  private static EcdsaSignature sign(SecretKey key, Hash32 digest) {
    return Secp256k1.instance().signEcdsa(digest, key);
  }

  @Test
  void bothTheClientAndTheCommittee() {
    Paid paid = new Paid(TrustPolicy.all(CLIENT, COMMITTEE));
    assertThat(
            paid.hub
                .send(new TransactionBody.SubmitDeposit(paid.hub.transferId(1), paid.claim))
                .code())
        .as("the client alone")
        .isEqualTo("policy-not-met");
    var votes = paid.votes(paid.memberDigest(), 0, 1, 2);
    assertThat(paid.submit(paid.unproved(), votes, List.of()))
        .as("the committee alone")
        .isEqualTo("policy-not-met");
    assertThat(paid.submit(paid.claim, paid.votes(paid.memberDigest(), 0, 1), List.of()))
        .as("below the threshold")
        .isEqualTo("policy-not-met");
    assertThat(paid.submit(paid.claim, votes, List.of())).isEqualTo("ok");
    assertThat(paid.hub.binding.used).as("the proof and three votes, found before").isEqualTo(4);
    paid.hub.settle(paid.hub.planSweep(1));
    Hash32 policy = paid.hub.view().packets(Optional.empty(), 1).getFirst().packet().policyHash();
    assertThat(policy).isEqualTo(TrustPolicy.all(CLIENT, COMMITTEE).hash());
  }

  @Test
  void twoOfThree() {
    TrustPolicy policy = TrustPolicy.atLeast(2, CLIENT, COMMITTEE, ATTESTOR);
    Paid paid = new Paid(policy);
    EcdsaSignature watched = paid.watched(policy.hash());
    assertThat(paid.submit(paid.unproved(), List.of(), List.of(watched)))
        .isEqualTo("policy-not-met");
    assertThat(paid.submit(paid.unproved(), List.of(), List.of(watched, watched)))
        .as("once is once")
        .isEqualTo("bad-attestation");
    assertThat(
            paid.submit(
                paid.unproved(), paid.votes(paid.memberDigest(), 1, 2, 3), List.of(watched)))
        .as("without the client")
        .isEqualTo("ok");
    Paid other = new Paid(policy);
    assertThat(other.submit(other.claim, List.of(), List.of(other.watched(policy.hash()))))
        .isEqualTo("ok");
  }

  @Test
  void eitherOfTwo() {
    TrustPolicy policy = TrustPolicy.any(CLIENT, TrustPolicy.all(COMMITTEE, ATTESTOR));
    Paid paid = new Paid(policy);
    assertThat(
            paid.hub
                .send(new TransactionBody.SubmitDeposit(paid.hub.transferId(1), paid.claim))
                .code())
        .isEqualTo("ok");
  }

  @Test
  void whatWasSaidForAnotherPolicyHubEpochOrBlockCountsNowhere() {
    Paid paid = new Paid(TrustPolicy.all(CLIENT, COMMITTEE));
    Hash32 hubId = paid.hub.hubId();
    Hash32 policy = paid.hub.routeRecord().policyHash();
    HeaderRef block = paid.block;
    HeaderRef elsewhere = new HeaderRef(block.height() + 1, block.id(), block.timestampSeconds());
    for (Hash32 digest :
        List.of(
            paid.memberDigest(hubId, 7, CLIENT.hash(), block),
            paid.memberDigest(Hub.hash("hub"), 7, policy, block),
            paid.memberDigest(hubId, 6, policy, block),
            paid.memberDigest(hubId, 8, policy, block),
            paid.memberDigest(hubId, 7, policy, elsewhere))) {
      assertThat(paid.submit(paid.claim, paid.votes(digest, 0, 1, 2), List.of()))
          .isEqualTo("bad-attestation");
    }
    var attested =
        new FactAttestations(
            elsewhere,
            3,
            7,
            paid.votes(paid.memberDigest(hubId, 7, policy, elsewhere), 0, 1, 2),
            List.of());
    assertThat(paid.submit(paid.claim, attested))
        .as("the client and the committee contradict each other")
        .isEqualTo("evidence-conflict");
    for (long epoch : new long[] {6, 8}) {
      Hash32 digest = paid.memberDigest(hubId, epoch, policy, block);
      assertThat(
              paid.submit(
                  paid.claim,
                  new FactAttestations(block, 3, epoch, paid.votes(digest, 0, 1, 2), List.of())))
          .isEqualTo("wrong-epoch");
    }
    assertThat(paid.submit(paid.claim, new FactAttestations(block, 2, 7, List.of(), List.of())))
        .isEqualTo("not-enough-confirmations");
  }

  @Test
  void oneBadVoteSpoilsTheEvidence() {
    Paid paid = new Paid(TrustPolicy.all(CLIENT, COMMITTEE));
    var votes = paid.votes(paid.memberDigest(), 0, 1, 2);
    var twice = List.of(votes.get(0), votes.get(1), votes.get(1));
    assertThat(paid.submit(paid.claim, twice, List.of())).isEqualTo("bad-attestation");
    var renamed =
        List.of(votes.get(0), votes.get(1), new FactAttestations.Vote(3, votes.get(2).signature()));
    assertThat(paid.submit(paid.claim, renamed, List.of())).isEqualTo("bad-attestation");
    var unknown =
        List.of(votes.get(0), votes.get(1), new FactAttestations.Vote(4, votes.get(2).signature()));
    assertThat(paid.submit(paid.claim, unknown, List.of())).isEqualTo("unknown-member");
    assertThat(
            paid.submit(
                paid.claim, votes, List.of(paid.watched(paid.hub.routeRecord().policyHash()))))
        .as("an attestor that the policy does not name")
        .isEqualTo("bad-attestation");
  }

  private static String registered(TrustPolicy policy, boolean accepted) {
    Hub hub = new Hub();
    hub.far.mine();
    hub.home.mine();
    hub.ok(hub.registerChain(hub.home, Optional.empty()));
    hub.ok(hub.registerChain(hub.far, Optional.of(Hub.CONTRACT)));
    hub.follow(hub.home, 3);
    hub.follow(hub.far, 3);
    hub.trust(new PolicyTerms(Optional.of(policy), accepted));
    return hub.send(hub.registerRoute(hub.route())).code();
  }

  @Test
  void oneVerifierAloneIsNotEnoughUnlessItIsALightClient() {
    assertThat(registered(CLIENT, false)).isEqualTo("ok");
    assertThat(registered(COMMITTEE, false)).isEqualTo("policy-below-floor");
    assertThat(registered(ATTESTOR, false)).isEqualTo("policy-below-floor");
    assertThat(registered(TrustPolicy.any(CLIENT, ATTESTOR), false))
        .as("hidden behind an OR")
        .isEqualTo("policy-below-floor");
    assertThat(registered(ATTESTOR, true)).as("marked by governance").isEqualTo("ok");
    assertThat(registered(TrustPolicy.any(CLIENT, TrustPolicy.all(COMMITTEE, ATTESTOR)), false))
        .isEqualTo("ok");
  }

  @Test
  void policiesAreAboutTheHomeChainAndKeepItsFloor() {
    assertThat(registered(new TrustPolicy.LightClient(new Hub().far.id(), 3), false))
        .isEqualTo("invalid-policy");
    assertThat(registered(new TrustPolicy.LightClient(new Hub().home.id(), 2), false))
        .isEqualTo("policy-below-floor");
    TrustPolicy member = new TrustPolicy.Attestor(new Hub().attestKeys.getFirst().publicKey());
    assertThat(registered(TrustPolicy.all(COMMITTEE, member), false))
        .as("a member would count twice")
        .isEqualTo("invalid-policy");
  }

  @Test
  void i5EvidenceSatisfiesThePolicy() {
    Paid paid = new Paid(TrustPolicy.all(CLIENT, COMMITTEE));
    Falsified falsified = new Falsified(paid.hub);
    falsified.catches(Invariant.I5, paid.full(), x -> x.attested().clear());
    falsified.catches(Invariant.I5, paid.full(), x -> x.facts().clear());
    falsified.catches(
        Invariant.I5,
        paid.full(),
        x -> {
          Step.Attested said = x.attested().removeFirst();
          ProvenFact fact = said.fact();
          x.attested()
              .add(
                  new Step.Attested(
                      said.chain(),
                      said.leaf(),
                      new ProvenFact(
                          fact.path(), Bytes.utf8("other"), fact.block(), fact.confirmations())));
        });
    falsified.catches(
        Invariant.I1,
        paid.full(),
        x -> {
          x.facts().clear();
          x.attested().clear();
        });
  }
}
