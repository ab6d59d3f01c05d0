package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.ledger.record.SwapTerms;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import org.junit.jupiter.api.Test;

class SwapsTest {
  private static final long FAR_FUTURE = 2_000_000_000L;

  private final Hub hub = Hub.ready();
  private final SecretKey alice = SecretKey.derive(Bytes.utf8("test"), "alice");
  private final SecretKey bob = SecretKey.derive(Bytes.utf8("test"), "bob");

  private SwapTerms.Leg leg(AssetId asset, long amount, long expiry) {
    return new SwapTerms.Leg(
        asset,
        Amount.of(amount),
        Hub.hash("claimer").bytes(),
        Hub.hash("refunder").bytes(),
        expiry);
  }

  private SwapTerms terms(String hash, long firstAmount, long firstExpiry, long secondExpiry) {
    return new SwapTerms(
        Hub.hash(hash),
        leg(hub.asset, firstAmount, firstExpiry),
        leg(AssetId.nativeCoin(hub.far.id(), 60), 5, secondExpiry));
  }

  private TransactionBody.AgreeSwap swap(SwapTerms terms, SecretKey first, SecretKey second) {
    Hash32 digest = Approvals.swapTerms(hub.hubId(), terms);
    return new TransactionBody.AgreeSwap(
        terms,
        alice.publicKey(),
        bob.publicKey(),
        Secp256k1.instance().signEcdsa(digest, first),
        Secp256k1.instance().signEcdsa(digest, second));
  }

  private String send(SwapTerms terms) {
    return hub.send(swap(terms, alice, bob)).code();
  }

  @Test
  void bothPartiesAgreeOnce() {
    SwapTerms terms = terms("h", 1, FAR_FUTURE + 10, FAR_FUTURE);
    TransactionBody.AgreeSwap body = swap(terms, alice, bob);
    Receipt receipt = hub.send(body);
    Hash32 id = Approvals.swapTerms(hub.hubId(), terms);
    assertThat(receipt.events()).containsExactly(new LedgerEvent.SwapAgreed(id, Hub.hash("h")));
    assertThat(hub.view().swapByHash(Hub.hash("h")).orElseThrow().terms()).isEqualTo(terms);
    assertThat(hub.send(body).outcome()).isEqualTo(Receipt.Outcome.EXISTING);
  }

  @Test
  void swapIdCommitsToAllTerms() {
    SwapTerms terms = terms("h", 1, FAR_FUTURE + 10, FAR_FUTURE);
    assertThat(send(terms)).isEqualTo("ok");
    assertThat(send(terms("h", 2, FAR_FUTURE + 10, FAR_FUTURE))).isEqualTo("hash-reused");
    TransactionBody.AgreeSwap signed = swap(terms("g", 1, FAR_FUTURE + 10, FAR_FUTURE), alice, bob);
    TransactionBody.AgreeSwap altered =
        new TransactionBody.AgreeSwap(
            terms("g", 2, FAR_FUTURE + 10, FAR_FUTURE),
            signed.initiator(),
            signed.participant(),
            signed.initiatorSignature(),
            signed.participantSignature());
    assertThat(hub.send(altered).code()).isEqualTo("not-authorised");
  }

  @Test
  void signaturesOfBothPartiesAreNeeded() {
    SwapTerms terms = terms("h", 1, FAR_FUTURE + 10, FAR_FUTURE);
    assertThat(hub.send(swap(terms, alice, alice)).code()).isEqualTo("not-authorised");
    assertThat(hub.send(swap(terms, bob, alice)).code()).isEqualTo("not-authorised");
  }

  @Test
  void unsafeTermsAreRefused() {
    assertThat(send(terms("h", 1, FAR_FUTURE, FAR_FUTURE))).isEqualTo("unsafe-timelock");
    assertThat(send(terms("h", 1, FAR_FUTURE, FAR_FUTURE + 1))).isEqualTo("unsafe-timelock");
    assertThat(send(terms("h", 1, FAR_FUTURE, 1_000))).isEqualTo("unsafe-timelock");
    assertThat(send(terms("h", 0, FAR_FUTURE + 10, FAR_FUTURE))).isEqualTo("invalid-swap");
    SwapTerms unknown =
        new SwapTerms(
            Hub.hash("h"),
            leg(hub.asset, 1, FAR_FUTURE + 10),
            leg(AssetId.parse("eip155:5/slip44:60"), 1, FAR_FUTURE));
    assertThat(send(unknown)).isEqualTo("unknown-chain");
  }
}
