package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static dev.trestle.adapter.bitcoin.RegtestChain.preimage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CooperativeHtlcPort.CooperativeSpend;
import dev.trestle.adapter.CooperativeHtlcPort.LockedOutput;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Taproot locks on a real node: what it takes, what it refuses, and what the chain then shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TaprootRegtestContract {
  private static final long COIN = TaprootParties.COIN;
  private static final long AMOUNT = TaprootParties.AMOUNT;
  private static final long SMALL = 60_000L;

  private RegtestChain chain;
  private TaprootParties parties;

  abstract RegtestChain open();

  @BeforeAll
  void start() {
    chain = open();
    parties = new TaprootParties(chain);
  }

  @AfterAll
  void stop() {
    chain.close();
  }

  @Test
  void taprootIsARuleOfTheChain() {
    Hash32 secret = preimage("rule");
    HtlcTerms terms = parties.terms(secret);
    LockFunding funding = parties.lock(terms);
    TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
    HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
    // before the soft fork anybody could spend it
    Bytes foreign = TaprootClaims.claim(contract, at, secret.bytes(), RegtestChain.key("mallory"));
    parties.refusedByNode(foreign, "");
    assertThatThrownBy(() -> chain.mineBlockWith(foreign))
        .as("not even in a block")
        .isInstanceOf(RegtestNode.RpcError.class);
    assertThat(parties.isUnspent(funding)).isTrue();
  }

  @Test
  void bothTogetherClaimAtOnceAndCheaper() {
    Hash32 secret = preimage("together");
    HtlcTerms terms = parties.terms(secret);
    LockFunding funding = parties.lock(terms);
    List<Long> rates = await(parties.port().rates());
    CooperativeSpend spend =
        new CooperativeSpend(
            List.of(parties.port().output(terms, funding).orThrow()),
            parties.payTo(chain.bob),
            rates);
    List<SignedTransaction> ladder =
        parties
            .port()
            .assemble(spend, List.of(parties.sign(spend, 0, terms, chain.bob, chain.alice)))
            .orThrow();
    assertThat(ladder).hasSizeGreaterThanOrEqualTo(3);
    SignedTransaction sent = ladder.getFirst();
    assertThat(parties.size(sent)).isEqualTo(99);
    await(chain.transactions().broadcast(sent.raw()));
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(sent.id(), 0, false));
    if (chain.network.family().replacement()) {
      for (SignedTransaction next : ladder.subList(1, ladder.size())) {
        await(chain.transactions().broadcast(next.raw()));
        sent = next;
        assertThat(await(parties.port().observe(terms)).spend())
            .contains(new LockSpend.Cooperative(next.id(), 0, false));
      }
    }
    chain.mine(2);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(sent.id(), 2, true));
    assertThat(parties.isUnspent(funding)).isFalse();
    parties.arrived(sent, parties.payTo(chain.bob), AMOUNT);
  }

  @Test
  void bothTogetherRefundLongBeforeTheExpiry() {
    HtlcTerms terms = parties.terms(preimage("early refund"));
    LockFunding funding = parties.lock(terms);
    CooperativeSpend spend =
        new CooperativeSpend(
            List.of(parties.port().output(terms, funding).orThrow()),
            parties.payTo(chain.alice),
            List.of(2_000L));
    SignedTransaction refund =
        parties
            .port()
            .assemble(spend, List.of(parties.sign(spend, 0, terms, chain.alice, chain.bob)))
            .orThrow()
            .getFirst();
    await(chain.transactions().broadcast(refund.raw()));
    chain.mine(1);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(refund.id(), 1, false));
    parties.arrived(refund, parties.payTo(chain.alice), AMOUNT);
  }

  @Test
  void aBatchClaimsManyLocksWithOneTransaction() {
    int count = 8;
    List<HtlcTerms> terms = new ArrayList<>();
    List<LockedOutput> outputs = new ArrayList<>();
    List<LockFunding> fundings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      terms.add(parties.terms(preimage("batch " + i)));
      fundings.add(parties.lock(terms.get(i)));
      outputs.add(parties.port().output(terms.get(i), fundings.get(i)).orThrow());
    }
    CooperativeSpend spend =
        new CooperativeSpend(outputs, parties.payTo(chain.bob), List.of(3_000L));
    List<List<SchnorrSignature>> signatures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      signatures.add(parties.sign(spend, i, terms.get(i), chain.bob, chain.alice));
    }
    SignedTransaction claim = parties.port().assemble(spend, signatures).orThrow().getFirst();
    assertThat(parties.size(claim)).isEqualTo((396 + (count - 1) * 230 + 3) / 4);
    await(chain.transactions().broadcast(claim.raw()));
    chain.mine(1);
    for (int i = 0; i < count; i++) {
      assertThat(await(parties.port().observe(terms.get(i))).spend())
          .contains(new LockSpend.Cooperative(claim.id(), 1, false));
      assertThat(parties.isUnspent(fundings.get(i))).isFalse();
    }
    parties.arrived(claim, parties.payTo(chain.bob), count * AMOUNT);
  }

  @Test
  void theClaimerAloneClaimsOnceTheLockIsInABlock() {
    Hash32 secret = preimage("alone");
    HtlcTerms terms = parties.terms(secret);
    LockFunding waiting = parties.send(terms);
    SignedTransaction early = await(parties.port().prepareClaim(terms, waiting, secret, chain.bob));
    parties.refusedByNode(early.raw(), "non-BIP68-final");
    TaprootParties.fails(
        AdapterError.NODE_ERROR, () -> await(chain.transactions().broadcast(early.raw())));
    assertThat(parties.port().output(terms, waiting).isAccepted()).isFalse();

    chain.mine(1);
    await(chain.transactions().broadcast(early.raw()));
    assertThat(parties.size(early)).isEqualTo(143);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(early.id(), secret, 0, false));
    LockFunding funding = await(parties.port().observe(terms)).funding().getFirst();
    SignedTransaction again = await(parties.port().prepareClaim(terms, funding, secret, chain.bob));
    if (chain.network.family().replacement()) {
      assertThat(again.fee()).isGreaterThan(early.fee());
      await(chain.transactions().broadcast(again.raw()));
    } else {
      assertThat(again).isEqualTo(early);
    }
    chain.mine(2);
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(again.id(), secret, 2, true));
    parties.arrived(again, parties.payTo(chain.bob), AMOUNT);
  }

  /** A lock whose hash is of 31 or 33 bytes: known to the claimer, and still no way to it. */
  @Test
  void theNodeRefusesAPreimageOfAnotherSize() {
    for (int size : List.of(31, 33)) {
      Bytes long33 = Bytes.concat(preimage("size " + size).bytes(), Bytes.fromHex("aa"));
      Bytes odd = long33.slice(0, size);
      HtlcTerms good = parties.terms(preimage("unused"));
      HtlcTerms terms =
          new HtlcTerms(
              good.asset(),
              good.amount(),
              Digests.sha256(odd),
              good.claimer(),
              good.refunder(),
              good.expirySeconds());
      LockFunding funding = parties.lock(terms);
      TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
      HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
      parties.refusedByNode(TaprootClaims.claim(contract, at, odd, chain.bob), "EQUALVERIFY");
      assertThat(parties.isUnspent(funding)).isTrue();
    }
  }

  @Test
  void theNodeRefusesAWrongPreimageAndAWrongKey() {
    Hash32 secret = preimage("right");
    HtlcTerms terms = parties.terms(secret);
    LockFunding funding = parties.lock(terms);
    TaprootParties.fails(
        AdapterError.REJECTED_BY_CHAIN,
        () -> await(parties.port().prepareClaim(terms, funding, preimage("wrong"), chain.bob)));
    TaprootParties.fails(
        AdapterError.INVALID_ADDRESS,
        () -> await(parties.port().prepareClaim(terms, funding, secret, chain.alice)));
    TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
    HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
    Bytes wrong = TaprootClaims.claim(contract, at, preimage("wrong").bytes(), chain.bob);
    parties.refusedByNode(wrong, "EQUALVERIFY");
    TaprootParties.fails(
        AdapterError.REJECTED_BY_CHAIN, () -> await(chain.transactions().broadcast(wrong)));
    parties.refusedByNode(
        TaprootClaims.claim(contract, at, secret.bytes(), chain.alice), "Schnorr");
    assertThat(await(parties.port().observe(terms)).spend()).isEmpty();
  }

  @Test
  void theRefunderAloneRefundsFromTheExpiryOn() {
    long expiry = chain.nowSeconds() + 3_600;
    HtlcTerms terms = chain.terms(preimage("refund"), AMOUNT, expiry);
    LockFunding funding = parties.lock(terms);
    SignedTransaction refund = await(parties.port().prepareRefund(terms, funding, chain.alice));
    assertThat(parties.size(refund)).isEqualTo(126);
    TaprootParties.fails(
        AdapterError.NOT_YET_VALID, () -> await(chain.transactions().broadcast(refund.raw())));
    parties.refusedByNode(refund.raw(), "non-final");

    chain.node.call("setmocktime", expiry + 60);
    try {
      chain.mine(5); // the clock of the blocks is past the expiry, their median is not
      parties.refusedByNode(refund.raw(), "non-final");
      chain.mine(6);
      assertThat(await(parties.port().observe(terms)).chainTimeSeconds()).isGreaterThan(expiry);
      await(chain.transactions().broadcast(refund.raw()));
      chain.mine(2);
      assertThat(await(parties.port().observe(terms)).spend())
          .contains(new LockSpend.Refunded(refund.id(), 2, true));
      parties.arrived(refund, parties.payTo(chain.alice), AMOUNT);
    } finally {
      chain.node.call("setmocktime", 0);
    }
  }

  /** Only the output itself is the lock: not P2WSH of the same terms, nor another amount first. */
  @Test
  void decoysAreNotTheLock() {
    Hash32 secret = preimage("decoy");
    HtlcTerms terms = parties.terms(secret);
    chain.fund(chain.alice, COIN);
    SignedTransaction wsh = await(chain.htlc().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(wsh.raw()));
    chain.mine(1);
    assertThat(await(parties.port().observe(terms)).funding()).isEmpty();

    String address = parties.port().describe(terms).orThrow().address();
    assertThat(address).isNotEqualTo(chain.htlc().describe(terms).orThrow().address());
    SecretKey stranger = RegtestChain.key("taproot stranger");
    chain.fund(stranger, COIN);
    SignedTransaction small =
        await(chain.transactions().preparePayment(stranger, address, Amount.of(SMALL)));
    await(chain.transactions().broadcast(small.raw()));
    chain.mine(1);
    LockFunding funding = parties.lockBeside(terms);
    List<LockFunding> seen = await(parties.port().observe(terms)).funding();
    assertThat(seen)
        .extracting(LockFunding::amount)
        .containsExactly(Amount.of(AMOUNT), Amount.of(SMALL));
    assertThat(seen.getFirst()).isEqualTo(funding);
    // both are claimed, the stray one too
    SignedTransaction stray =
        await(parties.port().prepareClaim(terms, seen.getLast(), secret, chain.bob));
    await(chain.transactions().broadcast(stray.raw()));
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(stray.id(), secret, 0, false));
  }

  /** A party that was away must still learn the preimage of a lock older than what it searches. */
  @Test
  void aClaimOfALockBelowTheWindowIsSeen() {
    Hash32 secret = preimage("old taproot");
    HtlcTerms terms = parties.terms(secret);
    LockFunding funding = parties.lock(terms);
    chain.mine(118);
    SignedTransaction claim = await(parties.port().prepareClaim(terms, funding, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    chain.mine(3);
    try (ChainAdapter later =
        chain.adapter(List.of(chain.node.endpoint()), Map.of("scan.blocks", "100"))) {
      HtlcObservation seen = await(later.cooperativeHtlc().orElseThrow().observe(terms));
      assertThat(seen.spend()).contains(new LockSpend.Claimed(claim.id(), secret, 3, true));
    }
  }

  /** A claim with an annex is no standard transaction, but a miner may take it. */
  @Test
  void aClaimWithAnAnnexIsReadFromTheBlock() {
    Hash32 secret = preimage("annex");
    HtlcTerms terms = parties.terms(secret);
    LockFunding funding = parties.lock(terms);
    TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
    HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
    Bytes raw =
        TaprootClaims.spend(
            contract,
            at,
            contract.claimLeaf(),
            Optional.of(secret.bytes()),
            chain.bob,
            new TaprootClaims.How(
                1,
                0,
                0x83,
                Optional.of(
                    Bytes.concat(Bytes.fromHex("50"), preimage("decoy").bytes().slice(1, 32)))));
    chain.mineBlockWith(raw);
    Hash32 id = TaprootFixture.parse(raw).txId();
    assertThat(await(parties.port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(id, secret, 1, false));
  }
}
