package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.ChainConfig;
import dev.trestle.adapter.HeaderSource.RawHeader;
import dev.trestle.adapter.MessageSource.SourceEvent;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.crypto.EvmAddress;
import java.math.BigInteger;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nodes that lie, are away or belong to another chain. */
class EndpointQuorumIT {
  private static Anvil anvil;
  private static EvmAddress token;

  @BeforeAll
  static void start() throws Exception {
    anvil = Anvil.start();
    token = anvil.deploy("TestToken");
    anvil.mine(3);
  }

  @AfterAll
  static void stop() {
    anvil.close();
  }

  /** Everybody has one wei. */
  private static String onePoorWei(String request, String truth) {
    return request.contains("eth_getBalance")
        ? truth.replaceFirst("\"result\":\"0x[0-9a-f]+\"", "\"result\":\"0x1\"")
        : truth;
  }

  private static EvmAdapter adapter(URI... endpoints) {
    return adapter(Map.of(), endpoints);
  }

  private static EvmAdapter adapter(Map<String, String> options, URI... endpoints) {
    return new EvmAdapter(anvil.context, new ChainConfig(Anvil.CHAIN, List.of(endpoints), options));
  }

  private static LyingNode liar(LyingNode.Lie lie) {
    return new LyingNode(anvil.vertx, anvil.endpoint, lie);
  }

  private static void assertFails(AdapterError error, ThrowingCall call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            AdapterException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  private interface ThrowingCall {
    void run();
  }

  private static Amount balance(EvmAdapter adapter) {
    return Async.await(adapter.transactions().balance(Anvil.address(2).toString()));
  }

  @Test
  void oneLiarOfThreeChangesNothing() {
    try (LyingNode liar = liar(EndpointQuorumIT::onePoorWei);
        EvmAdapter adapter = adapter(liar.endpoint(), anvil.endpoint, anvil.endpoint)) {
      assertThat(balance(adapter)).isGreaterThan(Amount.of(1));
    }
  }

  @Test
  void withoutAMajorityNothingIsSaid() {
    URI away = URI.create("http://127.0.0.1:9");
    try (LyingNode liar = liar(EndpointQuorumIT::onePoorWei);
        EvmAdapter two = adapter(liar.endpoint(), anvil.endpoint);
        EvmAdapter three = adapter(liar.endpoint(), anvil.endpoint, away);
        EvmAdapter one = adapter(away, anvil.endpoint, away)) {
      assertFails(AdapterError.ENDPOINTS_DISAGREE, () -> balance(two));
      assertFails(AdapterError.ENDPOINTS_DISAGREE, () -> balance(three));
      assertFails(AdapterError.UNREACHABLE, () -> balance(one));
      assertThat(Async.await(one.health()).usable()).isFalse();
    }
  }

  @Test
  void aNodeOfAnotherChainStopsEverything() {
    try (LyingNode liar =
            liar(
                (request, truth) ->
                    request.contains("eth_chainId") ? truth.replace("0x539", "0x1") : truth);
        EvmAdapter adapter = adapter(anvil.endpoint, anvil.endpoint, liar.endpoint())) {
      assertFails(AdapterError.WRONG_CHAIN, () -> Async.await(adapter.start()));
      assertFails(AdapterError.WRONG_CHAIN, () -> balance(adapter));
    }
    String other = "0x" + "11".repeat(32);
    try (EvmAdapter adapter = adapter(Map.of("genesis", other), anvil.endpoint)) {
      assertFails(AdapterError.WRONG_CHAIN, () -> Async.await(adapter.start()));
    }
  }

  @Test
  void aChangedHeaderIsNoHeader() {
    for (String field : List.of("stateRoot", "receiptsRoot", "mixHash", "requestsHash")) {
      Pattern first = Pattern.compile("(?<=\"" + field + "\":\"0x)[0-9a-f]");
      try (LyingNode liar =
              liar(
                  (request, truth) ->
                      first
                          .matcher(truth)
                          .replaceFirst(
                              digit ->
                                  Integer.toHexString(
                                      Character.digit(digit.group().charAt(0), 16) ^ 1)));
          EvmAdapter adapter = adapter(liar.endpoint())) {
        assertFails(AdapterError.NODE_ERROR, () -> Async.await(adapter.headers().at(2)));
      }
    }
    try (LyingNode honest = liar((request, truth) -> truth);
        EvmAdapter adapter = adapter(honest.endpoint())) {
      assertThat(Async.await(adapter.headers().at(2)).ref().height()).isEqualTo(2);
    }
  }

  @Test
  void changedReceiptsAreNotProvedFrom() {
    Bytes mint = Abi.call("mint", Abi.address(Anvil.address(1)), Abi.uint256(Amount.of(7)));
    try (EvmConnection connection = anvil.connection()) {
      connection
          .await()
          .execute(
              connection
                  .signer()
                  .sign(
                      Anvil.key(0),
                      TransactionSigner.Call.estimated(token, BigInteger.ZERO, mint)));
    }
    LyingNode.Lie lie =
        (request, truth) ->
            request.contains("eth_getBlockReceipts")
                ? truth.replaceFirst("\"cumulativeGasUsed\":\"0x", "\"cumulativeGasUsed\":\"0x1")
                : truth;
    try (LyingNode liar = liar(lie);
        EvmAdapter alone = adapter(liar.endpoint());
        EvmAdapter mixed = adapter(liar.endpoint(), anvil.endpoint, anvil.endpoint)) {
      RawHeader head = Async.await(alone.headers().latest());
      SourceEvent event =
          Async.await(
                  alone.messages().replay(token.bytes(), head.ref().height(), head.ref().height()))
              .getFirst();
      assertFails(AdapterError.NODE_ERROR, () -> Async.await(alone.evidence().message(event)));
      assertThat(Async.await(mixed.evidence().message(event)).value()).isEqualTo(event.content());
    }
  }

  @Test
  void garbageAndSilenceAreUnreachable() {
    try (LyingNode garbage = liar((request, truth) -> "<html>502</html>");
        EvmAdapter adapter = adapter(garbage.endpoint())) {
      assertFails(AdapterError.UNREACHABLE, () -> balance(adapter));
    }
    var silent =
        Async.await(
            anvil.vertx.createHttpServer().requestHandler(any -> {}).listen(0, "127.0.0.1"));
    try (EvmAdapter adapter =
        adapter(
            Map.of("rpc-timeout-millis", "300"),
            URI.create("http://127.0.0.1:" + silent.actualPort()))) {
      assertFails(AdapterError.UNREACHABLE, () -> balance(adapter));
    }
    Async.await(silent.close());
  }

  @Test
  void anyNodeThatTakesATransactionIsEnough() {
    LyingNode.Lie refuse =
        (request, truth) ->
            request.contains("eth_sendRawTransaction")
                ? "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32000,\"message\":\"no\"}}"
                : truth;
    try (LyingNode refusing = liar(refuse);
        EvmAdapter adapter = adapter(refusing.endpoint(), anvil.endpoint, anvil.endpoint)) {
      var payment =
          Async.await(
              adapter
                  .transactions()
                  .preparePayment(Anvil.key(2), Addresses.format(Anvil.address(1)), Amount.of(5)));
      assertThat(Async.await(adapter.transactions().broadcast(payment.raw())))
          .isEqualTo(payment.id());
      assertThat(anvil.included(adapter.transactions(), payment.id()).success()).isTrue();
    }
  }

  @Test
  void aChainOfValueNeedsThreeEndpoints() {
    ChainConfig mainnet =
        new ChainConfig(
            new ChainId("eip155", "1"), List.of(anvil.endpoint, anvil.endpoint), Map.of());
    assertFails(
        AdapterError.BAD_CONFIG,
        () -> new EthereumAdapterProvider().create(anvil.context, mainnet));
  }
}
