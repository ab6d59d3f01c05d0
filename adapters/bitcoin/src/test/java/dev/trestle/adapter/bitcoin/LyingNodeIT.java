package dev.trestle.adapter.bitcoin;

import static dev.trestle.adapter.bitcoin.RegtestChain.await;
import static dev.trestle.adapter.bitcoin.RegtestChain.preimage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.adapter.HtlcPort;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.bitcoin.testing.RegtestNode;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxInput;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * One node of three lies, and is asked first; or the only one does. And how much nodes are asked.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LyingNodeIT {
  private static final long COIN = 100_000_000L;
  private static final long AMOUNT = 5_000_000L;

  private RegtestChain chain;
  private LyingProxy liar;
  private ChainAdapter three;
  private ChainAdapter onlyLiar;

  @BeforeAll
  void start() {
    chain = new RegtestChain(UtxoNetwork.BITCOIN_REGTEST, RegtestNode.Kind.BITCOIN, 110);
    liar = new LyingProxy(chain.vertx, chain.node.endpoint());
    three =
        chain.adapter(
            List.of(liar.endpoint(), chain.node.endpoint(), chain.node.endpoint("localhost")),
            Map.of());
    onlyLiar = chain.adapter(List.of(liar.endpoint()), Map.of());
    await(three.start());
    await(onlyLiar.start());
  }

  @AfterEach
  void honestAgain() {
    liar.tell((method, result) -> result);
  }

  @AfterAll
  void stop() {
    three.close();
    onlyLiar.close();
    liar.close();
    chain.close();
  }

  private static BiFunction<String, JsonNode, JsonNode> about(
      String topic, BiFunction<String, JsonNode, JsonNode> lie) {
    return (method, result) -> method.equals(topic) ? lie.apply(method, result) : result;
  }

  private static void fails(AdapterError error, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).as(e.getMessage()).isEqualTo(error));
  }

  @Test
  void aForgedHeaderIsNoticed() {
    liar.tell(
        about(
            "getblockheader",
            (method, result) -> StringNode.valueOf("ff" + result.stringValue().substring(2))));
    assertThat(await(three.headers().range(0, 20)))
        .isEqualTo(await(chain.adapter.headers().range(0, 20)));
    fails(AdapterError.NODE_ERROR, () -> await(onlyLiar.headers().latest()));
  }

  @Test
  void aFalseTipIsOutvoted() {
    liar.tell(
        about(
            "getblockchaininfo",
            (method, result) -> ((ObjectNode) result).put("blocks", 1_000_000)));
    assertThat(await(three.headers().latest())).isEqualTo(await(chain.adapter.headers().latest()));
  }

  @Test
  void anAbsurdFeeIsOutvoted() {
    liar.tell(
        about(
            "estimatesmartfee",
            (method, result) -> ((ObjectNode) result).put("feerate", new BigDecimal("0.9"))));
    chain.fund(chain.alice, COIN);
    SignedTransaction payment = await(payment(three));
    assertThat(payment.fee().toLong()).isLessThan(2_000);
    fails(AdapterError.FEE_CAP_EXCEEDED, () -> await(payment(onlyLiar)));
  }

  private io.vertx.core.Future<SignedTransaction> payment(ChainAdapter adapter) {
    return adapter
        .transactions()
        .preparePayment(
            chain.alice,
            adapter.transactions().address(chain.bob),
            dev.trestle.base.Amount.of(AMOUNT));
  }

  @Test
  void aHiddenTransactionIsNoticed() {
    Hash32 secret = preimage("hidden");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    liar.tell(about("getblock", (method, result) -> withoutTransactions(result)));
    LockFunding funding = locked(terms);
    assertThat(await(htlc(three).observe(terms)).funding()).containsExactly(funding);
    fails(AdapterError.NODE_ERROR, () -> await(htlc(onlyLiar).observe(terms)));
  }

  private static JsonNode withoutTransactions(JsonNode block) {
    ArrayNode transactions = (ArrayNode) block.path("tx");
    while (transactions.size() > 1) {
      transactions.remove(1);
    }
    return block;
  }

  @Test
  void aClaimCannotBePassedOffAsARefund() {
    Hash32 secret = preimage("passed off");
    HtlcTerms terms = chain.terms(secret, AMOUNT, chain.nowSeconds() + 3_600);
    LockFunding funding = locked(terms);
    SignedTransaction claim = await(chain.htlc().prepareClaim(terms, funding, secret, chain.bob));
    await(chain.transactions().broadcast(claim.raw()));
    String honest = claim.raw().toHex();
    String forged = asRefund(claim, terms);
    liar.tell((method, result) -> replace(result, honest, forged));
    chain.mine(1);
    LockSpend truth = new LockSpend.Claimed(claim.id(), secret, 1, false);
    assertThat(await(htlc(three).observe(terms)).spend()).contains(truth);
    fails(AdapterError.NODE_ERROR, () -> await(htlc(onlyLiar).observe(terms)));
  }

  /** The same id with a witness that looks like a refund. */
  private String asRefund(SignedTransaction claim, HtlcTerms terms) {
    BitcoinTransaction parsed = BitcoinTransaction.parse(claim.raw()).orThrow();
    TxInput input = parsed.inputs().getFirst();
    Bytes script = HtlcScript.of(terms, chain.network).orThrow().script();
    TxInput changed =
        input.withWitness(
            List.of(input.witness().getFirst(), terms.refunder(), Bytes.EMPTY, script));
    BitcoinTransaction forged = parsed.withInputs(List.of(changed));
    assertThat(forged.txId()).isEqualTo(claim.id());
    return forged.serialize().toHex();
  }

  private static JsonNode replace(JsonNode result, String honest, String forged) {
    return LyingProxy.JSON.readTree(
        LyingProxy.JSON.writeValueAsString(result).replace(honest, forged));
  }

  private LockFunding locked(HtlcTerms terms) {
    chain.fund(chain.alice, COIN);
    SignedTransaction lock = await(chain.htlc().prepareLock(terms, chain.alice));
    await(chain.transactions().broadcast(lock.raw()));
    chain.mine(1);
    return await(chain.htlc().observe(terms)).funding().getFirst();
  }

  /**
   * Custody scripts are anybody's to make. A scan of all outputs takes a real node minutes: many
   * scripts must cost one, once, and what nobody asks for any more must leave room.
   */
  @Test
  void manyScriptsCostOneSearchAndAreForgotten() {
    Map<String, Integer> calls = new ConcurrentHashMap<>();
    liar.tell(
        (method, result) -> {
          calls.merge(method, 1, Integer::sum);
          return result;
        });
    AtomicLong now = new AtomicLong(1_700_000_000_000L);
    HtlcTerms terms = chain.terms(preimage("kept"), AMOUNT, chain.nowSeconds() + 3_600);
    try (ChainAdapter adapter =
        chain.adapter(
            UtxoNetwork.BITCOIN_REGTEST,
            List.of(liar.endpoint()),
            Map.of("scan.blocks", "100"),
            now::get)) {
      CustodyPort custody = adapter.custody().orElseThrow();
      Set<Bytes> many = scripts(0, 1_000);
      assertThat(await(custody.outputsOf(many)).keySet()).isEqualTo(many);
      assertThat(calls.get("scantxoutset")).isEqualTo(1);
      int blocks = calls.getOrDefault("getblock", 0);
      await(custody.outputsOf(many));
      await(custody.outputsOf(scripts(10, 20)));
      assertThat(calls.get("scantxoutset")).as("they are known").isEqualTo(1);
      assertThat(calls.getOrDefault("getblock", 0)).isEqualTo(blocks);

      await(htlc(adapter).observe(terms));
      now.addAndGet(CustodyPort.FORGOTTEN_AFTER.toMillis() - 1);
      await(custody.outputsOf(scripts(0, 10)));
      now.addAndGet(1);
      await(custody.outputsOf(scripts(1_000, 1_001)));
      assertThat(calls.get("scantxoutset")).as("the lock, and a new one").isEqualTo(3);
      await(custody.outputsOf(scripts(0, 10)));
      await(htlc(adapter).observe(terms));
      assertThat(calls.get("scantxoutset")).as("asked for lately, and a lock").isEqualTo(3);
      await(custody.outputsOf(scripts(10, 11)));
      assertThat(calls.get("scantxoutset")).as("forgotten").isEqualTo(4);
    }
  }

  private static Set<Bytes> scripts(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(
            i ->
                Bytes.concat(
                    Bytes.fromHex("5120"), Digests.sha256(Bytes.utf8("script " + i)).bytes()))
        .collect(Collectors.toSet());
  }

  private static HtlcPort htlc(ChainAdapter adapter) {
    return adapter.htlc().orElseThrow();
  }
}
