package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static dev.trestle.adapter.bitcoin.RegtestChain.preimage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CustodyPort.ScriptOutput;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.tx.OutPoint;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the adapter must do on a real node of either chain. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RegtestContract {
  private static final long COIN = 100_000_000L;
  private static final long AMOUNT = 5_000_000L;

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

  private SecretKey funded(String name) {
    SecretKey key = RegtestChain.key(name);
    chain.fund(key, COIN);
    return key;
  }

  private static void fails(AdapterError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  @Test
  void healthy() {
    ChainAdapter.Health health = await(chain.adapter.health());
    assertThat(health.usable()).as(health.detail()).isTrue();
    assertThat(health.head()).isEqualTo(chain.node.height());
    assertThat(health.endpointsAgreeing()).isEqualTo(1);
  }

  @Test
  void refusesAnotherChain() {
    UtxoNetwork other =
        chain.network.family() == UtxoNetwork.Family.BITCOIN
            ? UtxoNetwork.BITCOIN_SIGNET
            : UtxoNetwork.LITECOIN_TESTNET;
    try (ChainAdapter wrong = chain.adapter(other, List.of(chain.node.endpoint()), Map.of())) {
      fails(AdapterError.WRONG_CHAIN, () -> await(wrong.start()));
      fails(AdapterError.WRONG_CHAIN, () -> await(wrong.headers().latest()));
    }
  }

  @Test
  void paysFromOwnCoins() {
    SecretKey payer = funded("payer");
    String from = chain.transactions().address(payer);
    String to = chain.transactions().address(RegtestChain.key("payee"));
    assertThat(await(chain.transactions().balance(from))).isEqualTo(Amount.of(COIN));

    SignedTransaction payment =
        await(chain.transactions().preparePayment(payer, to, Amount.of(AMOUNT)));
    assertThat(await(chain.transactions().status(payment.id())))
        .isEqualTo(new TransactionStatus.Unknown());
    assertThat(await(chain.transactions().broadcast(payment.raw()))).isEqualTo(payment.id());
    assertThat(await(chain.transactions().broadcast(payment.raw()))).isEqualTo(payment.id());
    assertThat(await(chain.transactions().status(payment.id())))
        .isEqualTo(new TransactionStatus.Pending());
    Amount rest = Amount.of(COIN - AMOUNT).minus(payment.fee());
    assertThat(await(chain.transactions().balance(from))).as("own change").isEqualTo(rest);

    chain.mine(2);
    assertThat(await(chain.transactions().broadcast(payment.raw()))).isEqualTo(payment.id());
    assertThat(await(chain.transactions().status(payment.id())))
        .isInstanceOfSatisfying(
            TransactionStatus.Included.class,
            included -> {
              assertThat(included.confirmations()).isEqualTo(2);
              assertThat(included.isFinal()).isTrue();
            });
    assertThat(await(chain.transactions().balance(to))).isEqualTo(Amount.of(AMOUNT));
  }

  @Test
  void refusesBadPayments() {
    SecretKey payer = funded("bad payer");
    String to = chain.transactions().address(RegtestChain.key("payee"));
    fails(AdapterError.INVALID_AMOUNT, () -> pay(payer, to, 0));
    fails(AdapterError.INVALID_AMOUNT, () -> pay(payer, to, 293));
    fails(AdapterError.INVALID_AMOUNT, () -> pay(payer, to, Long.MAX_VALUE));
    fails(AdapterError.INSUFFICIENT_FUNDS, () -> pay(payer, to, COIN));
    String mainnet = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
    fails(AdapterError.INVALID_ADDRESS, () -> pay(payer, mainnet, AMOUNT));
    fails(AdapterError.INVALID_ADDRESS, () -> pay(payer, to.substring(0, to.length() - 1), AMOUNT));
    // the same coin is not promised twice
    pay(payer, to, AMOUNT);
    fails(AdapterError.INSUFFICIENT_FUNDS, () -> pay(payer, to, AMOUNT));
  }

  private SignedTransaction pay(SecretKey payer, String to, long satoshi) {
    return await(chain.transactions().preparePayment(payer, to, Amount.of(satoshi)));
  }

  /** A lock by alice for bob, mined; the observation of it. */
  private LockFunding lock(HtlcTerms terms) {
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(chain.htlc().prepareLock(terms, chain.alice));
    assertThat(chain.htlc().describe(terms).isAccepted()).isTrue();
    await(chain.transactions().broadcast(lock.raw()));
    HtlcObservation waiting = await(chain.htlc().observe(terms));
    assertThat(waiting.funding())
        .containsExactly(new LockFunding(lock.id(), 0, terms.amount(), 0, false));
    assertThat(waiting.spend()).isEmpty();
    chain.mine(2);
    HtlcObservation mined = await(chain.htlc().observe(terms));
    assertThat(mined.funding())
        .containsExactly(new LockFunding(lock.id(), 0, terms.amount(), 2, true));
    assertThat(mined.head()).isEqualTo(chain.node.height());
    return mined.funding().getFirst();
  }

  @Test
  void claimShowsThePreimage() {
    Hash32 secret = preimage("claim");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    LockFunding funding = lock(terms);
    SignedTransaction claim = await(chain.htlc().prepareClaim(terms, funding, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    assertThat(await(chain.htlc().observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 0, false));

    SignedTransaction again = await(chain.htlc().prepareClaim(terms, funding, secret, chain.bob));
    if (chain.network.family().replacement()) {
      // it pays more and replaces the first
      assertThat(again.fee()).isGreaterThan(claim.fee());
    } else {
      assertThat(again).isEqualTo(claim);
    }
    await(chain.transactions().broadcast(again.raw()));
    assertThat(await(chain.htlc().observe(terms)).spend())
        .contains(new LockSpend.Claimed(again.id(), secret, 0, false));

    chain.mine(2);
    assertThat(await(chain.htlc().observe(terms)).spend())
        .contains(new LockSpend.Claimed(again.id(), secret, 2, true));
  }

  @Test
  void anAdapterStartedLaterSeesTheSame() {
    Hash32 secret = preimage("late");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    LockFunding funding = lock(terms);
    SignedTransaction claim = await(chain.htlc().prepareClaim(terms, funding, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    chain.mine(3);
    try (ChainAdapter later =
        chain.adapter(List.of(chain.node.endpoint()), Map.of("scan.blocks", "100"))) {
      HtlcObservation seen = await(later.htlc().orElseThrow().observe(terms));
      assertThat(seen).isEqualTo(await(chain.htlc().observe(terms)));
      assertThat(seen.spend()).contains(new LockSpend.Claimed(claim.id(), secret, 3, true));
    }
  }

  /** A party that was away must still learn the preimage of a lock older than what it searches. */
  @Test
  void aClaimOfALockBelowTheWindowIsSeen() {
    Hash32 secret = preimage("old");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    LockFunding funding = lock(terms);
    chain.mine(118);
    SignedTransaction claim = await(chain.htlc().prepareClaim(terms, funding, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    chain.mine(3);
    try (ChainAdapter later =
        chain.adapter(List.of(chain.node.endpoint()), Map.of("scan.blocks", "100"))) {
      HtlcObservation seen = await(later.htlc().orElseThrow().observe(terms));
      assertThat(seen.spend()).contains(new LockSpend.Claimed(claim.id(), secret, 3, true));
      assertThat(seen.funding())
          .as("its height is only known to be below the 100 blocks")
          .containsExactly(
              new LockFunding(funding.transactionId(), 0, funding.amount(), 101, true));
    }
  }

  @Test
  void refundOnlyFromTheExpiryOn() {
    long expiry = chain.nowSeconds() + 3_600;
    HtlcTerms terms = chain.terms(preimage("refund"), AMOUNT, expiry);
    LockFunding funding = lock(terms);
    SignedTransaction refund = await(chain.htlc().prepareRefund(terms, funding, chain.alice));
    fails(AdapterError.NOT_YET_VALID, () -> await(chain.transactions().broadcast(refund.raw())));
    refusedByNode(refund);

    chain.node.call("setmocktime", expiry + 60);
    try {
      chain.mine(11); // median time past is now beyond the expiry
      assertThat(await(chain.htlc().observe(terms)).chainTimeSeconds()).isGreaterThan(expiry);
      await(chain.transactions().broadcast(refund.raw()));
      chain.mine(2);
      assertThat(await(chain.htlc().observe(terms)).spend())
          .contains(new LockSpend.Refunded(refund.id(), 2, true));
    } finally {
      chain.node.call("setmocktime", 0);
    }
  }

  private void refusedByNode(SignedTransaction transaction) {
    assertThatThrownBy(() -> chain.node.call("sendrawtransaction", transaction.raw().toHex()))
        .isInstanceOfSatisfying(
            RegtestNode.RpcError.class,
            e -> assertThat(e.code()).isEqualTo(RpcReply.VERIFY_REJECTED));
  }

  @Test
  void theNodeRefusesAWrongPreimage() {
    Hash32 secret = preimage("right");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    LockFunding funding = lock(terms);
    fails(
        AdapterError.REJECTED_BY_CHAIN,
        () -> await(chain.htlc().prepareClaim(terms, funding, preimage("wrong"), chain.bob)));
    fails(
        AdapterError.INVALID_ADDRESS,
        () -> await(chain.htlc().prepareClaim(terms, funding, secret, chain.alice)));

    HtlcScript script = HtlcScript.of(terms, chain.network).orThrow();
    HtlcSigner.Lock lock = new HtlcSigner.Lock(new OutPoint(funding.transactionId(), 0), AMOUNT);
    HtlcSigner.Fees fees = new HtlcSigner.Fees(10_000, 0, 100_000);
    SignedTransaction forged =
        new HtlcSigner(chain.network).claim(script, lock, preimage("wrong"), chain.bob, fees);
    refusedByNode(forged);
    fails(
        AdapterError.REJECTED_BY_CHAIN, () -> await(chain.transactions().broadcast(forged.raw())));
    assertThat(await(chain.htlc().observe(terms)).spend()).isEmpty();
  }

  @Test
  void seesEveryFundingWithItsAmount() {
    Hash32 secret = preimage("double");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    String address = chain.htlc().describe(terms).orThrow().address();
    SecretKey stranger = funded("stranger");
    // somebody puts a little money there first, to hide the real lock
    SignedTransaction decoy = pay(stranger, address, 60_000);
    await(chain.transactions().broadcast(decoy.raw()));
    chain.mine(1);
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(chain.htlc().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(lock.raw()));
    chain.mine(1);
    HtlcObservation seen = await(chain.htlc().observe(terms));
    assertThat(seen.funding())
        .extracting(LockFunding::transactionId)
        .containsExactly(lock.id(), decoy.id());
    assertThat(seen.funding())
        .extracting(LockFunding::amount)
        .containsExactly(Amount.of(AMOUNT), Amount.of(60_000));

    SignedTransaction claim =
        await(chain.htlc().prepareClaim(terms, seen.funding().getFirst(), secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    assertThat(await(chain.htlc().observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 0, false));
  }

  @Test
  void aPreimageIsSeenEvenIfOnlyASmallCoinIsClaimed() {
    Hash32 secret = preimage("small coin");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    lock(terms);
    SecretKey stranger = funded("second stranger");
    await(
        chain
            .transactions()
            .broadcast(
                pay(stranger, chain.htlc().describe(terms).orThrow().address(), 60_000).raw()));
    chain.mine(1);
    LockFunding small = await(chain.htlc().observe(terms)).funding().getLast();
    assertThat(small.amount()).isEqualTo(Amount.of(60_000));
    SignedTransaction claim = await(chain.htlc().prepareClaim(terms, small, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    assertThat(await(chain.htlc().observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 0, false));
  }

  @Test
  void custodyOutputsSurviveAReorganisation() {
    Bytes script =
        chain
            .adapter
            .custody()
            .orElseThrow()
            .scriptOf(chain.transactions().address(RegtestChain.key("vault")));
    SecretKey payer = funded("depositor");
    SignedTransaction deposit =
        pay(payer, chain.transactions().address(RegtestChain.key("vault")), AMOUNT);
    await(chain.transactions().broadcast(deposit.raw()));
    assertThat(outputs(script))
        .containsExactly(new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 0, false));
    String block = chain.mine(1);
    chain.mine(1);
    assertThat(outputs(script))
        .containsExactly(new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 2, false));

    chain.node.call("invalidateblock", block);
    assertThat(outputs(script))
        .containsExactly(new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 0, false));
    chain.mineBranch(3);
    assertThat(outputs(script))
        .containsExactly(new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 3, false));

    SecretKey vault = RegtestChain.key("vault");
    SignedTransaction spend = pay(vault, chain.transactions().address(payer), AMOUNT / 2);
    await(chain.transactions().broadcast(spend.raw()));
    assertThat(outputs(script))
        .filteredOn(output -> output.transactionId().equals(deposit.id()))
        .as("who waits to spend it may never do so")
        .containsExactly(new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 3, true));
    String spending = chain.mine(1);
    ScriptOutput spent =
        new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 4, true, Optional.of(spend.id()));
    assertThat(outputs(script))
        .filteredOn(output -> output.transactionId().equals(deposit.id()))
        .containsExactly(spent);
    chain.node.call("invalidateblock", spending);
    assertThat(outputs(script))
        .filteredOn(output -> output.transactionId().equals(deposit.id()))
        .as("a reorganisation takes it back")
        .containsExactly(new ScriptOutput(deposit.id(), 0, Amount.of(AMOUNT), 3, true));
    chain.node.call("reconsiderblock", spending);
    assertThat(outputs(script)).contains(spent);
  }

  private List<ScriptOutput> outputs(Bytes script) {
    return outputs(chain.adapter, Set.of(script)).getOrDefault(script, List.of());
  }

  private static Map<Bytes, List<ScriptOutput>> outputs(ChainAdapter adapter, Set<Bytes> scripts) {
    return await(adapter.custody().orElseThrow().outputsOf(scripts));
  }

  /** Many scripts are answered together, each with its own outputs, old ones and new ones. */
  @Test
  void oldCoinsAreFoundBelowTheWindowAmongManyScripts() {
    Bytes old = Addresses.scriptOf(funded("saver").publicKey());
    chain.mine(120);
    Bytes young = Addresses.scriptOf(funded("young saver").publicKey());
    Set<Bytes> scripts = new HashSet<>(Set.of(old, young));
    for (int i = 0; i < 300; i++) {
      Bytes hash = Digests.sha256(Bytes.utf8("nobody " + i)).bytes().slice(0, 20);
      scripts.add(Bytes.concat(Bytes.fromHex("0014"), hash));
    }
    try (ChainAdapter later =
        chain.adapter(List.of(chain.node.endpoint()), Map.of("scan.blocks", "100"))) {
      Map<Bytes, List<ScriptOutput>> found = outputs(later, scripts);
      assertThat(found.keySet()).isEqualTo(scripts);
      assertThat(found.values().stream().filter(each -> !each.isEmpty())).hasSize(2);
      coin(found.getOrDefault(old, List.of()), 122);
      coin(found.getOrDefault(young, List.of()), 1);
    }
  }

  private static void coin(List<ScriptOutput> found, long confirmations) {
    assertThat(found)
        .singleElement()
        .satisfies(
            output -> {
              assertThat(output.amount()).isEqualTo(Amount.of(COIN));
              assertThat(output.confirmations()).isEqualTo(confirmations);
              assertThat(output.spent()).isFalse();
            });
  }
}
