package dev.trestle.gateway;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.TimeSource;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.gateway.cluster.LocalSharedMap;
import dev.trestle.gateway.hub.EventLog;
import dev.trestle.gateway.hub.Hub;
import dev.trestle.gateway.hub.RelaySender;
import dev.trestle.htlc.SwapTerms;
import dev.trestle.htlc.TimelockPolicy;
import dev.trestle.relay.ledger.GatewayLedger;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.SwapForms;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A gateway on the loopback address over a real ledger and chains on which nothing happens. */
final class TestGateway implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.builder().build();
  static final long NOW_MILLIS = 1_701_000_100_000L;

  final GatewayLedger ledger;
  final FakeHubNode node;
  final AssetId homeAsset;
  final AssetId farAsset;
  final FakeAdapter home;
  final FakeAdapter far;
  final SecretKey maker = key("maker");
  final SecretKey taker = key("taker");
  final TimeSource time = () -> NOW_MILLIS;
  final Hub hub;
  private final Vertx vertx = Vertx.vertx();
  private final GatewayServer server;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  TestGateway() {
    this(new GatewayLedger());
  }

  TestGateway(GatewayLedger ledger) {
    this.ledger = ledger;
    this.node = new FakeHubNode(ledger);
    this.homeAsset = ledger.asset();
    this.farAsset = AssetId.nativeCoin(ledger.far(), 60);
    this.home = new FakeAdapter(homeAsset);
    this.far = new FakeAdapter(farAsset);
    Map<ChainId, ChainAdapter> chains = Map.of(ledger.home(), home, ledger.far(), far);
    SecretKey relayKey = key("relay");
    EventLog events = new EventLog();
    node.onBlock(events::add);
    hub =
        new Hub(
            node,
            chain -> Optional.ofNullable(chains.get(chain)),
            new RelaySender(node, relayKey),
            relayKey,
            new TimelockPolicy(600, 600),
            new LocalSharedMap(time),
            new LocalSharedMap(time),
            new LocalSharedMap(time),
            events,
            time,
            "test");
    server =
        GatewayServer.start(vertx, hub, "127.0.0.1", 0)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  static SecretKey key(String name) {
    return SecretKey.derive(Bytes.utf8("gateway test"), name);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }

  HttpClient http() {
    return http;
  }

  Vertx vertx() {
    return vertx;
  }

  /** Status and parsed body. */
  record Answer(int status, String contentType, JsonNode body) {}

  Answer get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  Answer post(String path, String json, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return send(request);
  }

  Answer post(String path, Object body, String... headers) {
    return post(path, JSON.writeValueAsString(body), headers);
  }

  Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          JSON.readTree(response.body()));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // swaps

  /** An offer of 2000 far units for {@code want} home units, signed by {@code signer}. */
  Api.OfferRequest offer(long want, SecretKey signer) {
    Api.OfferRequest unsigned =
        new Api.OfferRequest(
            farAsset.toString(),
            homeAsset.toString(),
            "2000",
            Long.toString(want),
            maker.publicKey().toString(),
            key("maker claim").publicKey().compressed().toHex(),
            key("maker refund").publicKey().compressed().toHex(),
            time.nowSeconds() + 3600,
            "");
    return sign(unsigned, signer);
  }

  Api.OfferRequest sign(Api.OfferRequest offer, SecretKey signer) {
    Hash32 digest = SwapForms.offerDigest(ledger.hubId(), offer);
    return new Api.OfferRequest(
        offer.give(),
        offer.want(),
        offer.giveAmount(),
        offer.wantAmount(),
        offer.makerKey(),
        offer.makerClaimKey(),
        offer.makerRefundKey(),
        offer.expiresAt(),
        sign(digest, signer));
  }

  static String sign(Hash32 digest, SecretKey signer) {
    return Secp256k1.instance().signEcdsa(digest, signer).bytes().toHex();
  }

  Api.Quote quote(long amount) {
    Answer answer =
        post(
            "/v1/quotes",
            new Api.QuoteRequest(
                "swap", homeAsset.toString(), farAsset.toString(), Long.toString(amount)));
    if (answer.status() != 201) {
      throw new AssertionError(answer.toString());
    }
    return JSON.treeToValue(answer.body(), Api.Quote.class);
  }

  SwapTerms terms(Api.Quote quote, String secret, SecretKey who) {
    return SwapForms.terms(
        quote,
        dev.trestle.crypto.Digests.sha256(Bytes.utf8(secret)),
        who.publicKey(),
        key("taker refund").publicKey().compressed(),
        key("taker claim").publicKey().compressed());
  }

  Api.SwapRequest request(Api.Quote quote, SwapTerms terms, SecretKey signer) {
    return new Api.SwapRequest(
        quote.id(),
        SwapForms.toJson(terms),
        sign(SwapForms.agreementDigest(ledger.hubId(), terms), signer));
  }

  @Override
  public void close() {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
