package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainAdapterProvider;
import dev.trestle.adapter.TransactionPort;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Payments on a real node. */
class EvmTransactionsIT {
  private static Anvil anvil;
  private static ChainAdapter adapter;
  private static TransactionPort transactions;

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start();
    ChainAdapterProvider provider =
        ServiceLoader.load(ChainAdapterProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(any -> any.descriptor().id().equals("ethereum"))
            .findFirst()
            .orElseThrow();
    adapter = provider.create(anvil.context, anvil.config(Map.of()));
    Async.await(adapter.start());
    transactions = adapter.transactions();
  }

  @AfterAll
  static void stop() {
    adapter.close();
    anvil.close();
  }

  private static SignedTransaction payment(int from, long amount) {
    return Async.await(
        transactions.preparePayment(
            Anvil.key(from), Addresses.format(Anvil.address(1)), Amount.of(amount)));
  }

  private static void assertFails(AdapterError error, Future<?> future) {
    assertThatThrownBy(() -> Async.await(future))
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  @Test
  void sendsOnceHoweverOftenItIsBroadcast() {
    SignedTransaction payment = payment(0, 12_345);
    assertThat(Async.await(transactions.status(payment.id())))
        .isEqualTo(new TransactionStatus.Unknown());
    Amount before = Async.await(transactions.balance(Addresses.format(Anvil.address(1))));
    anvil.tell("evm_setAutomine", false);
    assertThat(Async.await(transactions.broadcast(payment.raw()))).isEqualTo(payment.id());
    assertThat(Async.await(transactions.broadcast(payment.raw()))).isEqualTo(payment.id());
    assertThat(Async.await(transactions.status(payment.id())))
        .isEqualTo(new TransactionStatus.Pending());
    anvil.mine(1);
    anvil.tell("evm_setAutomine", true);
    // mined: its nonce is now too low, for itself
    assertThat(Async.await(transactions.broadcast(payment.raw()))).isEqualTo(payment.id());
    TransactionStatus.Included first = included(payment);
    assertThat(first.success()).isTrue();
    assertThat(first.confirmations()).isEqualTo(1);
    assertThat(first.isFinal()).isFalse();
    anvil.mine(2);
    assertThat(included(payment).confirmations()).isEqualTo(3);
    assertThat(included(payment).isFinal()).isTrue();
    assertThat(Async.await(transactions.balance(Addresses.format(Anvil.address(1)))))
        .isEqualTo(before.plus(Amount.of(12_345)));
  }

  private static TransactionStatus.Included included(SignedTransaction transaction) {
    return anvil.included(transactions, transaction.id());
  }

  @Test
  void manyAtOnceGetNoncesOfTheirOwn() {
    List<Future<SignedTransaction>> signing =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    transactions.preparePayment(
                        Anvil.key(2), Addresses.format(Anvil.address(1)), Amount.of(i + 1)))
            .toList();
    List<SignedTransaction> signed = signing.stream().map(Async::await).toList();
    assertThat(signed.stream().map(SignedTransaction::id)).doesNotHaveDuplicates();
    // in the order of their nonces or not: all are mined in the end
    for (SignedTransaction each : signed.reversed()) {
      Async.await(transactions.broadcast(each.raw()));
    }
    anvil.mine(1);
    for (SignedTransaction each : signed) {
      assertThat(included(each).success()).isTrue();
    }
  }

  @Test
  void anotherTransactionInItsPlaceIsARefusalForGood() {
    SignedTransaction first = payment(0, 1);
    SignedTransaction rival;
    try (EvmConnection other = anvil.connection()) { // knows nothing of the number just given out
      rival =
          other
              .signer()
              .sign(
                  Anvil.key(0),
                  TransactionSigner.Call.estimated(
                      Anvil.address(1), java.math.BigInteger.TWO, Bytes.EMPTY));
    }
    anvil.execute(rival);
    assertFails(AdapterError.REJECTED_BY_CHAIN, transactions.broadcast(first.raw()));
  }

  @Test
  void refusesNonsense() {
    String to = Addresses.format(Anvil.address(1));
    assertFails(
        AdapterError.INVALID_AMOUNT, transactions.preparePayment(Anvil.key(0), to, Amount.ZERO));
    String wrong = to.equals(to.toLowerCase(java.util.Locale.ROOT)) ? to : swapCase(to);
    assertFails(
        AdapterError.INVALID_ADDRESS,
        transactions.preparePayment(Anvil.key(0), wrong, Amount.of(1)));
    assertFails(
        AdapterError.INSUFFICIENT_FUNDS,
        transactions.preparePayment(Anvil.key(0), to, Amount.parse("900000000000000000000000")));
    assertFails(AdapterError.REJECTED_BY_CHAIN, transactions.broadcast(Bytes.fromHex("02c0")));
    Hash32 nobody = Digests.sha256(Bytes.utf8("nothing"));
    assertThat(Async.await(transactions.status(nobody))).isEqualTo(new TransactionStatus.Unknown());
  }

  /** Changes the case of the last letter. */
  private static String swapCase(String address) {
    for (int i = address.length() - 1; i > 1; i--) {
      char c = address.charAt(i);
      if (Character.isLetter(c)) {
        char other = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c);
        return address.substring(0, i) + other + address.substring(i + 1);
      }
    }
    return address;
  }

  @Test
  void theFeeCapHolds() {
    ChainAdapter thrifty = anvil.adapter(Map.of("fee.max-gwei", "1"));
    anvil.tell("anvil_setNextBlockBaseFeePerGas", "0x12a05f200"); // 5 gwei
    anvil.mine(1);
    assertFails(
        AdapterError.FEE_CAP_EXCEEDED,
        thrifty
            .transactions()
            .preparePayment(Anvil.key(0), Addresses.format(Anvil.address(1)), Amount.of(1)));
    thrifty.close();
  }

  @Test
  void healthTellsHeadAndFinality() {
    anvil.mine(3);
    ChainAdapter.Health health = Async.await(adapter.health());
    assertThat(health.usable()).isTrue();
    assertThat(health.finalizedHead()).isEqualTo(health.head() - 2);
    assertThat(health.endpointsAgreeing()).isEqualTo(1);
  }
}
