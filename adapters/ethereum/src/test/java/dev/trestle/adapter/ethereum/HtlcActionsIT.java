package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.ethereum.HtlcActions.BatchState;
import dev.trestle.adapter.ethereum.HtlcActions.State;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Batches, signatures, deposit addresses and reorganisations on a real node. Account 0 pays. */
class HtlcActionsIT {
  private static final AssetId COIN = AssetId.nativeCoin(Anvil.CHAIN, 60);
  private static final AtomicInteger SECRETS = new AtomicInteger();
  private static final SecretKey PAYER = Anvil.key(0);
  private static final SecretKey CLAIMER = Anvil.key(1);
  private static final SecretKey SPONSOR = Anvil.key(2);
  private static final EvmAddress ELSEWHERE =
      EvmAddress.fromHex("c01dc01dc01dc01dc01dc01dc01dc01dc01dc01d");

  private static Anvil anvil;
  private static EvmAddress contract;
  private static EvmAddress token;
  private static EvmAdapter adapter;
  private static HtlcPort htlc;
  private static HtlcActions actions;

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start();
    try (ContractDeployer deployer = new ContractDeployer(anvil.context, anvil.config(Map.of()))) {
      contract = Async.await(deployer.deployHtlc(PAYER));
    }
    token = anvil.deploy("TestToken");
    send(token, Abi.call("mint", Abi.address(Anvil.address(0)), Abi.uint256(Amount.of(100_000))));
    send(token, Abi.call("approve", Abi.address(contract), Abi.uint256(Amount.of(100_000))));
    adapter = anvil.adapter(Map.of("htlc", Addresses.format(contract)));
    htlc = adapter.htlc().orElseThrow();
    actions = adapter.htlcActions().orElseThrow();
  }

  @AfterAll
  static void stop() {
    adapter.close();
    anvil.close();
  }

  private static void send(EvmAddress to, Bytes call) {
    pay(to, BigInteger.ZERO, call);
  }

  private static void pay(EvmAddress to, BigInteger value, Bytes call) {
    try (EvmConnection connection = anvil.connection()) {
      connection
          .await()
          .execute(
              connection.signer().sign(PAYER, TransactionSigner.Call.estimated(to, value, call)));
    }
  }

  private static Hash32 read(String function) {
    try (EvmConnection connection = anvil.connection()) {
      return Abi.wordAt(
          new ContractReader(connection.chain())
              .call(contract, connection.chain().tip().ref(), function),
          0);
    }
  }

  private static Bytes readCall(String function, HtlcCalls lock) {
    try (EvmConnection connection = anvil.connection()) {
      return new ContractReader(connection.chain())
          .call(contract, connection.chain().tip().ref(), function, lock.struct());
    }
  }

  private static BigInteger coinsOf(EvmAddress holder) {
    return Json.integer(anvil.call("eth_getBalance", holder.toString(), "latest"));
  }

  private static BigInteger tokensOf(EvmAddress holder) {
    try (EvmConnection connection = anvil.connection()) {
      return Abi.integerAt(
          new ContractReader(connection.chain())
              .call(token, connection.chain().tip().ref(), "balanceOf", Abi.address(holder)),
          0);
    }
  }

  private static Hash32 newSecret() {
    return Digests.sha256(Bytes.utf8("action " + SECRETS.incrementAndGet()));
  }

  private static HtlcTerms terms(AssetId asset, long amount, Hash32 secret, SecretKey claimer) {
    return new HtlcTerms(
        asset,
        Amount.of(amount),
        Digests.sha256(secret.bytes()),
        htlc.partyKey(claimer),
        htlc.partyKey(PAYER),
        anvil.time() + 600);
  }

  private static HtlcCalls calls(HtlcTerms terms) {
    return HtlcCalls.of(terms, Anvil.CHAIN, COIN, contract).orThrow();
  }

  /** Sends, and tells whether it took effect. */
  private static boolean succeeds(SignedTransaction transaction) {
    Hash32 id = Async.await(adapter.transactions().broadcast(transaction.raw()));
    return anvil.included(adapter.transactions(), id).success();
  }

  private static void assertRefused(AdapterError error, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  private record Batch(HtlcBatch batch, List<HtlcTerms> terms, List<Hash32> secrets) {}

  private static Batch batch(AssetId asset, int size) {
    List<HtlcTerms> terms = new ArrayList<>();
    List<Hash32> secrets = new ArrayList<>();
    long expiry = anvil.time() + 600;
    for (int i = 0; i < size; i++) {
      Hash32 secret = newSecret();
      HtlcTerms one = terms(asset, 1_000 + i, secret, i % 2 == 0 ? CLAIMER : SPONSOR);
      secrets.add(secret);
      terms.add(
          new HtlcTerms(asset, one.amount(), one.hash(), one.claimer(), one.refunder(), expiry));
    }
    return new Batch(actions.batch(terms).orThrow(), terms, secrets);
  }

  @Test
  void aBatchIsLockedClaimedAndRefunded() {
    for (AssetId asset :
        List.of(COIN, new AssetId(Anvil.CHAIN, "erc20", Addresses.format(token)))) {
      Batch made = batch(asset, 5);
      long from = Json.integer64(anvil.call("eth_blockNumber"));
      assertThat(succeeds(Async.await(actions.prepareLock(made.batch(), PAYER)))).isTrue();
      assertThat(Async.await(actions.observe(made.batch(), from)))
          .isEqualTo(
              new BatchState(
                  List.of(State.LOCKED, State.LOCKED, State.LOCKED, State.LOCKED, State.LOCKED),
                  new TreeMap<>()));

      TreeMap<Integer, Hash32> known = new TreeMap<>();
      for (int i : new int[] {0, 1, 4}) {
        known.put(i, made.secrets().get(i));
      }
      BigInteger before =
          asset.equals(COIN) ? coinsOf(Anvil.address(1)) : tokensOf(Anvil.address(1));
      assertThat(succeeds(Async.await(actions.prepareClaims(made.batch(), known, SPONSOR))))
          .isTrue();
      BigInteger after =
          asset.equals(COIN) ? coinsOf(Anvil.address(1)) : tokensOf(Anvil.address(1));
      assertThat(after.subtract(before)).isEqualTo(BigInteger.valueOf(1_000 + 1_004));
      List<State> mixed =
          List.of(State.CLAIMED, State.CLAIMED, State.LOCKED, State.LOCKED, State.CLAIMED);
      assertThat(Async.await(actions.observe(made.batch(), from)))
          .isEqualTo(new BatchState(mixed, known));

      // one alone, by its path in the tree
      assertThat(
              succeeds(
                  Async.await(
                      actions.prepareClaimAt(
                          made.terms().get(2),
                          made.batch().place(2),
                          made.secrets().get(2),
                          SPONSOR))))
          .isTrue();
      SignedTransaction refund = Async.await(actions.prepareRefunds(made.batch(), PAYER));
      anvil.tell("evm_setNextBlockTimestamp", made.terms().getFirst().expirySeconds());
      assertThat(succeeds(refund)).isTrue();
      assertThat(Async.await(actions.observe(made.batch(), from)).states())
          .containsExactly(
              State.CLAIMED, State.CLAIMED, State.CLAIMED, State.REFUNDED, State.CLAIMED);
    }
  }

  @Test
  void oneOfABatchIsRefundedAloneAndABadPreimageIsNeverSigned() {
    Batch made = batch(COIN, 3);
    assertThat(succeeds(Async.await(actions.prepareLock(made.batch(), PAYER)))).isTrue();
    assertRefused(
        AdapterError.REJECTED_BY_CHAIN,
        () ->
            Async.await(
                actions.prepareClaims(
                    made.batch(), new TreeMap<>(Map.of(1, newSecret())), SPONSOR)));
    assertRefused(
        AdapterError.REJECTED_BY_CHAIN,
        () -> Async.await(actions.prepareLock(made.batch(), PAYER)));
    SignedTransaction refund =
        Async.await(actions.prepareRefundAt(made.terms().get(1), made.batch().place(1), PAYER));
    anvil.tell("evm_setNextBlockTimestamp", made.terms().getFirst().expirySeconds());
    assertThat(succeeds(refund)).isTrue();
    assertThat(Async.await(actions.observe(made.batch(), 0)).states())
        .containsExactly(State.LOCKED, State.REFUNDED, State.LOCKED);
  }

  @Test
  void aSponsorClaimsForAFee() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 1_000_000, secret, CLAIMER);
    anvil.execute(Async.await(htlc.prepareLock(terms, PAYER)));
    HtlcPlace own = new HtlcPlace.Own();
    HtlcSignatures.Redirection claim =
        new HtlcSignatures.Redirection(
            ELSEWHERE, BigInteger.valueOf(400_000), Anvil.address(2), terms.expirySeconds());
    HtlcSignatures.Signed signed = actions.redirect(terms, own, claim, CLAIMER);
    assertRefused(AdapterError.INVALID_ADDRESS, () -> actions.redirect(terms, own, claim, SPONSOR));
    assertRefused(
        AdapterError.INVALID_AMOUNT,
        () ->
            actions.redirect(
                terms,
                own,
                new HtlcSignatures.Redirection(
                    ELSEWHERE,
                    BigInteger.valueOf(500_001),
                    Anvil.address(2),
                    terms.expirySeconds()),
                CLAIMER));
    BigInteger before = coinsOf(ELSEWHERE);
    // another than the sponsor
    assertThat(succeeds(Async.await(actions.prepareRedirected(terms, own, secret, signed, PAYER))))
        .isFalse();
    assertThat(
            succeeds(Async.await(actions.prepareRedirected(terms, own, secret, signed, SPONSOR))))
        .isTrue();
    assertThat(coinsOf(ELSEWHERE).subtract(before)).isEqualTo(BigInteger.valueOf(600_000));
    assertThat(Async.await(htlc.observe(terms)).spend())
        .get()
        .isInstanceOfSatisfying(
            LockSpend.Claimed.class, seen -> assertThat(seen.preimage()).isEqualTo(secret));
  }

  @Test
  void bothTogetherRefundBeforeTheExpiry() {
    assertThat(read("domainSeparator")).isEqualTo(actions.signatures().domainSeparator());
    HtlcTerms terms = terms(COIN, 1_001, newSecret(), CLAIMER);
    anvil.execute(Async.await(htlc.prepareLock(terms, PAYER)));
    HtlcPlace own = new HtlcPlace.Own();
    EcdsaSignature forOther =
        actions.agreeToRefund(terms(COIN, 1_002, newSecret(), CLAIMER), own, CLAIMER);
    assertRefused(
        AdapterError.REJECTED_BY_CHAIN,
        () -> Async.await(actions.prepareAgreedRefund(terms, own, forOther, PAYER)));
    EcdsaSignature agreed = actions.agreeToRefund(terms, own, CLAIMER);
    assertThat(succeeds(Async.await(actions.prepareAgreedRefund(terms, own, agreed, PAYER))))
        .isTrue();
    assertThat(Async.await(htlc.observe(terms)).spend())
        .get()
        .isInstanceOf(LockSpend.Refunded.class);
  }

  /** Whoever pays for locks of the same terms elsewhere changes nothing about what is seen. */
  @Test
  void aLikeLockInABatchHidesNothing() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 1_004, secret, CLAIMER);
    anvil.execute(Async.await(htlc.prepareLock(terms, PAYER)));
    HtlcBatch like = actions.batch(List.of(terms, terms)).orThrow();
    assertThat(succeeds(Async.await(actions.prepareLock(like, SPONSOR)))).isTrue();
    TreeMap<Integer, Hash32> preimages = new TreeMap<>(Map.of(0, secret, 1, secret));
    assertThat(succeeds(Async.await(actions.prepareClaims(like, preimages, SPONSOR)))).isTrue();
    HtlcObservation seen = Async.await(htlc.observe(terms));
    assertThat(seen.funding()).hasSize(1);
    assertThat(seen.spend()).isEmpty();
    SignedTransaction claim =
        Async.await(htlc.prepareClaim(terms, seen.funding().getFirst(), secret, CLAIMER));
    assertThat(succeeds(claim)).isTrue();
    assertThat(Async.await(htlc.observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 1, false));
  }

  @Test
  void aPlainTransferIsALock() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 50_000, secret, CLAIMER);
    EvmAddress box = actions.depositAddress(terms);
    assertThat(Abi.addressAt(readCall("depositAddress", calls(terms)), 0)).isEqualTo(box);
    pay(box, BigInteger.valueOf(50_000), Bytes.EMPTY);
    assertThat(Async.await(actions.observeDeposit(terms)))
        .isEqualTo(new HtlcActions.DepositState(State.NONE, Amount.of(50_000)));
    assertThat(
            succeeds(
                Async.await(
                    actions.prepareClaimAt(terms, new HtlcPlace.Deposit(), secret, SPONSOR))))
        .isTrue();
    assertThat(Async.await(actions.observeDeposit(terms)))
        .isEqualTo(new HtlcActions.DepositState(State.CLAIMED, Amount.ZERO));
    pay(box, BigInteger.valueOf(7), Bytes.EMPTY); // late
    BigInteger before = coinsOf(Anvil.address(0));
    assertThat(succeeds(Async.await(actions.prepareSweep(terms, HtlcCalls.NO_TOKEN, SPONSOR))))
        .isTrue();
    assertThat(coinsOf(Anvil.address(0)).subtract(before)).isEqualTo(BigInteger.valueOf(7));
  }

  /** The lock goes, and with it the claim; the same bytes bring both back. */
  @Test
  void aReorganisationUnderALockAndUnderAClaim() {
    Hash32 secret = newSecret();
    HtlcTerms terms = terms(COIN, 1_003, secret, CLAIMER);
    SignedTransaction lock = Async.await(htlc.prepareLock(terms, PAYER));
    anvil.execute(lock);
    HtlcObservation locked = Async.await(htlc.observe(terms));
    assertThat(locked.funding()).hasSize(1);

    anvil.tell("anvil_reorg", 1, List.of());
    assertThat(Async.await(htlc.observe(terms)).funding()).isEmpty();
    anvil.execute(lock);
    HtlcObservation again = Async.await(htlc.observe(terms));
    assertThat(again.funding().getFirst().transactionId()).isEqualTo(lock.id());

    SignedTransaction claim =
        Async.await(htlc.prepareClaim(terms, again.funding().getFirst(), secret, CLAIMER));
    assertThat(succeeds(claim)).isTrue();
    assertThat(Async.await(htlc.observe(terms)).spend()).isPresent();
    anvil.tell("anvil_reorg", 1, List.of());
    assertThat(Async.await(htlc.observe(terms)).spend()).isEmpty();
    assertThat(succeeds(claim)).isTrue();
    assertThat(Async.await(htlc.observe(terms)).spend())
        .contains(new LockSpend.Claimed(claim.id(), secret, 1, false));
  }
}
