package dev.trestle.sdk;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Calls a gateway. Every method blocks and throws {@link HubException}: with the problem's code
 * when the gateway refuses, with {@code gateway-unreachable} when there is no answer. Safe for use
 * by many threads.
 */
public final class HubClient {
  /** Longer than a gateway waits for a block: its answer says more than our own impatience. */
  private static final Duration TIMEOUT = Duration.ofSeconds(40);

  /** Items of the longest page: for lists that are long and cost the gateway little. */
  private static final int MAX_PAGE = 200;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .build();
  private final URI endpoint;

  public HubClient(URI endpoint) {
    this.endpoint = endpoint;
  }

  public URI endpoint() {
    return endpoint;
  }

  public Api.Status status() {
    return get("/v1/status", Api.Status.class);
  }

  public Api.Chain chain(String caip2) {
    return get("/v1/chains/" + encode(caip2), Api.Chain.class);
  }

  public List<Api.Chain> chains() {
    return pages("/v1/chains", new TypeReference<Api.Paged<Api.Chain>>() {});
  }

  public List<Api.Route> routes() {
    return pages("/v1/routes", new TypeReference<Api.Paged<Api.Route>>() {});
  }

  public List<Api.Offer> offers() {
    return pages("/v1/offers", new TypeReference<Api.Paged<Api.Offer>>() {});
  }

  public Api.Offer createOffer(Api.OfferRequest offer) {
    return post("/v1/offers", offer, Optional.empty(), Api.Offer.class);
  }

  public Api.Quote quote(Api.QuoteRequest request) {
    return post("/v1/quotes", request, Optional.empty(), Api.Quote.class);
  }

  public Api.Swap createSwap(Api.SwapRequest request, String idempotencyKey) {
    return post("/v1/swaps", request, Optional.of(idempotencyKey), Api.Swap.class);
  }

  public Api.Swap acceptSwap(String id, Api.SwapAcceptance acceptance) {
    return post(
        "/v1/swaps/" + encode(id) + "/accept", acceptance, Optional.empty(), Api.Swap.class);
  }

  public Api.Swap swap(String id) {
    return get("/v1/swaps/" + encode(id), Api.Swap.class);
  }

  /** Swaps of the party with this compressed key, hex. */
  public List<Api.Swap> swapsOf(String party) {
    return pages("/v1/swaps?party=" + encode(party), new TypeReference<Api.Paged<Api.Swap>>() {});
  }

  public List<Api.Swap> swaps() {
    return pages("/v1/swaps", new TypeReference<Api.Paged<Api.Swap>>() {});
  }

  public Api.Transfer createTransfer(Api.TransferRequest request, String idempotencyKey) {
    return post("/v1/transfers", request, Optional.of(idempotencyKey), Api.Transfer.class);
  }

  public Api.Transfer transfer(String id) {
    return get("/v1/transfers/" + encode(id), Api.Transfer.class);
  }

  public List<Api.Transfer> transfers() {
    return pages("/v1/transfers", new TypeReference<Api.Paged<Api.Transfer>>() {});
  }

  public List<Api.Release> releases() {
    return pages("/v1/releases?limit=" + MAX_PAGE, new TypeReference<Api.Paged<Api.Release>>() {});
  }

  public Api.Release release(String id) {
    return get("/v1/releases/" + encode(id), Api.Release.class);
  }

  public List<Api.Supply> supply() {
    return pages("/v1/supply", new TypeReference<Api.Paged<Api.Supply>>() {});
  }

  public Api.Committee committee() {
    return get("/v1/committee", Api.Committee.class);
  }

  public Api.RelayStatus relayStatus() {
    return get("/v1/relay/status", Api.RelayStatus.class);
  }

  public Api.Block block(long height) {
    return get("/v1/relay/blocks/" + height, Api.Block.class);
  }

  public Api.Validators validators() {
    return get("/v1/relay/validators", Api.Validators.class);
  }

  public Api.Governance governance() {
    return get("/v1/governance", Api.Governance.class);
  }

  /** All proposals, the newest first; {@link #governance()} has the newest only. */
  public List<Api.Proposal> proposals() {
    return pages("/v1/governance/proposals", new TypeReference<Api.Paged<Api.Proposal>>() {});
  }

  public Api.PacketProof packetProof(Hash32 packetId) {
    return get("/v1/relay/packets/" + packetId.toHex() + "/proof", Api.PacketProof.class);
  }

  /** Hands a signed registration of a chain to the relay chain. */
  public Api.TransactionReceipt registerChain(Bytes transaction) {
    return post(
        "/v1/chains",
        new Api.RawTransaction(transaction.toHex()),
        Optional.empty(),
        Api.TransactionReceipt.class);
  }

  /** Hands any signed transaction to the relay chain; idempotent by its id. */
  public Api.TransactionReceipt submit(Bytes transaction) {
    return post(
        "/v1/relay/transactions",
        new Api.RawTransaction(transaction.toHex()),
        Optional.empty(),
        Api.TransactionReceipt.class);
  }

  /** Sender state of a compressed key, hex. */
  public Api.Account account(String key) {
    return get("/v1/relay/accounts/" + encode(key), Api.Account.class);
  }

  public Api.TransactionReceipt receipt(String id) {
    return get("/v1/relay/transactions/" + encode(id), Api.TransactionReceipt.class);
  }

  /**
   * Asks again until {@code done} holds.
   *
   * @throws HubException with {@code timed-out} when it does not within {@code patience}
   */
  public <T> T await(
      String what, Supplier<T> question, Predicate<T> done, Duration patience, Duration interval) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      T answer = question.get();
      if (done.test(answer)) {
        return answer;
      }
      if (System.nanoTime() > deadline) {
        throw new HubException(
            HubException.Check.TIMED_OUT, what + " did not come within " + patience);
      }
      try {
        Thread.sleep(interval);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new HubException(
            HubException.Check.TIMED_OUT, "interrupted while waiting for " + what);
      }
    }
  }

  private <T> List<T> pages(String path, TypeReference<Api.Paged<T>> type) {
    List<T> all = new ArrayList<>();
    String cursor = "";
    while (true) {
      String join = path.contains("?") ? "&" : "?";
      String page = cursor.isEmpty() ? path : path + join + "cursor=" + encode(cursor);
      Api.Paged<T> answer = parse(send("GET", page, Optional.empty(), Optional.empty()), type);
      all.addAll(answer.data());
      if (!answer.page().hasMore() || answer.page().next().isEmpty()) {
        return List.copyOf(all);
      }
      cursor = answer.page().next().get();
    }
  }

  private <T> T get(String path, Class<T> type) {
    return parse(send("GET", path, Optional.empty(), Optional.empty()), JsonType.of(type));
  }

  private <T> T post(String path, Object body, Optional<String> idempotencyKey, Class<T> type) {
    String json = JSON.writeValueAsString(body);
    return parse(send("POST", path, Optional.of(json), idempotencyKey), JsonType.of(type));
  }

  private static <T> T parse(String body, TypeReference<T> type) {
    try {
      return JSON.readValue(body, type);
    } catch (JacksonException e) {
      throw new HubException(
          HubException.Check.GATEWAY_MISMATCH, "the gateway's answer has another form", e);
    }
  }

  private String send(
      String method, String path, Optional<String> body, Optional<String> idempotencyKey) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.resolve(path))
            .timeout(TIMEOUT)
            .header("Accept", "application/json")
            .method(
                method,
                body.map(HttpRequest.BodyPublishers::ofString)
                    .orElse(HttpRequest.BodyPublishers.noBody()));
    body.ifPresent(json -> request.header("Content-Type", "application/json"));
    idempotencyKey.ifPresent(key -> request.header("Idempotency-Key", key));
    try {
      HttpResponse<String> response =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() / 100 != 2) {
        throw problem(response);
      }
      return response.body();
    } catch (IOException e) {
      throw new HubException(
          HubException.Check.GATEWAY_UNREACHABLE,
          endpoint + " does not answer" + reason(e) + "; is the network up?",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HubException(HubException.Check.GATEWAY_UNREACHABLE, "interrupted", e);
    }
  }

  /** The JDK's client leaves the reason of a refused connection to the cause, or out. */
  private static String reason(IOException failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at.getMessage() != null && !at.getMessage().isBlank()) {
        return ": " + at.getMessage();
      }
    }
    return failure instanceof ConnectException ? ": nothing listens there" : "";
  }

  private static HubException problem(HttpResponse<String> response) {
    try {
      JsonNode problem = JSON.readTree(response.body());
      return new HubException(
          problem.path("code").asString("internal"),
          response.statusCode(),
          problem.path("detail").asString(problem.path("title").asString("no detail")));
    } catch (JacksonException e) {
      return new HubException(
          "internal", response.statusCode(), "the answer is not a problem document");
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** A class as a type reference, so that one parser serves both. */
  private static final class JsonType {
    static <T> TypeReference<T> of(Class<T> type) {
      return new TypeReference<>() {
        @Override
        public java.lang.reflect.Type getType() {
          return type;
        }
      };
    }
  }
}
