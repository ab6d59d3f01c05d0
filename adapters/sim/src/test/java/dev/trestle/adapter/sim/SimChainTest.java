package dev.trestle.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainProfile;
import dev.trestle.adapter.ChainProfile.Finality;
import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HeaderSource.HeaderEvent;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SecretKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimChainTest {
  private static final long START = 1_800_000_000L;
  private static final Hash32 PREIMAGE = Digests.sha256(Bytes.utf8("preimage"));
  private static final Amount LOCKED = Amount.of(1_000);

  private final ManualTime time = new ManualTime(START);
  private final SecretKey payer = SecretKey.derive(Bytes.utf8("seed"), "payer");
  private final SecretKey payee = SecretKey.derive(Bytes.utf8("seed"), "payee");

  /** A chain, an adapter and the terms of a lock between two keys. */
  private final class Fixture {
    final SimChain chain;
    final SimAdapter adapter;
    final HtlcTerms terms;

    Fixture(Flavor flavor, boolean soft, SimFaults faults) {
      ChainId id = new ChainId(flavor == Flavor.UTXO ? "bip122" : "eip155", "sim");
      AssetId coin = AssetId.nativeCoin(id, 1);
      Timing timing = new Timing(60, 60, 60, 60, 60, 60, soft);
      chain =
          new SimChain(
              new ChainProfile(id, "sim", coin, 8, 60, new Finality.Depth(3), timing, true),
              flavor,
              time::nowSeconds);
      adapter = new SimAdapter(chain, faults);
      chain.grant(htlc().partyKey(payer), Amount.of(10_000));
      chain.grant(htlc().partyKey(payee), Amount.of(10_000));
      terms =
          new HtlcTerms(
              coin,
              LOCKED,
              Digests.sha256(PREIMAGE.bytes()),
              htlc().partyKey(payee),
              htlc().partyKey(payer),
              time.nowSeconds() + 1_000);
    }

    HtlcPort htlc() {
      return adapter.htlc().orElseThrow();
    }

    Hash32 send(SignedTransaction tx) {
      return Async.await(adapter.transactions().broadcast(tx.raw()));
    }

    HtlcObservation seen() {
      return Async.await(htlc().observe(terms));
    }

    void lock() {
      send(Async.await(htlc().prepareLock(terms, payer)));
      mine(1);
    }

    void mine(int blocks) {
      for (int i = 0; i < blocks; i++) {
        time.advanceSeconds(60);
        chain.mine();
      }
    }

    SignedTransaction claim(Hash32 preimage, SecretKey by) {
      return Async.await(htlc().prepareClaim(terms, seen().funding().getFirst(), preimage, by));
    }

    SignedTransaction refund(SecretKey by) {
      return Async.await(htlc().prepareRefund(terms, seen().funding().getFirst(), by));
    }

    SignedTransaction refundAfterExpiry() {
      time.advanceSeconds(1_000);
      mine(7);
      return refund(payer);
    }

    Amount balance(SecretKey key) {
      return chain.balance(htlc().partyKey(key));
    }
  }

  private static void assertFails(Runnable call, AdapterError error) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void aLockIsClaimedWithThePreimageOnly(Flavor flavor) {
    Fixture f = new Fixture(flavor, false, SimFaults.NONE);
    f.lock();
    assertThat(f.seen().funding().getFirst().amount()).isEqualTo(LOCKED);
    assertThat(f.seen().funding().getFirst().isFinal()).isFalse();
    f.mine(2);
    assertThat(f.seen().funding().getFirst().isFinal()).isTrue();
    assertFails(() -> f.send(f.claim(Hash32.ZERO, payee)), AdapterError.REJECTED_BY_CHAIN);
    f.send(f.claim(PREIMAGE, payee));
    assertThat(f.seen().spend().orElseThrow()).isInstanceOf(LockSpend.Claimed.class);
    assertThat(f.seen().spend().orElseThrow().confirmations()).isZero();
    f.mine(3);
    assertThat(f.seen().spend().orElseThrow().isFinal()).isTrue();
    assertThat(f.balance(payee)).isEqualTo(Amount.of(10_000 + 1_000 - 10));
    assertThat(f.balance(payer)).isEqualTo(Amount.of(10_000 - 1_000 - 10));
  }

  @Test
  void aSmallCoinThatCameFirstStandsBehindTheLock() {
    Fixture f = new Fixture(Flavor.UTXO, false, SimFaults.NONE);
    String script = f.htlc().describe(f.terms).orThrow().lockKey().toHex();
    f.send(
        new SimWallet(f.chain)
            .pay(payee, Bytes.fromHex(script), Amount.of(60), new SimTransaction.Operation.None()));
    f.mine(1);
    f.lock();
    assertThat(f.seen().funding())
        .extracting(HtlcPort.LockFunding::amount)
        .containsExactly(LOCKED, Amount.of(60));
    f.send(f.refundAfterExpiry());
    f.mine(1);
    assertThat(f.seen().spend().orElseThrow()).isInstanceOf(LockSpend.Refunded.class);
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void aRefundWaitsForTheChainsClock(Flavor flavor) {
    Fixture f = new Fixture(flavor, false, SimFaults.NONE);
    f.lock();
    assertFails(() -> f.send(f.refund(payer)), AdapterError.NOT_YET_VALID);
    time.advanceSeconds(1_000);
    f.mine(1);
    if (flavor == Flavor.UTXO) { // the median lags behind
      assertFails(() -> f.send(f.refund(payer)), AdapterError.NOT_YET_VALID);
      f.mine(6);
    }
    f.send(f.refund(payer));
    f.mine(1);
    assertThat(f.seen().spend().orElseThrow()).isInstanceOf(LockSpend.Refunded.class);
    assertThat(f.balance(payer)).isEqualTo(Amount.of(10_000 - 20));
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void expiryIsHardOnlyWhereDeclared(Flavor flavor) {
    for (boolean soft : List.of(true, false)) {
      Fixture f = new Fixture(flavor, soft, SimFaults.NONE);
      f.lock();
      time.advanceSeconds(5_000);
      f.mine(12);
      if (soft || flavor == Flavor.UTXO) {
        f.send(f.claim(PREIMAGE, payee));
        f.mine(1);
        assertThat(f.seen().spend().orElseThrow()).isInstanceOf(LockSpend.Claimed.class);
      } else {
        assertFails(() -> f.send(f.claim(PREIMAGE, payee)), AdapterError.REJECTED_BY_CHAIN);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void aReorganisationTakesBackAndTheBalanceFollows(Flavor flavor) {
    Fixture f = new Fixture(flavor, false, SimFaults.NONE);
    List<HeaderEvent> events = new ArrayList<>();
    f.adapter.headers().follow(Async.await(f.adapter.headers().latest()).ref(), events::add);
    f.lock();
    Hash32 lock = f.seen().funding().getFirst().transactionId();
    f.chain.reorganize(1, tx -> true);
    assertThat(f.seen().funding().getFirst().confirmations()).isZero();
    assertThat(Async.await(f.adapter.transactions().status(lock)))
        .isInstanceOf(TransactionStatus.Pending.class);
    f.mine(1);
    assertThat(f.seen().funding().getFirst().confirmations()).isEqualTo(1);
    f.chain.reorganize(1, tx -> false);
    assertThat(f.seen().funding()).isEmpty();
    assertThat(f.balance(payer)).isEqualTo(Amount.of(10_000));
    assertThat(events).anyMatch(HeaderEvent.Reorganized.class::isInstance);
    List<HeaderEvent.Added> added =
        events.stream()
            .filter(HeaderEvent.Added.class::isInstance)
            .map(HeaderEvent.Added.class::cast)
            .toList();
    assertThat(added.getLast().header().parent())
        .isEqualTo(added.get(added.size() - 2).header().ref().id());
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void aBroadcastMayFailAfterItsEffect(Flavor flavor) {
    List<SimFaults.Fault> due =
        new ArrayList<>(
            List.of(
                new SimFaults.Fault(AdapterError.UNREACHABLE, false),
                new SimFaults.Fault(AdapterError.UNREACHABLE, true)));
    SimFaults faults =
        call ->
            call == SimFaults.Call.BROADCAST && !due.isEmpty()
                ? Optional.of(due.removeFirst())
                : Optional.empty();
    Fixture f = new Fixture(flavor, false, faults);
    SignedTransaction lock = Async.await(f.htlc().prepareLock(f.terms, payer));
    assertFails(() -> f.send(lock), AdapterError.UNREACHABLE);
    assertThat(f.chain.mempool()).isEmpty();
    assertFails(() -> f.send(lock), AdapterError.UNREACHABLE);
    assertThat(f.chain.mempool()).hasSize(1);
    assertThat(f.send(lock)).isEqualTo(lock.id());
    f.mine(1);
    assertThat(f.send(lock)).as("mined counts as success").isEqualTo(lock.id());
    assertThat(f.seen().funding()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Flavor.class)
  void otherPeoplesCoinsAndTermsAreRefused(Flavor flavor) {
    Fixture f = new Fixture(flavor, false, SimFaults.NONE);
    f.lock();
    if (flavor == Flavor.UTXO) {
      assertFails(() -> f.send(f.claim(PREIMAGE, payer)), AdapterError.REJECTED_BY_CHAIN);
    }
    SimTransaction stolen =
        SimTransaction.parse(Async.await(f.htlc().prepareLock(f.terms, payer)).raw());
    SimTransaction forged =
        stolen.body().sign(SimTransaction.Signatures.ECDSA, payee, stolen.witness());
    assertFails(
        () -> Async.await(f.adapter.transactions().broadcast(forged.toBytes())),
        AdapterError.REJECTED_BY_CHAIN);
    HtlcTerms tooMuch =
        new HtlcTerms(
            f.terms.asset(),
            Amount.of(1_000_000),
            f.terms.hash(),
            f.terms.claimer(),
            f.terms.refunder(),
            f.terms.expirySeconds());
    assertThatThrownBy(() -> f.send(Async.await(f.htlc().prepareLock(tooMuch, payer))))
        .isInstanceOf(AdapterException.class)
        .hasMessageContaining("insufficient-funds");
    assertFails(
        () -> Async.await(f.adapter.transactions().preparePayment(payer, "nowhere", Amount.of(1))),
        AdapterError.INVALID_ADDRESS);
  }
}
