package dev.trestle.dist.refusal;

import static dev.trestle.adapter.Async.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.Amount;
import dev.trestle.dist.devnet.Contracts;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.gateway.GatewayServer;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.htlc.TimelockPolicy;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.TransferParty;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Terms, addresses, amounts and names that are wrong, and requests that are none. */
abstract class RequestRefusals {
  /** 2^256, the first number that is no amount any more. */
  private static final String TOO_LARGE = BigInteger.TWO.pow(256).toString();

  private static final List<String> NO_AMOUNTS =
      List.of(
          "0",
          "-1",
          "1.5",
          "1e6",
          "0x10",
          "+1",
          "007",
          " 1",
          "",
          "many",
          "\u0661\u0662",
          TOO_LARGE,
          TOO_LARGE + "0");

  private static final String MAINNET = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
  private static final String MAINNET_LEGACY = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  private static final String LITECOIN = "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9";
  private static final String TESTNET = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx";
  private static final String NOWHERE = "ab".repeat(32);

  private final Scene scene = RefusalIT.scene();
  private final Deposits deposits = new Deposits(scene);

  // 6: timelocks

  @Test
  void unsafeTimelocksAreRefused() {
    Trade trade = new Trade(scene, "timelocks");
    scene.rest().post("/v1/offers", trade.offer()).accepted(201);
    Api.Quote quote = trade.quote();
    SwapTerms terms = trade.terms(quote);
    long first = terms.legs().get(0).expirySeconds();
    long second = terms.legs().get(1).expirySeconds();
    long month = TimelockPolicy.MAX_LOCK_SECONDS;
    String unsafe = "unsafe-timelock";
    scene.unchanged(
        () -> {
          // the maker's refund would come before its claim is safe
          trade.propose(quote, Trade.with(terms, first - 1, second)).refused(422, unsafe);
          trade.propose(quote, Trade.with(terms, first, second + 1)).refused(422, unsafe);
          trade.propose(quote, Trade.with(terms, second, first)).refused(422, unsafe);
          trade.propose(quote, Trade.with(terms, first, first)).refused(422, unsafe);
          // the taker's lock could not be final in time
          trade
              .propose(quote, Trade.with(terms, first - 3_600, second - 3_600))
              .refused(422, unsafe);
          trade
              .propose(quote, Trade.with(terms, first + month, second + month))
              .refused(422, unsafe, "locked-too-long");
          // safe, but not what was quoted
          trade
              .propose(quote, Trade.with(terms, first + 60, second + 60))
              .refused(422, "validation-failed");
          scene.refused(unsafe, trade.agreement(Trade.with(terms, second, first)));
          scene.refused(unsafe, trade.agreement(Trade.with(terms, first - 3_600, second - 3_600)));
        });
    trade.propose(quote, terms).accepted(201);
    Rest.Answer agreed = trade.accept(terms).accepted(200);
    assertThat(agreed.text("status")).isEqualTo("processing");
    scene.unchanged(
        () ->
            scene.refused(
                "hash-reused", trade.agreement(Trade.with(terms, first + 60, second + 60))));
  }

  // 7: addresses

  @Test
  void addressesOfOtherNetworksAreRefused() {
    String good = deposits.request().recipient();
    ChainAdapter bitcoin = scene.chain(Devnet.BITCOIN);
    String home = scene.network().files().faucetAddress(Devnet.BITCOIN);
    scene.unchanged(
        () -> {
          for (String recipient :
              List.of(
                  withWrongChecksum(good),
                  MAINNET,
                  LITECOIN,
                  home,
                  good.substring(2),
                  good.substring(0, 41),
                  good + "00",
                  "0x" + "00".repeat(20),
                  "")) {
            transfer(recipient, Deposits.AMOUNT.toString()).refused(422, "invalid-address");
          }
          for (String address :
              List.of(MAINNET, MAINNET_LEGACY, LITECOIN, TESTNET, lastDigitOther(home), good)) {
            refusedAddress(() -> bitcoin.custody().orElseThrow().scriptOf(address));
            refusedAddress(
                () ->
                    await(
                        bitcoin
                            .transactions()
                            .preparePayment(scene.key("payer"), address, Deposits.AMOUNT)));
            refusedAddress(() -> burnTo(address));
          }
          // the key of an EVM account cannot claim on Bitcoin
          scene
              .rest()
              .post(
                  "/v1/offers",
                  new Trade(scene, "keys").offer("1000000", Trade.GIVE, good.substring(2)))
              .refused(422, "invalid-address");
        });
    transfer(good, Deposits.AMOUNT.toString()).accepted(201);
    assertThat(bitcoin.custody().orElseThrow().scriptOf(home).size()).isEqualTo(22);
  }

  private void burnTo(String address) {
    new TransferParty(scene.hub(), scene.network().genesis(), scene.key("burner"))
        .burn(
            Devnet.BTC,
            scene.network().contracts().bridge().bytes(),
            Devnet.LEAST_TRANSFER,
            scene.chain(Devnet.BITCOIN),
            address,
            scene.chain(Devnet.EVM),
            scene.key("recipient"));
  }

  private static void refusedAddress(Runnable use) {
    AdapterException refusal = catchThrowableOfType(AdapterException.class, use::run);
    assertThat(refusal).isNotNull();
    assertThat(refusal.error()).as(refusal.getMessage()).isEqualTo(AdapterError.INVALID_ADDRESS);
  }

  /** One letter in the other case. */
  private static String withWrongChecksum(String address) {
    char[] text = address.toCharArray();
    for (int i = 2; i < text.length; i++) {
      if (Character.isLetter(text[i])) {
        text[i] =
            Character.isUpperCase(text[i])
                ? Character.toLowerCase(text[i])
                : Character.toUpperCase(text[i]);
        return new String(text);
      }
    }
    throw new AssertionError("an address without letters: " + address);
  }

  private static String lastDigitOther(String address) {
    String other = address.endsWith("q") ? "p" : "q";
    return address.substring(0, address.length() - 1) + other;
  }

  private Rest.Answer transfer(String recipient, String amount) {
    Api.TransferRequest good = deposits.request();
    return scene
        .rest()
        .post(
            "/v1/transfers",
            new Api.TransferRequest(good.route(), recipient, amount, good.refundKey()),
            "Idempotency-Key",
            "requests");
  }

  // 8: amounts

  @Test
  void whatIsNoAmountIsRefused() {
    Trade trade = new Trade(scene, "amounts");
    String code = "amount-out-of-range";
    String recipient = deposits.request().recipient();
    Api.Route route = scene.route();
    scene.unchanged(
        () -> {
          for (String amount : NO_AMOUNTS) {
            quote("transfer", route.from(), route.to(), amount).refused(422, code);
            quote("swap", Devnet.BTC.toString(), Devnet.ETH.toString(), amount).refused(422, code);
            transfer(recipient, amount).refused(422, code);
            scene.rest().post("/v1/offers", trade.offer(amount, Trade.GIVE)).refused(422, code);
            scene.rest().post("/v1/offers", trade.offer(trade.want(), amount)).refused(422, code);
          }
          for (String amount : List.of("1", "546", "19999", "1000000001")) {
            transfer(recipient, amount).refused(422, code);
            quote("transfer", route.from(), route.to(), amount).refused(422, code);
            scene.refused("amount-out-of-limits", deposits.asTransaction(Amount.parse(amount)));
          }
          scene.refused("amount-out-of-limits", deposits.asTransaction(Amount.ZERO));
          scene.refused(
              "amount-out-of-limits",
              deposits.asTransaction(new Amount(BigInteger.TWO.pow(256).subtract(BigInteger.ONE))));
          // what Bitcoin's nodes do not relay could never be locked
          scene.rest().post("/v1/offers", trade.offer("300", Trade.GIVE)).refused(422, code);
          scene
              .rest()
              .post(
                  "/v1/quotes",
                  "{\"kind\":\"swap\",\"from\":\"%s\",\"to\":\"%s\",\"amount\":1000000}"
                      .formatted(Devnet.BTC, Devnet.ETH))
              .refused(422, "validation-failed");
        });
    Rest.Answer least = quote("transfer", route.from(), route.to(), "20000").accepted(201);
    // nobody is locked in: the bridge burns what the least deposit becomes
    assertThat(least.text("receive"))
        .isEqualTo(
            Contracts.leastBurn(
                    scene.network().genesis(), Devnet.BTC, Devnet.LEAST_TRANSFER, Devnet.FEE_RATE)
                .toString());
    quote("transfer", route.from(), route.to(), "1000000000").accepted(201);
    scene.rest().post("/v1/offers", trade.offer()).accepted(201);
  }

  private Rest.Answer quote(String kind, String from, String to, String amount) {
    return scene.rest().post("/v1/quotes", new Api.QuoteRequest(kind, from, to, amount));
  }

  // 9: names

  @Test
  void unknownNamesAreRefused() {
    Rest rest = scene.rest();
    String litecoin = Devnet.LTC.toString();
    Api.TransferRequest request = deposits.request();
    scene.unchanged(
        () -> {
          quote("swap", litecoin, Devnet.ETH.toString(), "1000").refused(422, "unknown-chain");
          quote("transfer", Devnet.BTC.toString(), litecoin, "1000").refused(422, "unknown-chain");
          quote("swap", Devnet.ETH.toString(), Devnet.BTC.toString(), "7")
              .refused(409, "route-unavailable");
          quote("gift", Devnet.BTC.toString(), Devnet.ETH.toString(), "1000")
              .refused(422, "validation-failed");
          quote("swap", "bitcoin", Devnet.ETH.toString(), "1000").refused(422, "validation-failed");
          rest.get("/v1/chains/" + Devnet.LITECOIN).refused(404, "not-found", "unknown-chain");
          rest.get("/v1/chains/litecoin").refused(422, "validation-failed");
          rest.post(
                  "/v1/transfers",
                  new Api.TransferRequest(
                      NOWHERE, request.recipient(), request.amount(), request.refundKey()),
                  "Idempotency-Key",
                  "nowhere")
              .refused(422, "unknown-route");
          for (String path :
              List.of(
                  "/v1/swaps/" + NOWHERE,
                  "/v1/transfers/" + NOWHERE,
                  "/v1/releases/" + NOWHERE,
                  "/v1/relay/transactions/" + NOWHERE,
                  "/v1/relay/packets/" + NOWHERE + "/proof",
                  "/v1/relay/blocks/999999999",
                  "/v1/nothing")) {
            rest.get(path).refused(404, "not-found");
          }
          for (String path :
              List.of(
                  "/v1/swaps/7",
                  "/v1/transfers/x",
                  "/v1/relay/blocks/-1",
                  "/v1/relay/accounts/02",
                  "/v1/swaps?limit=0",
                  "/v1/swaps?cursor=x")) {
            rest.get(path).refused(422, "validation-failed");
          }
          rest.post("/v1/swaps/" + NOWHERE + "/accept", new Api.SwapAcceptance("00"))
              .refused(404, "not-found");
        });
    rest.get("/v1/chains/" + Devnet.BITCOIN).accepted(200);
    rest.get("/v1/relay/blocks/1").accepted(200);
  }

  // 11: form

  @Test
  void requestsWithoutTheirFormAreProblems() throws IOException {
    Rest rest = scene.rest();
    Trade trade = new Trade(scene, "form");
    scene.rest().post("/v1/offers", trade.offer()).accepted(201);
    String good = Rest.JSON.writeValueAsString(trade.quoteRequest());
    HubState before = HubState.of(scene.network());
    for (String text : List.of("{", "nonsense", good + "x")) {
      rest.post("/v1/quotes", text).refused(400, "malformed-json");
    }
    rest.post("/v1/quotes", "").refused(400, "malformed-json");
    rest.post("/v1/quotes", good.replace("{", "{\"kind\":\"swap\","))
        .refused(400, "malformed-json");
    for (String text :
        List.of(
            "[]",
            "7",
            "null",
            "{}",
            "\"text\"",
            "[".repeat(5_000),
            good + good,
            good.replace("{", "{\"extra\":1,"))) {
      rest.post("/v1/quotes", text).refused(422, "validation-failed");
    }
    rest.post("/v1/quotes", good, "Content-Type", "text/plain")
        .refused(415, "unsupported-media-type");
    rest.send("POST", "/v1/quotes", good).refused(415, "unsupported-media-type");
    rest.post("/v1/quotes", "{\"kind\":\"" + "x".repeat((int) GatewayServer.MAX_BODY) + "\"}")
        .refused(413, "body-too-large");
    rest.post("/v1/transfers", deposits.request()).refused(400, "idempotency-key-missing");
    rest.post("/v1/transfers", deposits.request(), "Idempotency-Key", "x".repeat(256))
        .refused(400, "idempotency-key-missing");
    for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
      Rest.Answer answer = rest.send(method, "/v1/quotes", "").refused(405, "method-not-allowed");
      assertThat(answer.header("Allow")).isEqualTo("POST");
    }
    rest.post("/v1/status", "{}").refused(405, "method-not-allowed");
    assertThat(raw("GET /v1/chains/%zz HTTP/1.1"))
        .startsWith("HTTP/1.1 400")
        .contains("application/problem+json", "\"code\":\"malformed-request\"");
    assertThat(HubState.of(scene.network())).isEqualTo(before);
    assertThat(rest.get("/problems/body-too-large").accepted(200).body().path("status").asInt())
        .isEqualTo(413);
    rest.post("/v1/quotes", good).accepted(201);
  }

  /** What no HTTP client would send. */
  private String raw(String requestLine) throws IOException {
    int port = scene.network().gatewayUrl().getPort();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              (requestLine + "\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      StringBuilder all = new StringBuilder();
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
        in.lines().forEach(line -> all.append(line).append('\n'));
      }
      return all.toString();
    }
  }
}
