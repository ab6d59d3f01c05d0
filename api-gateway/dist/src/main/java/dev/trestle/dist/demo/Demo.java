package dev.trestle.dist.demo;

import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.LogTails;
import dev.trestle.dist.devnet.Phases;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Starts a network, does the three jobs, and leaves nothing running. */
public final class Demo {
  /** What goes wrong on purpose. */
  public enum Fault {
    NONE,
    /** One party of the swap stops after both locks. */
    COUNTERPARTY_VANISHES,
    /**
     * All processes of the hub are killed in the middle of swap and transfer, and started again.
     */
    KILL_HUB
  }

  private final DemoPrinter out;
  private final Path dir;
  private final Map<String, String> outcomes = new LinkedHashMap<>();
  private final Map<String, String> links = new LinkedHashMap<>();

  public Demo(DemoPrinter out, Path dir) {
    this.out = out;
    this.dir = dir;
  }

  /** Runs; true when everything ended as it should. */
  public boolean run(Fault fault) {
    boolean ok = false;
    Vertx vertx = Vertx.vertx();
    Optional<Phases> phases = Optional.empty();
    try (Devnet network =
        Devnet.start(dir, 0, fault == Fault.NONE, text -> out.note("network", text))) {
      phases = Optional.of(network.phases());
      links.put("API", network.gatewayUrl() + "/v1/status");
      try {
        jobs(fault, network, vertx);
      } catch (RuntimeException e) {
        // before the processes end: what they say at their end is not what was wrong
        tellLogs();
        throw e;
      }
      network.phases().end("jobs");
      ok = true;
    } catch (CompletionException e) {
      ok = false;
      fail(e.getCause() == null ? e : e.getCause());
    } catch (RuntimeException e) {
      ok = false;
      fail(e);
    } finally {
      vertx.close();
      if (ok) {
        Devnet.remove(dir);
      } else {
        out.note("failure", "the logs are in " + dir.resolve("logs"));
      }
      phases.ifPresent(found -> out.phases(found.seconds()));
      out.summary(ok, outcomes, links);
    }
    return ok;
  }

  private void jobs(Fault fault, Devnet network, Vertx vertx) {
    switch (fault) {
      case NONE -> threeJobs(network, vertx);
      case COUNTERPARTY_VANISHES -> vanish(network, vertx);
      case KILL_HUB -> killHub(network, vertx);
    }
  }

  private void tellLogs() {
    LogTails.of(dir).forEach((log, lines) -> lines.forEach(line -> out.note(log, line)));
  }

  private void fail(Throwable cause) {
    out.note("failure", String.valueOf(cause.getMessage()));
    if (System.getenv("TRESTLE_DEBUG") != null) {
      cause.printStackTrace(System.err);
    }
  }

  /** The jobs have nothing to do with each other: they run side by side. */
  private void threeJobs(Devnet network, Vertx vertx) {
    try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<String> swap =
          begin(jobs, () -> swap(network, vertx, "swap", () -> {}).succeed());
      CompletableFuture<String> transfer =
          begin(jobs, () -> new TransferJob(network, vertx, out, () -> {}).settle());
      CompletableFuture<String> register =
          begin(
              jobs,
              () -> {
                String status = new RegisterJob(network, out).activate();
                new SwapJob(network, vertx, out, "register", Devnet.LTC, () -> {}).succeed();
                return status;
              });
      ended(network, swap, transfer);
      outcomes.put("register", register.join());
      links.put("register", network.gatewayUrl() + "/v1/chains/" + Devnet.LITECOIN);
    }
  }

  private void killHub(Devnet network, Vertx vertx) {
    HubKiller killer =
        new HubKiller(
            network::killHub,
            () -> {
              network.restartHub();
              return network.hub().relayStatus().height();
            },
            out);
    try (ExecutorService jobs = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<String> swap =
          begin(jobs, () -> swap(network, vertx, "swap", killer::isUnderWay).succeed());
      CompletableFuture<String> transfer =
          begin(jobs, () -> new TransferJob(network, vertx, out, killer::isUnderWay).settle());
      killer.awaitEnd(jobs, List.of(swap, transfer));
      ended(network, swap, transfer);
    }
  }

  private void vanish(Devnet network, Vertx vertx) {
    String id = swap(network, vertx, "swap", () -> {}).refundBoth();
    links.put("swap", network.gatewayUrl() + "/v1/swaps/" + id);
    outcomes.put("swap", "refunded");
  }

  private SwapJob swap(Devnet network, Vertx vertx, String job, Runnable afterFirstLock) {
    return new SwapJob(network, vertx, out, job, Devnet.BTC, afterFirstLock);
  }

  private static CompletableFuture<String> begin(ExecutorService jobs, Supplier<String> job) {
    return CompletableFuture.supplyAsync(job, jobs);
  }

  private void ended(
      Devnet network, CompletableFuture<String> swap, CompletableFuture<String> transfer) {
    links.put("swap", network.gatewayUrl() + "/v1/swaps/" + swap.join());
    outcomes.put("swap", "succeeded");
    links.put("transfer", network.gatewayUrl() + "/v1/transfers/" + transfer.join());
    outcomes.put("transfer", "settled");
  }
}
