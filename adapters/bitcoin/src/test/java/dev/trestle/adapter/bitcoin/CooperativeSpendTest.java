package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.TaprootFixture.ALICE;
import static dev.trestle.adapter.bitcoin.TaprootFixture.BOB;
import static dev.trestle.adapter.bitcoin.TaprootFixture.NETWORK;
import static dev.trestle.adapter.bitcoin.TaprootFixture.SECRET;
import static dev.trestle.adapter.bitcoin.TaprootFixture.VALUE;
import static dev.trestle.adapter.bitcoin.TaprootFixture.interpret;
import static dev.trestle.adapter.bitcoin.TaprootFixture.parse;
import static dev.trestle.adapter.bitcoin.TaprootFixture.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterContext;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.CooperativeHtlcPort;
import dev.trestle.adapter.CooperativeHtlcPort.Asking;
import dev.trestle.adapter.CooperativeHtlcPort.CooperativeSpend;
import dev.trestle.adapter.CooperativeHtlcPort.LockedOutput;
import dev.trestle.adapter.CooperativeHtlcPort.Rung;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.HtlcSpends.Spending;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.TimeSource;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.crypto.SecretKey;
import dev.trestle.crypto.musig.Musig2;
import dev.trestle.crypto.musig.MusigCode;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import io.vertx.core.Vertx;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Both parties end locks together; no node is asked. */
class CooperativeSpendTest {
  private static final List<Long> RATES = List.of(5_000L, 10_000L, 20_000L);
  private static Vertx vertx;
  private static ChainAdapter adapter;
  private static CooperativeHtlcPort port;

  @BeforeAll
  static void open() {
    vertx = Vertx.vertx();
    adapter =
        RegtestChain.provider("bitcoin")
            .create(
                new AdapterContext(vertx, TimeSource.system()),
                new ChainConfig(
                    NETWORK.chain(), List.of(URI.create("http://127.0.0.1:1/")), Map.of()));
    port = adapter.cooperativeHtlc().orElseThrow();
  }

  @AfterAll
  static void close() {
    adapter.close();
    vertx.close().await();
  }

  private static LockFunding funding(int index) {
    return new LockFunding(Digests.sha256(Bytes.utf8("a lock")), index, Amount.of(VALUE), 1, false);
  }

  private static String payTo(SecretKey key) {
    return adapter.transactions().address(key);
  }

  private static CooperativeSpend single(HtlcTerms terms) {
    return new CooperativeSpend(
        List.of(port.output(terms, funding(7)).orThrow()), payTo(BOB), RATES);
  }

  private static List<SchnorrSignature> sign(CooperativeSpend spend, int input, HtlcTerms terms) {
    try (Asking asking = port.ask(spend, input, terms, BOB).orThrow()) {
      List<Musig2.Reply> replies =
          port.answer(spend, input, terms, ALICE, asking.nonces()).orThrow();
      return asking.finish(replies).orThrow();
    }
  }

  private static void rejected(ReasonCode why, Verdict<?> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class,
            refusal -> assertThat(refusal.reason()).as(refusal.detail()).isEqualTo(why));
  }

  @Test
  void aClaimHas99VirtualBytesAtEveryRate() {
    HtlcTerms terms = terms(SECRET);
    CooperativeSpend spend = single(terms);
    List<Rung> rungs = port.draft(spend).orThrow();
    List<SignedTransaction> signed = port.assemble(spend, List.of(sign(spend, 0, terms))).orThrow();
    assertThat(signed).hasSize(3);
    TaprootLock contract = TaprootLock.of(terms, NETWORK).orThrow();
    for (int i = 0; i < 3; i++) {
      BitcoinTransaction transaction = parse(signed.get(i).raw());
      interpret(signed.get(i).raw());
      assertThat(transaction.virtualSize()).isEqualTo(99);
      assertThat(transaction.weight()).isEqualTo(396);
      assertThat(signed.get(i).id()).isEqualTo(rungs.get(i).transactionId());
      assertThat(signed.get(i).fee())
          .isEqualTo(rungs.get(i).fee())
          .isEqualTo(Amount.of(99 * RATES.get(i) / 1_000));
      assertThat(transaction.outputs())
          .containsExactly(
              new TxOutput(
                  VALUE - signed.get(i).fee().toLong(), Addresses.scriptOf(BOB.publicKey())));
      assertThat(
              TaprootSpends.classify(
                  contract,
                  TaprootFixture.LOCK.outPoint(),
                  VALUE,
                  transaction,
                  none -> Optional.empty()))
          .isEqualTo(new Spending.ByBoth());
      assertThat(HtlcSpends.preimageIn(transaction, contract.hash())).isEmpty();
    }
  }

  /** Many locks, each with another secret, in one transaction: 57.5 virtual bytes each. */
  @Test
  void aBatchCosts57AndAHalfVirtualBytesForEachLock() {
    assertThat(batch(20) - batch(10)).isEqualTo(10 * 230);
    assertThat(batch(10)).isEqualTo(396 + 9 * 230);
  }

  /** The weight of a claim of so many locks. */
  private static long batch(int count) {
    List<HtlcTerms> terms = new ArrayList<>();
    List<LockedOutput> outputs = new ArrayList<>();
    List<TxOutput> spent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      terms.add(terms(RegtestChain.preimage("batch " + i)));
      outputs.add(port.output(terms.get(i), funding(i)).orThrow());
      spent.add(new TxOutput(VALUE, outputs.get(i).outputScript()));
    }
    CooperativeSpend spend = new CooperativeSpend(outputs, payTo(BOB), List.of(2_000L));
    List<List<SchnorrSignature>> signatures = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      signatures.add(sign(spend, i, terms.get(i)));
    }
    SignedTransaction signed = port.assemble(spend, signatures).orThrow().getFirst();
    interpret(signed.raw(), spent);
    return parse(signed.raw()).weight();
  }

  @Test
  void theRefunderMayAskToo() {
    HtlcTerms terms = terms(SECRET);
    CooperativeSpend spend =
        new CooperativeSpend(
            List.of(port.output(terms, funding(7)).orThrow()), payTo(ALICE), List.of(1_000L));
    Asking asking = port.ask(spend, 0, terms, ALICE).orThrow();
    List<Musig2.Reply> replies = port.answer(spend, 0, terms, BOB, asking.nonces()).orThrow();
    assertThat(port.answer(spend, 0, terms, BOB, asking.nonces()).orThrow())
        .as("asked again, it says the same")
        .isEqualTo(replies);
    interpret(
        port.assemble(spend, List.of(asking.finish(replies).orThrow())).orThrow().getFirst().raw());
    assertThatThrownBy(() -> asking.finish(replies))
        .as("nonces are used once")
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aWrongAnswerIsFoundAndUsesTheNoncesUp() {
    HtlcTerms terms = terms(SECRET);
    CooperativeSpend spend = single(terms);
    CooperativeSpend elsewhere = new CooperativeSpend(spend.outputs(), payTo(ALICE), spend.rates());
    Asking asking = port.ask(spend, 0, terms, BOB).orThrow();
    List<Musig2.Reply> wrong = port.answer(elsewhere, 0, terms, ALICE, asking.nonces()).orThrow();
    rejected(MusigCode.INVALID_PARTIAL_SIGNATURE, asking.finish(wrong));
    List<Musig2.Reply> right = port.answer(spend, 0, terms, ALICE, asking.nonces()).orThrow();
    assertThatThrownBy(() -> asking.finish(right)).isInstanceOf(IllegalStateException.class);

    Asking again = port.ask(spend, 0, terms, BOB).orThrow();
    assertThat(again.nonces()).doesNotContainAnyElementsOf(asking.nonces());
    rejected(MusigCode.WRONG_COUNT, again.finish(right.subList(0, 2)));
    rejected(
        AdapterError.NOT_SUPPORTED,
        port.answer(spend, 0, terms, ALICE, again.nonces().subList(0, 2)));
    Asking closed = port.ask(spend, 0, terms, BOB).orThrow();
    closed.close();
    assertThatThrownBy(() -> closed.finish(right)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void signaturesAreCheckedBeforeAnythingIsSent() {
    HtlcTerms terms = terms(SECRET);
    CooperativeSpend spend = single(terms);
    List<SchnorrSignature> good = sign(spend, 0, terms);
    rejected(
        AdapterError.REJECTED_BY_CHAIN,
        port.assemble(spend, List.of(List.of(good.get(1), good.get(0), good.get(2)))));
    rejected(AdapterError.REJECTED_BY_CHAIN, port.assemble(spend, List.of()));
    rejected(AdapterError.REJECTED_BY_CHAIN, port.assemble(spend, List.of(good.subList(0, 2))));
  }

  @Test
  void onlyItsOwnPartiesSignALock() {
    HtlcTerms terms = terms(SECRET);
    CooperativeSpend spend = single(terms);
    SecretKey stranger = RegtestChain.key("stranger");
    rejected(AdapterError.INVALID_ADDRESS, port.ask(spend, 0, terms, stranger));
    HtlcTerms other = terms(RegtestChain.preimage("other"));
    rejected(AdapterError.INVALID_ADDRESS, port.ask(spend, 0, other, BOB));
    rejected(AdapterError.NOT_FOUND, port.ask(spend, 1, terms, BOB));
    rejected(AdapterError.NOT_FOUND, port.ask(spend, -1, terms, BOB));
    rejected(
        AdapterError.NOT_YET_VALID,
        port.output(terms, new LockFunding(Hash32.ZERO, 0, Amount.of(VALUE), 0, false)));
  }

  private static void refused(
      AdapterError why, List<LockedOutput> outputs, String payTo, List<Long> rates) {
    rejected(why, port.draft(new CooperativeSpend(outputs, payTo, rates)));
  }

  @Test
  void whatNodesWouldNotRelayIsNotSigned() {
    LockedOutput output = port.output(terms(SECRET), funding(7)).orThrow();
    List<LockedOutput> one = List.of(output);
    String payTo = payTo(BOB);
    refused(AdapterError.NOT_SUPPORTED, List.of(), payTo, RATES);
    refused(AdapterError.NOT_SUPPORTED, List.of(output, output), payTo, RATES);
    refused(AdapterError.NOT_SUPPORTED, one, payTo, List.of());
    refused(AdapterError.NOT_SUPPORTED, one, payTo, Collections.nCopies(11, 1_000L));
    // a replacement pays at least one more satoshi for each of its own bytes (BIP-125)
    refused(AdapterError.NOT_SUPPORTED, one, payTo, List.of(5_000L, 5_980L));
    assertThat(port.draft(new CooperativeSpend(one, payTo, List.of(5_000L, 6_000L))).isAccepted())
        .isTrue();
    refused(AdapterError.NOT_SUPPORTED, one, payTo, List.of(5_000L, 4_000L));
    refused(AdapterError.FEE_CAP_EXCEEDED, one, payTo, List.of(999L));
    refused(AdapterError.FEE_CAP_EXCEEDED, one, payTo, List.of(500_001L));
    refused(AdapterError.INVALID_ADDRESS, one, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", RATES);
    LockedOutput wpkh =
        new LockedOutput(
            output.transactionId(), 0, output.amount(), Addresses.scriptOf(BOB.publicKey()));
    refused(AdapterError.NOT_SUPPORTED, List.of(wpkh), payTo, RATES);
    LockedOutput huge =
        new LockedOutput(
            output.transactionId(), 0, Amount.of(Long.MAX_VALUE), output.outputScript());
    refused(AdapterError.INVALID_AMOUNT, List.of(output, huge), payTo, RATES);
  }

  /** 294 satoshi arrive (P2WPKH's dust limit), or nothing is signed. */
  @Test
  void aPayoutIsNotDust() {
    LockedOutput output = port.output(terms(SECRET), funding(7)).orThrow();
    for (long value : List.of(99 + 294L, 99 + 293L)) {
      LockedOutput small =
          new LockedOutput(output.transactionId(), 0, Amount.of(value), output.outputScript());
      CooperativeSpend spend = new CooperativeSpend(List.of(small), payTo(BOB), List.of(1_000L));
      assertThat(port.draft(spend).isAccepted()).isEqualTo(value == 99 + 294L);
    }
  }
}
