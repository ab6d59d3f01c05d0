package dev.trestle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.gateway.TestGateway.Answer;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.SwapForms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a user of the gateway does, every answer held against its schema. */
final class GatewayIT {
  private static final String RECIPIENT = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";
  private static final String REFUND_KEY = "11".repeat(32);

  private final TestGateway gateway = new TestGateway();
  private final SchemaCheck schemas = new SchemaCheck();

  @AfterEach
  void close() {
    gateway.close();
  }

  private Answer good(String path, String method, int status, Answer answer) {
    assertThat(answer.status()).as("%s: %s", path, answer.body()).isEqualTo(status);
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(schemas.faults(schemas.answer(path, method, status), answer.body()))
        .as("%s: %s", path, answer.body())
        .isEmpty();
    return answer;
  }

  private Answer problem(Answer answer, int status, String code) {
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(status);
    assertThat(answer.contentType()).isEqualTo("application/problem+json");
    assertThat(schemas.faults(schemas.schema("Problem"), answer.body())).isEmpty();
    assertThat(answer.body().path("type").asString()).isEqualTo("/problems/" + code);
    assertThat(answer.body().toString()).doesNotContain("dev.trestle", "Exception", "java.");
    return answer;
  }

  @Test
  void readsAnswerAsDescribed() {
    for (String path :
        List.of(
            "/v1/status",
            "/v1/chains",
            "/v1/routes",
            "/v1/offers",
            "/v1/swaps",
            "/v1/transfers",
            "/v1/releases",
            "/v1/supply",
            "/v1/committee",
            "/v1/relay/status",
            "/v1/relay/blocks",
            "/v1/relay/validators",
            "/v1/governance",
            "/v1/governance/proposals",
            "/healthz",
            "/readyz")) {
      good(path, "get", 200, gateway.get(path));
    }
    good("/v1/chains/{chain}", "get", 200, gateway.get("/v1/chains/bip122:fake"));
    good("/v1/relay/validators", "get", 200, gateway.get("/v1/relay/validators?height=1"));
    problem(gateway.get("/v1/relay/validators?height=1000000"), 404, "not-found");
    problem(gateway.get("/v1/relay/validators?height=x"), 422, "validation-failed");
    Answer meaning = good("/problems/{code}", "get", 200, gateway.get("/problems/unsafe-timelock"));
    assertThat(meaning.body().path("status").asInt()).isEqualTo(422);
    good(
        "/v1/relay/accounts/{key}",
        "get",
        200,
        gateway.get("/v1/relay/accounts/" + gateway.maker.publicKey()));
  }

  @Test
  void aSwapIsQuotedProposedAndAgreed() {
    good("/v1/offers", "post", 201, gateway.post("/v1/offers", gateway.offer(1000, gateway.maker)));
    Api.Quote quote = gateway.quote(1000);
    SwapTerms terms = gateway.terms(quote, "secret", gateway.taker);
    Api.SwapRequest request = gateway.request(quote, terms, gateway.taker);
    Answer proposed =
        good("/v1/swaps", "post", 201, gateway.post("/v1/swaps", request, "Idempotency-Key", "k"));
    String id = proposed.body().path("id").asString();
    assertThat(id).isEqualTo(SwapForms.agreementDigest(gateway.ledger.hubId(), terms).toHex());
    Answer again = gateway.post("/v1/swaps", request, "Idempotency-Key", "k");
    assertThat(again.body()).isEqualTo(proposed.body());

    problem(
        gateway.post(
            "/v1/swaps/" + id + "/accept",
            new Api.SwapAcceptance(
                TestGateway.sign(
                    SwapForms.agreementDigest(gateway.ledger.hubId(), terms), gateway.taker))),
        422,
        "invalid-signature");
    problem(
        gateway.post("/v1/swaps/" + id + "/accept", new Api.SwapAcceptance("zz")),
        422,
        "invalid-signature");
    Answer agreed =
        good(
            "/v1/swaps/{id}/accept",
            "post",
            200,
            gateway.post(
                "/v1/swaps/" + id + "/accept",
                new Api.SwapAcceptance(
                    TestGateway.sign(
                        SwapForms.agreementDigest(gateway.ledger.hubId(), terms), gateway.maker))));
    assertThat(agreed.body().path("status").asString()).isEqualTo("processing");
    good("/v1/swaps/{id}", "get", 200, gateway.get("/v1/swaps/" + id));
    good("/v1/swaps", "get", 200, gateway.get("/v1/swaps?party=" + gateway.maker.publicKey()));
    assertThat(gateway.get("/v1/swaps?party=" + gateway.maker.publicKey()).body().path("data"))
        .hasSize(1);
    assertThat(gateway.get("/v1/swaps?status=refunded").body().path("data")).isEmpty();

    // the quote, the offer and the hash are used up
    problem(
        gateway.post(
            "/v1/swaps",
            gateway.request(
                quote, gateway.terms(quote, "other secret", gateway.taker), gateway.taker),
            "Idempotency-Key",
            "k2"),
        410,
        "quote-expired");
    gateway.post("/v1/offers", gateway.offer(1100, gateway.maker));
    Api.Quote second = gateway.quote(1100);
    problem(
        gateway.post(
            "/v1/swaps",
            gateway.request(second, gateway.terms(second, "secret", gateway.taker), gateway.taker),
            "Idempotency-Key",
            "k3"),
        409,
        "hash-reused");
  }

  @Test
  void oneOfManyTakersWins() {
    gateway.post("/v1/offers", gateway.offer(1000, gateway.maker));
    List<Api.Quote> quotes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      quotes.add(gateway.quote(1000));
    }
    List<CompletableFuture<Answer>> takers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Api.Quote quote = quotes.get(i);
      SwapTerms terms = gateway.terms(quote, "secret " + i, gateway.taker);
      Api.SwapRequest request = gateway.request(quote, terms, gateway.taker);
      String key = "taker " + i;
      takers.add(
          CompletableFuture.supplyAsync(
              () -> gateway.post("/v1/swaps", request, "Idempotency-Key", key)));
    }
    List<Integer> statuses = takers.stream().map(each -> each.join().status()).toList();
    assertThat(statuses).containsOnlyOnce(201);
    assertThat(statuses.stream().filter(status -> status == 410)).hasSize(7);
  }

  @Test
  void forgedAndUnsafeTermsAreRefused() {
    problem(
        gateway.post("/v1/offers", gateway.offer(1000, gateway.taker)), 422, "invalid-signature");
    gateway.post("/v1/offers", gateway.offer(1000, gateway.maker));
    Api.Quote quote = gateway.quote(1000);
    SwapTerms terms = gateway.terms(quote, "secret", gateway.taker);
    problem(
        gateway.post(
            "/v1/swaps", gateway.request(quote, terms, gateway.maker), "Idempotency-Key", "a"),
        422,
        "invalid-signature");
    Api.SwapTerms json = SwapForms.toJson(terms);
    Api.SwapLegTerms leg = json.legs().get(1);
    Api.SwapLegTerms later =
        new Api.SwapLegTerms(
            leg.chain(),
            leg.asset(),
            leg.amount(),
            leg.claimer(),
            leg.refunder(),
            json.legs().get(0).expiry() + 1);
    SwapTerms unsafe =
        new SwapTerms(
            terms.hash(),
            List.of(
                terms.legs().get(0),
                new dev.trestle.htlc.SwapLeg(
                    terms.legs().get(1).chain(),
                    terms.legs().get(1).asset(),
                    terms.legs().get(1).amount(),
                    Bytes.fromHex(later.claimer()),
                    Bytes.fromHex(later.refunder()),
                    later.expiry())),
            terms.parties());
    problem(
        gateway.post(
            "/v1/swaps", gateway.request(quote, unsafe, gateway.taker), "Idempotency-Key", "b"),
        422,
        "unsafe-timelock");
  }

  @Test
  void keysThatTheLedgerCannotRecordAreRefused() {
    gateway.post("/v1/offers", gateway.offer(1000, gateway.maker));
    Api.Quote quote = gateway.quote(1000);
    Api.SwapRequest good =
        gateway.request(quote, gateway.terms(quote, "secret", gateway.taker), gateway.taker);
    String json = TestGateway.JSON.writeValueAsString(good);
    String key = TestGateway.key("taker claim").publicKey().compressed().toHex();
    problem(
        gateway.post("/v1/swaps", json.replace(key, "0102"), "Idempotency-Key", "a"),
        422,
        "validation-failed");
    Api.OfferRequest offer = gateway.offer(1100, gateway.maker);
    problem(
        gateway.post(
            "/v1/offers",
            TestGateway.JSON.writeValueAsString(offer).replace(offer.makerClaimKey(), "0102")),
        422,
        "validation-failed");
  }

  @Test
  void dustCannotBeLocked() {
    problem(
        gateway.post("/v1/offers", gateway.offer(FakeAdapter.DUST - 1, gateway.maker)),
        422,
        "amount-out-of-range");
    assertThat(gateway.get("/v1/offers").body().path("data")).isEmpty();
    gateway.post("/v1/offers", gateway.offer(FakeAdapter.DUST, gateway.maker));
    assertThat(gateway.get("/v1/offers").body().path("data")).hasSize(1);
  }

  @Test
  void offersOfWrongAmountsAreRefused() {
    Api.OfferRequest good = gateway.offer(1000, gateway.maker);
    String json = TestGateway.JSON.writeValueAsString(good);
    for (String amount : List.of("0", "-1", "1.5", "1e3", "", "1" + "0".repeat(78))) {
      problem(
          gateway.post("/v1/offers", json.replace("\"1000\"", "\"" + amount + "\"")),
          422,
          "amount-out-of-range");
    }
  }

  @Test
  void anAgreementIsNotRecordedOnceAChainIsDown() {
    gateway.post("/v1/offers", gateway.offer(1000, gateway.maker));
    Api.Quote quote = gateway.quote(1000);
    SwapTerms terms = gateway.terms(quote, "secret", gateway.taker);
    gateway.post("/v1/swaps", gateway.request(quote, terms, gateway.taker), "Idempotency-Key", "k");
    gateway.home.usable = false;
    var digest = SwapForms.agreementDigest(gateway.ledger.hubId(), terms);
    Api.SwapAcceptance acceptance = new Api.SwapAcceptance(TestGateway.sign(digest, gateway.maker));
    String accept = "/v1/swaps/" + digest.toHex() + "/accept";
    problem(gateway.post(accept, acceptance), 409, "chain-unavailable");
    gateway.home.usable = true;
    good("/v1/swaps/{id}/accept", "post", 200, gateway.post(accept, acceptance));
  }

  private Answer transfer(String recipient, String amount, String key) {
    return gateway.post(
        "/v1/transfers",
        new Api.TransferRequest(gateway.ledger.routeId().toHex(), recipient, amount, REFUND_KEY),
        "Idempotency-Key",
        key);
  }

  @Test
  void aTransferIsOpenedOncePerKey() {
    Answer opened = good("/v1/transfers", "post", 201, transfer(RECIPIENT, "50000", "key"));
    long height = gateway.ledger.height();
    assertThat(transfer(RECIPIENT, "50000", "key").body()).isEqualTo(opened.body());
    assertThat(gateway.ledger.height()).as("no block for a repetition").isEqualTo(height);
    problem(transfer(RECIPIENT, "50001", "key"), 422, "idempotency-key-reused");
    good(
        "/v1/transfers/{id}",
        "get",
        200,
        gateway.get("/v1/transfers/" + opened.body().path("id").asString()));
    good("/v1/relay/blocks/{height}", "get", 200, gateway.get("/v1/relay/blocks/" + height));
    good("/v1/transfers", "get", 200, gateway.get("/v1/transfers"));
  }

  @Test
  void wrongAmountsAndAddressesAreRefused() {
    for (String amount :
        List.of(
            "0", "1", "-5", "1e18", "0x10", "", " 50000", "99999999999", "1" + "0".repeat(78))) {
      problem(transfer(RECIPIENT, amount, "k"), 422, "amount-out-of-range");
    }
    for (String recipient :
        List.of(
            RECIPIENT.replace("5aA", "5aa"),
            "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
            "0x" + "00".repeat(20),
            "0x12",
            "")) {
      problem(transfer(recipient, "50000", "k"), 422, "invalid-address");
    }
    problem(
        gateway.post(
            "/v1/transfers",
            new Api.TransferRequest("00".repeat(32), RECIPIENT, "50000", REFUND_KEY),
            "Idempotency-Key",
            "k"),
        422,
        "unknown-route");
    gateway.home.usable = false;
    problem(transfer(RECIPIENT, "50000", "k"), 409, "chain-unavailable");
  }

  @Test
  void malformedRequestsAreProblems() {
    String quote =
        "{\"kind\":\"swap\",\"from\":\"bip122:fake/slip44:0\",\"to\":\"eip155:99/slip44:60\",\"amount\":";
    problem(gateway.post("/v1/quotes", "{"), 400, "malformed-json");
    problem(gateway.post("/v1/quotes", ""), 400, "malformed-json");
    problem(gateway.post("/v1/quotes", "null"), 422, "validation-failed");
    problem(gateway.post("/v1/quotes", quote + "\"1\"} x"), 400, "malformed-json");
    problem(gateway.post("/v1/quotes", quote + "1e18}"), 422, "validation-failed");
    problem(gateway.post("/v1/quotes", quote + "5}"), 422, "validation-failed");
    problem(gateway.post("/v1/quotes", quote + "null}"), 422, "validation-failed");
    problem(gateway.post("/v1/quotes", quote + "\"1\",\"x\":1}"), 422, "validation-failed");
    problem(gateway.post("/v1/quotes", quote + "\"1\",\"amount\":\"2\"}"), 400, "malformed-json");
    problem(gateway.post("/v1/quotes", quote + "\"0\"}"), 422, "amount-out-of-range");
    problem(
        gateway.post("/v1/quotes", quote.replace("fake", "other") + "\"1000\"}"),
        422,
        "unknown-chain");
    problem(
        gateway.post("/v1/quotes", quote + "\"1\"}", "Content-Type", "text/plain"),
        415,
        "unsupported-media-type");
    problem(
        gateway.post("/v1/quotes", "x".repeat((int) GatewayServer.MAX_BODY + 1)),
        413,
        "body-too-large");
    problem(
        gateway.post(
            "/v1/swaps",
            "{\"quoteId\":\"q\",\"initiatorSignature\":\"00\",\"terms\":{\"hash\":\"00\","
                + "\"legs\":[null,null],\"initiatorKey\":\"00\",\"participantKey\":\"00\"}}",
            "Idempotency-Key",
            "nulls"),
        422,
        "validation-failed");
    problem(gateway.get("/v1/nothing"), 404, "not-found");
    problem(gateway.get("/problems/nothing"), 404, "not-found");
    Answer unknown = problem(gateway.get("/v1/chains/bip122:other"), 404, "not-found");
    assertThat(unknown.body().path("code").asString()).isEqualTo("unknown-chain");
    problem(gateway.get("/v1/swaps/" + "0".repeat(64)), 404, "not-found");
    problem(gateway.get("/v1/swaps/zz"), 422, "validation-failed");
    problem(gateway.get("/v1/quotes"), 405, "method-not-allowed");
    problem(gateway.get("/v1/chains?limit=0"), 422, "validation-failed");
    problem(gateway.get("/v1/chains?limit=201"), 422, "validation-failed");
    problem(gateway.get("/v1/transfers?cursor=nope"), 422, "validation-failed");
    problem(gateway.get("/v1/swaps?cursor=nope"), 422, "validation-failed");
    problem(gateway.post("/v1/swaps", "{}"), 400, "idempotency-key-missing");
    problem(gateway.post("/v1/transfers", "{}"), 400, "idempotency-key-missing");
    problem(
        gateway.post("/v1/relay/transactions", "{\"transaction\":\"00\"}"),
        422,
        "validation-failed");
  }

  @Test
  void aTamperedOfferOfAnotherGatewayIsNotShown() {
    Api.OfferRequest genuine = gateway.offer(1000, gateway.maker);
    String id = SwapForms.offerDigest(gateway.ledger.hubId(), genuine).toHex();
    String json = TestGateway.JSON.writeValueAsString(genuine);
    java.time.Duration life = java.time.Duration.ofHours(1);
    gateway.hub.offers().put(id, json.replace("\"2000\"", "\"9000\""), life);
    gateway.hub.offers().put("00".repeat(32), json, life);
    gateway.hub.offers().put("11".repeat(32), "not json", life);
    gateway.hub.proposals().put("22".repeat(32), "not json", life);
    assertThat(gateway.get("/v1/offers").body().path("data")).isEmpty();
    assertThat(gateway.get("/v1/swaps").body().path("data")).isEmpty();
    gateway.hub.offers().put(id, json, life);
    assertThat(gateway.get("/v1/offers").body().path("data")).hasSize(1);
  }
}
