package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Hash-time-locks on a real node. Account 0 locks, account 1 claims. */
class EvmHtlcIT {
  private static final AssetId COIN = AssetId.nativeCoin(Anvil.CHAIN, 60);
  private static final AtomicInteger SECRETS = new AtomicInteger();

  private static Anvil anvil;
  private static EvmAddress token;
  private static EvmAdapter adapter;
  private static HtlcPort htlc;

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start();
    EvmAddress contract;
    try (ContractDeployer deployer = new ContractDeployer(anvil.context, anvil.config(Map.of()))) {
      contract = Async.await(deployer.deployHtlc(Anvil.key(0)));
    }
    token = anvil.deploy("TestToken");
    mintTokens(1_000_000);
    adapter = anvil.adapter(Map.of("htlc", Addresses.format(contract)));
    htlc = adapter.htlc().orElseThrow();
  }

  @AfterAll
  static void stop() {
    adapter.close();
    anvil.close();
  }

  private static void mintTokens(long amount) {
    try (EvmConnection connection = anvil.connection()) {
      Bytes call = Abi.call("mint", Abi.address(Anvil.address(0)), Abi.uint256(Amount.of(amount)));
      connection
          .await()
          .execute(
              connection
                  .signer()
                  .sign(
                      Anvil.key(0),
                      TransactionSigner.Call.estimated(token, BigInteger.ZERO, call)));
    }
  }

  private static BigInteger tokensOf(EvmAddress holder) {
    try (EvmConnection connection = anvil.connection()) {
      ContractReader reader = new ContractReader(connection.chain());
      return Abi.integerAt(
          reader.call(token, connection.chain().tip().ref(), "balanceOf", Abi.address(holder)), 0);
    }
  }

  private static AssetId tokenAsset() {
    return new AssetId(Anvil.CHAIN, "erc20", Addresses.format(token));
  }

  /** A preimage that no other test uses. */
  private static Hash32 newSecret() {
    return Digests.sha256(Bytes.utf8("secret " + SECRETS.incrementAndGet()));
  }

  private static HtlcTerms terms(AssetId asset, long amount, Hash32 secret, long lifetime) {
    return new HtlcTerms(
        asset,
        Amount.of(amount),
        Digests.sha256(secret.bytes()),
        htlc.partyKey(Anvil.key(1)),
        htlc.partyKey(Anvil.key(0)),
        anvil.time() + lifetime);
  }

  private static LockFunding lock(HtlcTerms terms) {
    SignedTransaction lock = Async.await(htlc.prepareLock(terms, Anvil.key(0)));
    anvil.execute(lock);
    HtlcObservation seen = Async.await(htlc.observe(terms));
    assertThat(seen.spend()).isEmpty();
    LockFunding funding = seen.funding().getFirst();
    assertThat(seen.funding()).hasSize(1);
    assertThat(funding.transactionId()).isEqualTo(lock.id());
    assertThat(funding.amount()).isEqualTo(terms.amount());
    return funding;
  }

  /** Sends, and tells whether it took effect. */
  private static boolean succeeds(SignedTransaction transaction) {
    Hash32 id = Async.await(adapter.transactions().broadcast(transaction.raw()));
    return anvil.included(adapter.transactions(), id).success();
  }

  @Test
  void anUnknownLockIsNoFunding() {
    HtlcObservation seen = Async.await(htlc.observe(terms(COIN, 5, newSecret(), 600)));
    assertThat(seen.funding()).isEmpty();
    assertThat(seen.spend()).isEmpty();
    assertThat(seen.chainTimeSeconds()).isEqualTo(anvil.time());
  }

  @Test
  void locksAndClaimsCoinsAndFindsThePreimage() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 1_000_000_007, secret, 600);
    LockFunding funding = lock(terms);
    assertThat(funding.confirmations()).isEqualTo(1);
    assertThat(funding.isFinal()).isFalse();
    anvil.mine(2);
    assertThat(Async.await(htlc.observe(terms)).funding().getFirst().isFinal()).isTrue();

    Amount before = Async.await(adapter.transactions().balance(Anvil.address(1).toString()));
    SignedTransaction claim = Async.await(htlc.prepareClaim(terms, funding, secret, Anvil.key(1)));
    assertThat(succeeds(claim)).isTrue();
    Amount after = Async.await(adapter.transactions().balance(Anvil.address(1).toString()));
    assertThat(after.plus(claim.fee())).isGreaterThan(before.plus(terms.amount()));
    HtlcObservation seen = Async.await(htlc.observe(terms));
    assertThat(seen.spend()).contains(new LockSpend.Claimed(claim.id(), secret, 1, false));
    assertThat(seen.funding()).hasSize(1);
    anvil.mine(2);
    assertThat(Async.await(htlc.observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 3, true));
  }

  @Test
  void locksAndClaimsTokens() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(tokenAsset(), 700, secret, 600);
    BigInteger before = tokensOf(Anvil.address(1));
    LockFunding funding = lock(terms);
    assertThat(succeeds(Async.await(htlc.prepareClaim(terms, funding, secret, Anvil.key(1)))))
        .isTrue();
    assertThat(tokensOf(Anvil.address(1)).subtract(before)).isEqualTo(BigInteger.valueOf(700));
  }

  @Test
  void refundsCoinsAndTokensFromTheExpiryOn() {
    for (AssetId asset : new AssetId[] {COIN, tokenAsset()}) {
      HtlcTerms terms = terms(asset, 900, newSecret(), 600);
      LockFunding funding = lock(terms);
      // signed before it is valid, and kept
      SignedTransaction refund = Async.await(htlc.prepareRefund(terms, funding, Anvil.key(0)));
      anvil.tell("evm_setNextBlockTimestamp", terms.expirySeconds());
      assertThat(succeeds(refund)).isTrue();
      assertThat(Async.await(htlc.observe(terms)).spend())
          .contains(new LockSpend.Refunded(refund.id(), 1, false));
    }
  }

  @Test
  void theChainRefusesARefundBeforeTheExpiry() {
    HtlcTerms terms = terms(COIN, 901, newSecret(), 600);
    LockFunding funding = lock(terms);
    SignedTransaction refund = Async.await(htlc.prepareRefund(terms, funding, Anvil.key(0)));
    anvil.tell("evm_setNextBlockTimestamp", terms.expirySeconds() - 1);
    assertThat(succeeds(refund)).isFalse();
    assertThat(Async.await(htlc.observe(terms)).spend()).isEmpty();
  }

  @Test
  void theChainRefusesAClaimFromTheExpiryOn() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 902, secret, 600);
    LockFunding funding = lock(terms);
    SignedTransaction claim = Async.await(htlc.prepareClaim(terms, funding, secret, Anvil.key(1)));
    anvil.tell("evm_setNextBlockTimestamp", terms.expirySeconds());
    assertThat(succeeds(claim)).isFalse();
    assertThat(Async.await(htlc.observe(terms)).spend()).isEmpty();
  }

  @Test
  void thePreimageOfAClaimThatWaitsIsSeen() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 907, secret, 600);
    HtlcTerms other = terms(COIN, 908, newSecret(), 600);
    LockFunding funding = lock(terms);
    lock(other);
    SignedTransaction claim = Async.await(htlc.prepareClaim(terms, funding, secret, Anvil.key(1)));
    anvil.tell("evm_setAutomine", false);
    Async.await(adapter.transactions().broadcast(claim.raw()));
    assertThat(Async.await(htlc.observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 0, false));
    assertThat(Async.await(htlc.observe(other)).spend()).isEmpty();
    anvil.mine(1);
    anvil.tell("evm_setAutomine", true);
    assertThat(Async.await(htlc.observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 1, false));
  }

  /** With next to nothing the claim is still signed, with as much room as the coins allow. */
  @Test
  void aPoorClaimerCanStillClaim() {
    dev.trestle.crypto.SecretKey poor =
        dev.trestle.crypto.SecretKey.derive(Bytes.utf8("poor"), "claimer");
    EvmAddress address = TransactionSigner.addressOf(poor);
    Hash32 secret = newSecret();
    HtlcTerms terms =
        new HtlcTerms(
            COIN,
            Amount.of(909),
            Digests.sha256(secret.bytes()),
            htlc.partyKey(poor),
            htlc.partyKey(Anvil.key(0)),
            anvil.time() + 600);
    LockFunding funding = lock(terms);
    BigInteger base =
        Json.integer(anvil.call("eth_getBlockByNumber", "latest", false), "baseFeePerGas");
    BigInteger tip = Json.integer(anvil.call("eth_maxPriorityFeePerGas"));
    BigInteger justEnough =
        base.add(base.shiftRight(1)).add(tip).multiply(BigInteger.valueOf(150_000));
    anvil.tell("anvil_setBalance", address.toString(), Json.quantity(justEnough));
    assertThat(succeeds(Async.await(htlc.prepareClaim(terms, funding, secret, poor)))).isTrue();
    HtlcTerms second =
        new HtlcTerms(
            COIN,
            Amount.of(910),
            terms.hash(),
            terms.claimer(),
            terms.refunder(),
            terms.expirySeconds());
    LockFunding unpaid = lock(second);
    anvil.tell("anvil_setBalance", address.toString(), "0x3e8");
    assertThatThrownBy(() -> Async.await(htlc.prepareClaim(second, unpaid, secret, poor)))
        .isInstanceOfSatisfying(
            AdapterException.class,
            e -> assertThat(e.error()).isEqualTo(AdapterError.INSUFFICIENT_FUNDS));
  }

  @Test
  void aWrongPreimageIsNeverSignedAndNeverTaken() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 903, secret, 600);
    LockFunding funding = lock(terms);
    assertThatThrownBy(
            () -> Async.await(htlc.prepareClaim(terms, funding, newSecret(), Anvil.key(1))))
        .isInstanceOfSatisfying(
            AdapterException.class,
            e -> assertThat(e.error()).isEqualTo(AdapterError.REJECTED_BY_CHAIN));
    // around our own check
    HtlcCalls calls =
        HtlcCalls.of(
                terms, Anvil.CHAIN, COIN, Addresses.parse(htlc.describe(terms).orThrow().address()))
            .orThrow();
    EvmAddress contract = Addresses.parse(htlc.describe(terms).orThrow().address());
    try (EvmConnection connection = anvil.connection()) {
      SignedTransaction forged =
          connection
              .signer()
              .sign(
                  Anvil.key(1),
                  TransactionSigner.Call.withGas(contract, calls.claim(newSecret()), 150_000));
      assertThat(succeeds(forged)).isFalse();
    }
    assertThat(Async.await(htlc.observe(terms)).spend()).isEmpty();
  }

  @Test
  void aSecondLockOfTheSameTermsIsRefusedWithTheReason() {
    HtlcTerms terms = terms(COIN, 904, newSecret(), 600);
    lock(terms);
    assertThatThrownBy(() -> Async.await(htlc.prepareLock(terms, Anvil.key(0))))
        .isInstanceOf(AdapterException.class)
        .hasMessageContaining("AlreadyUsed")
        .hasMessageContaining(htlc.describe(terms).orThrow().lockKey().toHex());
  }

  @Test
  void theContractKnowsALockByTheIdThatWeCompute() {
    HtlcTerms terms = terms(COIN, 905, newSecret(), 600);
    lock(terms);
    try (EvmConnection connection = anvil.connection()) {
      ContractReader reader = new ContractReader(connection.chain());
      HtlcPort.HtlcLock described = htlc.describe(terms).orThrow();
      assertThat(
              Abi.integerAt(
                  reader.call(
                      Addresses.parse(described.address()),
                      connection.chain().tip().ref(),
                      "status",
                      Abi.word(new Hash32(described.lockKey()))),
                  0))
          .isEqualTo(BigInteger.ONE);
    }
  }

  @Test
  void refusesAContractThatIsNotOurs() {
    assertThatThrownBy(() -> anvil.adapter(Map.of("htlc", Addresses.format(token))))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(AdapterError.BAD_CONFIG));
  }

  @Test
  void aKeyOfAnotherPartyIsRefused() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 906, secret, 600);
    LockFunding funding = lock(terms);
    assertThatThrownBy(() -> Async.await(htlc.prepareClaim(terms, funding, secret, Anvil.key(2))))
        .isInstanceOf(AdapterException.class);
    assertThatThrownBy(() -> Async.await(htlc.prepareRefund(terms, funding, Anvil.key(2))))
        .isInstanceOf(AdapterException.class);
  }

  @Test
  void aLockThatCannotBePaidForIsRefusedBeforeSigning() {
    HtlcTerms terms =
        new HtlcTerms(
            COIN,
            Amount.parse("100000000000000000000000"),
            Digests.sha256(newSecret().bytes()),
            htlc.partyKey(Anvil.key(1)),
            htlc.partyKey(Anvil.key(0)),
            anvil.time() + 600);
    assertThatThrownBy(() -> Async.await(htlc.prepareLock(terms, Anvil.key(0))))
        .isInstanceOfSatisfying(
            AdapterException.class,
            e -> assertThat(e.error()).isEqualTo(AdapterError.INSUFFICIENT_FUNDS));
  }
}
