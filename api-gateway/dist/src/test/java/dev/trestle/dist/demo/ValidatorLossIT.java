package dev.trestle.dist.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.dist.demo.ChainComparison.Link;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.DevnetFiles;
import dev.trestle.gateway.hub.FollowerNode;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.HubException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Validators die by SIGKILL under a network of real nodes: one is borne, two halt the chain. */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ValidatorLossIT {
  private static final DemoPrinter OUT = new DemoPrinter(System.out, false);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Milliseconds after which the gateway calls a chain halted that leaves work undone. */
  private static final long STALLED_AFTER = FollowerNode.STALLED_AFTER.toMillis();

  /** The order in which validators die: the first two alone, the others together. */
  private static final List<Integer> ORDER =
      new ArrayList<>(IntStream.range(0, DevnetFiles.VALIDATORS).boxed().toList());

  private static Vertx vertx;
  private static Devnet network;

  /** When a validator dies. */
  enum Moment {
    /** A lock of the swap and the deposit of the transfer have been sent. */
    BOTH_UNDER_WAY,
    /** The deposit has been sent; offer and agreement of the swap come afterwards. */
    BEFORE_THE_SWAP
  }

  @BeforeAll
  static void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) {
    long seed = System.nanoTime();
    Collections.shuffle(ORDER, new Random(seed));
    OUT.note("seed", seed + ": validators die in the order " + ORDER);
    vertx = Vertx.vertx();
    network = Devnet.start(folder.resolve("network"), 0, false, text -> OUT.note("network", text));
  }

  @AfterAll
  static void end() {
    network.close();
    vertx.close();
  }

  @ParameterizedTest
  @Order(1)
  @CsvSource({"0, BOTH_UNDER_WAY", "1, BEFORE_THE_SWAP"})
  void swapAndTransferEndWellWithoutAnyOneValidator(int turn, Moment moment) {
    int victim = ORDER.get(turn);
    String name = "loss-" + victim;
    String address = address(victim);
    CompletableFuture<Boolean> locked = new CompletableFuture<>();
    CompletableFuture<Boolean> deposited = new CompletableFuture<>();
    SwapJob swapJob =
        new SwapJob(network, vertx, OUT, name, Devnet.BTC, () -> locked.complete(true));
    TransferJob transferJob = new TransferJob(network, vertx, OUT, () -> deposited.complete(true));
    boolean killed = false;
    try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<String> transfer = begin(jobs, transferJob::settle);
      untilFirst(transfer, deposited);
      if (moment == Moment.BEFORE_THE_SWAP) {
        network.killValidator(victim);
      }
      CompletableFuture<String> swap = begin(jobs, swapJob::succeed);
      if (moment == Moment.BOTH_UNDER_WAY) {
        untilFirst(swap, locked);
        network.killValidator(victim);
      }
      killed = true;
      assertThat(swap).as("the swap has not ended before").isNotDone();
      assertThat(transfer).as("the transfer has not ended before").isNotDone();
      OUT.note(name, "SIGKILL to validator " + victim + " " + address);
      Api.RelayStatus seen =
          Waiting.until(
              "the gateway to miss the validator",
              network.hub()::relayStatus,
              status -> status.unreachable().contains(address));
      assertThat(seen.healthy()).as("it can do without one").isTrue();

      // both check the balances on the chains themselves
      assertThat(network.hub().swap(swap.join()).status()).isEqualTo("succeeded");
      assertThat(network.hub().transfer(transfer.join()).status()).isEqualTo("settled");
      assertThat(network.hub().relayStatus().healthy()).isTrue();
      assertThat(network.hub().relayStatus().unreachable())
          .as("it is still gone when the jobs are done")
          .contains(address);
    } finally {
      if (killed) {
        network.restartValidator(victim);
      }
    }
    awaitCaughtUp(victim);
  }

  /** Last: its comparison goes over what all the others left. */
  @Test
  @Order(2)
  void withoutTwoTheChainHaltsAndSaysSoAndResumesByItself() throws Exception {
    List<Integer> survivors = ORDER.subList(0, 2);
    List<Integer> victims = ORDER.subList(2, 4);
    List<String> gone = victims.stream().map(ValidatorLossIT::address).toList();
    try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<String> transfer =
          begin(jobs, () -> new TransferJob(network, vertx, OUT, () -> {}).settle());
      // a deposit that is not proved yet grows too old in a long halt: only from here on can a
      // transfer wait for ever
      Waiting.until(
          "a packet under way",
          network.hub()::transfers,
          all ->
              transfer.isCompletedExceptionally()
                  || all.stream().anyMatch(each -> each.status().equals("delivering")));
      assertThat(transfer).isNotDone();
      victims.parallelStream().forEach(network::killValidator);
      OUT.note("halt", "SIGKILL to validators " + victims);
      Api.RelayStatus halted;
      try {
        halted = requireHalt(survivors, gone);
        assertThat(transfer).as("nothing can settle").isNotDone();
      } finally {
        victims.forEach(network::restartValidator);
        OUT.note("halt", "validators " + victims + " start again");
      }
      Waiting.until(
          "blocks after the restart",
          network.hub()::relayStatus,
          status -> status.healthy() && status.height() > halted.height() + 1);
      OUT.note("halt", "blocks again, at height " + network.hub().relayStatus().height());
      assertThat(network.hub().transfer(transfer.join()).status()).isEqualTo("settled");
    }
    victims.forEach(ValidatorLossIT::awaitCaughtUp);
    Waiting.until(
        "connections to all validators",
        network.hub()::relayStatus,
        status -> status.unreachable().isEmpty());
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    assertThat(network.hub().quote(quoteOfTheBridge()).kind()).isEqualTo("transfer");
    requireOneChain();
  }

  /** Two of four decide nothing, and whoever asks the gateway learns it. */
  private static Api.RelayStatus requireHalt(List<Integer> survivors, List<String> gone)
      throws IOException, InterruptedException {
    // what three had begun may still be finished; from then on there is no quorum
    long last = survivors.stream().mapToLong(ValidatorLossIT::head).max().orElseThrow() + 1;
    Api.RelayStatus halted =
        Waiting.until(
            "the gateway to say that the chain is halted",
            network.hub()::relayStatus,
            status -> !status.healthy());
    long since = halted.stalledSinceMillis().orElseThrow();
    String sinceText = Instant.ofEpochMilli(since).truncatedTo(ChronoUnit.SECONDS).toString();
    OUT.note("halt", "the gateway says so: height " + halted.height() + " since " + sinceText);
    assertThat(halted.unreachable()).containsAll(gone);
    assertThat(since)
        .as("since the last block, or later when nothing waited, and for as long as is said")
        .isBetween(halted.lastBlockMillis(), System.currentTimeMillis() - STALLED_AFTER);

    HttpResponse<String> ready = get("/readyz");
    JsonNode problem = JSON.readTree(ready.body());
    assertThat(ready.statusCode()).isEqualTo(503);
    assertThat(problem.path("code").asString()).isEqualTo("relay-no-quorum");
    assertThat(problem.path("detail").asString()).contains(sinceText).contains(gone);
    assertThat(get("/metrics").body()).contains("trestle_relay_stalled 1.0");
    assertThat(network.hub().status().relay().healthy()).isFalse();
    Api.QuoteRequest quote = quoteOfTheBridge();
    assertThatThrownBy(() -> network.hub().quote(quote))
        .isInstanceOfSatisfying(
            HubException.class, refused -> assertThat(refused.code()).isEqualTo("relay-no-quorum"));

    assertThat(halted.height()).isLessThanOrEqualTo(last);
    assertThat(survivors).extracting(ValidatorLossIT::head).containsOnly(halted.height());
    assertThat(survivors)
        .extracting(index -> link(index, halted.height()).id())
        .containsOnly("0x" + halted.head());
    return halted;
  }

  private static CompletableFuture<String> begin(ExecutorService jobs, Supplier<String> job) {
    return CompletableFuture.supplyAsync(job, jobs);
  }

  /** Waits for the event; a job that fails before it is the failure. */
  private static void untilFirst(CompletableFuture<String> job, CompletableFuture<Boolean> event) {
    CompletableFuture.anyOf(job, event)
        .orTimeout(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .join();
  }

  private static Api.QuoteRequest quoteOfTheBridge() {
    Api.Route route =
        network.hub().routes().stream()
            .filter(each -> each.kind().equals("transfer"))
            .findFirst()
            .orElseThrow();
    return new Api.QuoteRequest("transfer", route.from(), route.to(), "30000000");
  }

  private static JsonNode status(int validator) {
    return network.validatorRpc(validator).call("relay_status");
  }

  private static String address(int validator) {
    return status(validator).path("validator").asString();
  }

  private static long head(int validator) {
    return status(validator).path("head").asLong();
  }

  /** Until the restarted validator has what the gateway has. */
  private static void awaitCaughtUp(int validator) {
    long height = network.hub().relayStatus().height();
    Waiting.until(
        "validator " + validator + " to catch up",
        () -> answer(validator),
        status -> status.path("head").asLong() >= height);
  }

  /** Its status; an empty object while it starts. */
  private static JsonNode answer(int validator) {
    try {
      return status(validator);
    } catch (DevnetException e) {
      return JSON.createObjectNode();
    }
  }

  private static Link link(int validator, long height) {
    JsonNode block = network.validatorRpc(validator).call("relay_getBlock", height);
    return new Link(
        block.path("height").asLong(),
        block.path("id").asString(),
        block.path("parentId").asString());
  }

  /** All four have the same block at every height from the genesis to their common head. */
  private static void requireOneChain() {
    List<Integer> all = IntStream.range(0, DevnetFiles.VALIDATORS).boxed().toList();
    long common = all.stream().mapToLong(ValidatorLossIT::head).min().orElseThrow();
    assertThat(all)
        .extracting(index -> status(index).path("chainId").asString())
        .containsOnly("0x" + network.genesis().chainId().toHex());
    Map<String, CompletableFuture<List<Link>>> fetched = new TreeMap<>();
    try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int index : all) {
        fetched.put(
            "validator " + index,
            CompletableFuture.supplyAsync(() -> chain(index, common), workers));
      }
    }
    Map<String, List<Link>> chains = new TreeMap<>();
    fetched.forEach((name, links) -> chains.put(name, links.join()));
    assertThat(ChainComparison.faults("0x" + network.genesis().chainId().toHex(), chains, common))
        .isEmpty();
    OUT.note("chains", "all four have the same " + common + " blocks");
  }

  private static List<Link> chain(int validator, long height) {
    List<Link> links = new ArrayList<>();
    for (long h = 1; h <= height; h++) {
      links.add(link(validator, h));
    }
    return links;
  }

  private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(network.gatewayUrl().resolve(path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
