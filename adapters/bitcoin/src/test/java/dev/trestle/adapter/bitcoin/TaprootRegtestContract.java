package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static dev.trestle.adapter.bitcoin.RegtestChain.preimage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CooperativeHtlcPort;
import dev.trestle.adapter.CooperativeHtlcPort.Asking;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Taproot locks on a real node: what it takes, what it refuses, and what the chain then shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TaprootRegtestContract {
  private static final long COIN = 100_000_000L;
  private static final long AMOUNT = 5_000_000L;
  private static final long SMALL = 60_000L;

  private RegtestChain chain;

  abstract RegtestChain open();

  @BeforeAll
  void start() {
    chain = open();
  }

  @AfterAll
  void stop() {
    chain.close();
  }

  private CooperativeHtlcPort port() {
    return chain.adapter.cooperativeHtlc().orElseThrow();
  }

  private HtlcTerms terms(Hash32 secret) {
    return chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
  }

  private static void fails(AdapterError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  private void refusedByNode(Bytes raw, String why) {
    assertThatThrownBy(() -> chain.node.call("sendrawtransaction", raw.toHex()))
        .isInstanceOfSatisfying(
            RegtestNode.RpcError.class,
            e -> {
              assertThat(e.code()).as(e.getMessage()).isEqualTo(RpcReply.VERIFY_REJECTED);
              assertThat(e.getMessage()).contains(why);
            });
  }

  /** Sends the lock; it waits in the mempool. */
  private LockFunding send(HtlcTerms terms) {
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(port().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(lock.raw()));
    HtlcObservation waiting = await(port().observe(terms));
    assertThat(waiting.funding())
        .containsExactly(new LockFunding(lock.id(), 0, terms.amount(), 0, false));
    return waiting.funding().getFirst();
  }

  private LockFunding lock(HtlcTerms terms) {
    send(terms);
    chain.mine(1);
    HtlcObservation mined = await(port().observe(terms));
    assertThat(mined.spend()).isEmpty();
    assertThat(mined.funding()).hasSize(1);
    assertThat(mined.funding().getFirst().confirmations()).isEqualTo(1);
    return mined.funding().getFirst();
  }

  private String payTo(SecretKey key) {
    return chain.transactions().address(key);
  }

  private List<SchnorrSignature> sign(
      CooperativeSpend spend, int input, HtlcTerms terms, SecretKey asks, SecretKey answers) {
    try (Asking asking = port().ask(spend, input, terms, asks).orThrow()) {
      return asking
          .finish(port().answer(spend, input, terms, answers, asking.nonces()).orThrow())
          .orThrow();
    }
  }

  /** The virtual size that the node itself counts. */
  private long size(SignedTransaction transaction) {
    JsonNode decoded = chain.node.call("decoderawtransaction", transaction.raw().toHex());
    return decoded.get("vsize").longValue();
  }

  /** Whether an output is in the node's set of unspent ones. */
  private boolean isUnspent(LockFunding funding) {
    return chain
        .node
        .call("gettxout", funding.transactionId().toReversedHex(), funding.outputIndex())
        .isObject();
  }

  /** Where the node says that the coins of a transaction's first output are. */
  private void arrived(SignedTransaction transaction, String address, long spent) {
    JsonNode output =
        chain.node.call("gettxout", transaction.id().toReversedHex(), 0).path("scriptPubKey");
    String at =
        output.has("address")
            ? output.get("address").stringValue()
            : output.get("addresses").get(0).stringValue();
    assertThat(at).isEqualTo(address);
    assertThat(await(chain.transactions().balance(address)))
        .isGreaterThanOrEqualTo(Amount.of(spent).minus(transaction.fee()));
  }

  @Test
  void taprootIsARuleOfTheChain() {
    Hash32 secret = preimage("rule");
    HtlcTerms terms = terms(secret);
    LockFunding funding = lock(terms);
    TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
    HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
    // before the soft fork anybody could spend it
    Bytes foreign = TaprootClaims.claim(contract, at, secret.bytes(), RegtestChain.key("mallory"));
    refusedByNode(foreign, "");
    assertThatThrownBy(() -> chain.mineBlockWith(foreign))
        .as("not even in a block")
        .isInstanceOf(RegtestNode.RpcError.class);
    assertThat(isUnspent(funding)).isTrue();
  }

  @Test
  void bothTogetherClaimAtOnceAndCheaper() {
    Hash32 secret = preimage("together");
    HtlcTerms terms = terms(secret);
    LockFunding funding = lock(terms);
    List<Long> rates = await(port().rates());
    CooperativeSpend spend =
        new CooperativeSpend(
            List.of(port().output(terms, funding).orThrow()), payTo(chain.bob), rates);
    List<SignedTransaction> ladder =
        port().assemble(spend, List.of(sign(spend, 0, terms, chain.bob, chain.alice))).orThrow();
    assertThat(ladder).hasSizeGreaterThanOrEqualTo(3);
    SignedTransaction sent = ladder.getFirst();
    assertThat(size(sent)).isEqualTo(99);
    await(chain.transactions().broadcast(sent.raw()));
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(sent.id(), 0, false));
    if (chain.network.family().replacement()) {
      for (SignedTransaction next : ladder.subList(1, ladder.size())) {
        await(chain.transactions().broadcast(next.raw()));
        sent = next;
        assertThat(await(port().observe(terms)).spend())
            .contains(new LockSpend.Cooperative(next.id(), 0, false));
      }
    }
    chain.mine(2);
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(sent.id(), 2, true));
    assertThat(isUnspent(funding)).isFalse();
    arrived(sent, payTo(chain.bob), AMOUNT);
  }

  @Test
  void bothTogetherRefundLongBeforeTheExpiry() {
    HtlcTerms terms = terms(preimage("early refund"));
    LockFunding funding = lock(terms);
    CooperativeSpend spend =
        new CooperativeSpend(
            List.of(port().output(terms, funding).orThrow()), payTo(chain.alice), List.of(2_000L));
    SignedTransaction refund =
        port()
            .assemble(spend, List.of(sign(spend, 0, terms, chain.alice, chain.bob)))
            .orThrow()
            .getFirst();
    await(chain.transactions().broadcast(refund.raw()));
    chain.mine(1);
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Cooperative(refund.id(), 1, false));
    arrived(refund, payTo(chain.alice), AMOUNT);
  }

  @Test
  void aBatchClaimsManyLocksWithOneTransaction() {
    int count = 8;
    List<HtlcTerms> terms = new ArrayList<>();
    List<LockedOutput> outputs = new ArrayList<>();
    List<LockFunding> fundings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      terms.add(terms(preimage("batch " + i)));
      fundings.add(lock(terms.get(i)));
      outputs.add(port().output(terms.get(i), fundings.get(i)).orThrow());
    }
    CooperativeSpend spend = new CooperativeSpend(outputs, payTo(chain.bob), List.of(3_000L));
    List<List<SchnorrSignature>> signatures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      signatures.add(sign(spend, i, terms.get(i), chain.bob, chain.alice));
    }
    SignedTransaction claim = port().assemble(spend, signatures).orThrow().getFirst();
    assertThat(size(claim)).isEqualTo((396 + (count - 1) * 230 + 3) / 4);
    await(chain.transactions().broadcast(claim.raw()));
    chain.mine(1);
    for (int i = 0; i < count; i++) {
      assertThat(await(port().observe(terms.get(i))).spend())
          .contains(new LockSpend.Cooperative(claim.id(), 1, false));
      assertThat(isUnspent(fundings.get(i))).isFalse();
    }
    arrived(claim, payTo(chain.bob), count * AMOUNT);
  }

  @Test
  void theClaimerAloneClaimsOnceTheLockIsInABlock() {
    Hash32 secret = preimage("alone");
    HtlcTerms terms = terms(secret);
    LockFunding waiting = send(terms);
    SignedTransaction early = await(port().prepareClaim(terms, waiting, secret, chain.bob));
    refusedByNode(early.raw(), "non-BIP68-final");
    fails(AdapterError.NODE_ERROR, () -> await(chain.transactions().broadcast(early.raw())));
    assertThat(port().output(terms, waiting).isAccepted()).isFalse();

    chain.mine(1);
    await(chain.transactions().broadcast(early.raw()));
    assertThat(size(early)).isEqualTo(143);
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(early.id(), secret, 0, false));
    LockFunding funding = await(port().observe(terms)).funding().getFirst();
    SignedTransaction again = await(port().prepareClaim(terms, funding, secret, chain.bob));
    if (chain.network.family().replacement()) {
      assertThat(again.fee()).isGreaterThan(early.fee());
      await(chain.transactions().broadcast(again.raw()));
    } else {
      assertThat(again).isEqualTo(early);
    }
    chain.mine(2);
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(again.id(), secret, 2, true));
    arrived(again, payTo(chain.bob), AMOUNT);
  }

  /** A lock whose hash is of 31 or 33 bytes: known to the claimer, and still no way to it. */
  @Test
  void theNodeRefusesAPreimageOfAnotherSize() {
    for (int size : List.of(31, 33)) {
      Bytes long33 = Bytes.concat(preimage("size " + size).bytes(), Bytes.fromHex("aa"));
      Bytes odd = long33.slice(0, size);
      HtlcTerms good = terms(preimage("unused"));
      HtlcTerms terms =
          new HtlcTerms(
              good.asset(),
              good.amount(),
              Digests.sha256(odd),
              good.claimer(),
              good.refunder(),
              good.expirySeconds());
      LockFunding funding = lock(terms);
      TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
      HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
      refusedByNode(TaprootClaims.claim(contract, at, odd, chain.bob), "EQUALVERIFY");
      assertThat(isUnspent(funding)).isTrue();
    }
  }

  @Test
  void theNodeRefusesAWrongPreimageAndAWrongKey() {
    Hash32 secret = preimage("right");
    HtlcTerms terms = terms(secret);
    LockFunding funding = lock(terms);
    fails(
        AdapterError.REJECTED_BY_CHAIN,
        () -> await(port().prepareClaim(terms, funding, preimage("wrong"), chain.bob)));
    fails(
        AdapterError.INVALID_ADDRESS,
        () -> await(port().prepareClaim(terms, funding, secret, chain.alice)));
    TaprootLock contract = TaprootLock.of(terms, chain.network).orThrow();
    HtlcSigner.Lock at = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
    Bytes wrong = TaprootClaims.claim(contract, at, preimage("wrong").bytes(), chain.bob);
    refusedByNode(wrong, "EQUALVERIFY");
    fails(AdapterError.REJECTED_BY_CHAIN, () -> await(chain.transactions().broadcast(wrong)));
    refusedByNode(TaprootClaims.claim(contract, at, secret.bytes(), chain.alice), "Schnorr");
    assertThat(await(port().observe(terms)).spend()).isEmpty();
  }

  @Test
  void theRefunderAloneRefundsFromTheExpiryOn() {
    long expiry = chain.nowSeconds() + 3_600;
    HtlcTerms terms = chain.terms(preimage("refund"), AMOUNT, expiry);
    LockFunding funding = lock(terms);
    SignedTransaction refund = await(port().prepareRefund(terms, funding, chain.alice));
    assertThat(size(refund)).isEqualTo(126);
    fails(AdapterError.NOT_YET_VALID, () -> await(chain.transactions().broadcast(refund.raw())));
    refusedByNode(refund.raw(), "non-final");

    chain.node.call("setmocktime", expiry + 60);
    try {
      chain.mine(5); // the clock of the blocks is past the expiry, their median is not
      refusedByNode(refund.raw(), "non-final");
      chain.mine(6);
      assertThat(await(port().observe(terms)).chainTimeSeconds()).isGreaterThan(expiry);
      await(chain.transactions().broadcast(refund.raw()));
      chain.mine(2);
      assertThat(await(port().observe(terms)).spend())
          .contains(new LockSpend.Refunded(refund.id(), 2, true));
      arrived(refund, payTo(chain.alice), AMOUNT);
    } finally {
      chain.node.call("setmocktime", 0);
    }
  }

  /** Only the output itself is the lock: not P2WSH of the same terms, nor another amount first. */
  @Test
  void decoysAreNotTheLock() {
    Hash32 secret = preimage("decoy");
    HtlcTerms terms = terms(secret);
    chain.fund(chain.alice, COIN);
    SignedTransaction wsh = await(chain.htlc().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(wsh.raw()));
    chain.mine(1);
    assertThat(await(port().observe(terms)).funding()).isEmpty();

    String address = port().describe(terms).orThrow().address();
    assertThat(address).isNotEqualTo(chain.htlc().describe(terms).orThrow().address());
    SecretKey stranger = RegtestChain.key("taproot stranger");
    chain.fund(stranger, COIN);
    SignedTransaction small =
        await(chain.transactions().preparePayment(stranger, address, Amount.of(SMALL)));
    await(chain.transactions().broadcast(small.raw()));
    chain.mine(1);
    LockFunding funding = lockBeside(terms);
    List<LockFunding> seen = await(port().observe(terms)).funding();
    assertThat(seen)
        .extracting(LockFunding::amount)
        .containsExactly(Amount.of(AMOUNT), Amount.of(SMALL));
    assertThat(seen.getFirst()).isEqualTo(funding);
    // both are claimed, the stray one too
    SignedTransaction stray = await(port().prepareClaim(terms, seen.getLast(), secret, chain.bob));
    await(chain.transactions().broadcast(stray.raw()));
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(stray.id(), secret, 0, false));
  }

  private LockFunding lockBeside(HtlcTerms terms) {
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(port().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(lock.raw()));
    chain.mine(1);
    return await(port().observe(terms)).funding().getFirst();
  }

  /** A party that was away must still learn the preimage of a lock older than what it searches. */
  @Test
  void aClaimOfALockBelowTheWindowIsSeen() {
    Hash32 secret = preimage("old taproot");
    HtlcTerms terms = terms(secret);
    LockFunding funding = lock(terms);
    chain.mine(118);
    SignedTransaction claim = await(port().prepareClaim(terms, funding, secret, chain.bob));
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
    HtlcTerms terms = terms(secret);
    LockFunding funding = lock(terms);
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
    assertThat(await(port().observe(terms)).spend())
        .contains(new LockSpend.Claimed(id, secret, 1, false));
  }
}
