package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.fake.FakeAttestedFamily;
import dev.trestle.relay.ledger.fake.FakeChain;
import dev.trestle.relay.ledger.record.EquivocationRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AttestationsTest {
  private final Hub hub = new Hub();
  private FakeChain chain = hub.far;

  AttestationsTest() {
    register(7);
  }

  private void register(long epoch) {
    Bytes header = chain.mine();
    TreeMap<Integer, EcdsaSignature> signatures = new TreeMap<>();
    for (int member = 0; member < 3; member++) {
      signatures.put(member, attestation(member, header));
    }
    hub.ok(
        hub.approved(
            new TransactionBody.RegisterChain(
                chain.id(),
                "Attested",
                "fake-adapter",
                FakeAttestedFamily.TYPE,
                FakeAttestedFamily.anchor(
                    chain.anchor(),
                    epoch,
                    3,
                    hub.attestKeys.stream().map(SecretKey::publicKey).toList()),
                1,
                Optional.of(Hub.CONTRACT),
                FakeAttestedFamily.message(header, signatures),
                Hub.LIMITS,
                List.of()),
            3));
  }

  private EcdsaSignature attestation(int member, Bytes header) {
    return Secp256k1.instance()
        .signEcdsa(FakeAttestedFamily.digest(header), hub.attestKeys.get(member));
  }

  private Receipt attest(int member, Bytes header) {
    return hub.send(
        new TransactionBody.AttestHeader(chain.id(), header, member, attestation(member, header)));
  }

  private long head() {
    return hub.view().head(chain.id()).orElseThrow().height();
  }

  @Test
  void quorumAppliesTheHeader() {
    Bytes header = chain.mine();
    attest(2, header);
    attest(0, header);
    assertThat(head()).isEqualTo(101);
    assertThat(hub.view().attestations(chain.id(), 10))
        .singleElement()
        .satisfies(pending -> assertThat(pending.signatures()).hasSize(2));
    assertThat(hub.binding.used).as("whose signature it is, twice").isEqualTo(2);
    Receipt last = attest(3, header);
    assertThat(hub.binding.used).as("and what the header does").isEqualTo(3);
    assertThat(last.events()).anyMatch(event -> event.name().equals("ClientUpdated"));
    assertThat(head()).isEqualTo(102);
    assertThat(hub.view().attestations(chain.id(), 10)).isEmpty();
  }

  @Test
  void duplicateSignerCountedOnce() {
    Bytes header = chain.mine();
    attest(0, header);
    assertThat(attest(0, header).code()).isEqualTo("already-attested");
    assertThat(attest(0, header).code()).isEqualTo("already-attested");
    assertThat(head()).isEqualTo(101);
  }

  @Test
  void signatureOfAnotherMemberOrHeaderIsRefused() {
    Bytes header = chain.mine();
    Bytes other = chain.fork(Bytes.utf8("x"));
    assertThat(
            hub.send(
                    new TransactionBody.AttestHeader(chain.id(), header, 1, attestation(0, header)))
                .code())
        .isEqualTo("bad-attestation");
    assertThat(
            hub.send(new TransactionBody.AttestHeader(chain.id(), header, 1, attestation(1, other)))
                .code())
        .isEqualTo("bad-attestation");
    assertThat(
            hub.send(
                    new TransactionBody.AttestHeader(chain.id(), header, 4, attestation(1, header)))
                .code())
        .isEqualTo("unknown-member");
  }

  @Test
  void equivocationSuspendsTheMemberForGood() {
    Bytes fork = chain.fork(Bytes.utf8("lie"));
    Bytes header = chain.mine();
    attest(0, header);
    Receipt receipt = attest(0, fork);
    assertThat(receipt.outcome()).isEqualTo(Receipt.Outcome.EVIDENCE_RECORDED);
    assertThat(receipt.code()).isEqualTo("equivocation");
    EquivocationRecord proof = hub.view().suspension(0).orElseThrow();
    for (Hash32 digest :
        List.of(FakeAttestedFamily.digest(header), FakeAttestedFamily.digest(fork))) {
      assertThat(
              List.of(proof.firstSignature(), proof.secondSignature()).stream()
                  .map(signature -> Secp256k1.instance().recover(signature, digest))
                  .anyMatch(Optional.of(hub.attestKeys.get(0).publicKey())::equals))
          .isTrue();
    }
    assertThat(attest(0, header).code()).isEqualTo("member-suspended");
    // its earlier signature does not count any more
    attest(1, header);
    attest(2, header);
    assertThat(head()).isEqualTo(101);
    attest(3, header);
    assertThat(head()).isEqualTo(102);
  }

  @Test
  void knownHeightsAndChainsWithoutAttestationAreRefused() {
    assertThat(attest(0, chain.header(101)).code()).isEqualTo("stale-height");
    hub.home.mine();
    hub.ok(hub.registerChain(hub.home, Optional.empty()));
    Bytes header = hub.home.mine();
    assertThat(
            hub.send(
                    new TransactionBody.AttestHeader(
                        hub.home.id(), header, 0, attestation(0, header)))
                .code())
        .isEqualTo("not-attested");
  }

  @Test
  void clientOfAnotherCommitteeIsNotFed() {
    chain = new FakeChain("eip155:77");
    register(8);
    assertThat(attest(0, chain.mine()).code()).isEqualTo("wrong-epoch");
  }
}
