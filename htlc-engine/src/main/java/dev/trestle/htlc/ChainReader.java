package dev.trestle.htlc;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.ChainAdapter.Health;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Hash32;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Looks at the chains of a swap; a chain that fails or is slow gives a view without content. */
final class ChainReader {
  /** Blocks that may be missing, at the mean rate, before a chain counts as stalled. */
  static final double STALLED_BLOCKS = 14;

  private static final long STALLED_MIN_SECONDS = 60;

  private final DriverContext context;
  private final List<String> failures = new ArrayList<>();

  ChainReader(DriverContext context) {
    this.context = context;
  }

  /** What failed in {@link #read}. */
  List<String> failures() {
    return failures;
  }

  List<ChainView> read(SwapRecord record) {
    failures.clear();
    SwapTerms terms = record.terms();
    List<Future<HtlcObservation>> observations = new ArrayList<>();
    List<Future<Health>> healths = new ArrayList<>();
    for (int leg = 0; leg < terms.legs().size(); leg++) {
      ChainPorts ports = context.portsOf(terms.legs().get(leg));
      int index = leg;
      observations.add(call(() -> ports.htlc().observe(terms.htlcTerms(index))));
      healths.add(call(() -> ports.health().get()));
    }
    List<ChainView> views = new ArrayList<>();
    for (int leg = 0; leg < terms.legs().size(); leg++) {
      ChainPorts ports = context.portsOf(terms.legs().get(leg));
      Optional<HtlcObservation> seen = wait(observations.get(leg));
      boolean healthy = wait(healths.get(leg)).map(h -> isHealthy(ports, h)).orElse(false);
      Map<Hash32, TransactionStatus> own =
          seen.isPresent() ? ownTransactions(record, leg, ports) : Map.of();
      views.add(
          new ChainView(leg, ports.profile().timing(), healthy && seen.isPresent(), seen, own));
    }
    return List.copyOf(views);
  }

  private Map<Hash32, TransactionStatus> ownTransactions(
      SwapRecord record, int leg, ChainPorts ports) {
    Map<Hash32, TransactionStatus> own = new TreeMap<>();
    for (SwapRecord.SignedStep step : record.steps()) {
      if (step.key().leg() == leg) {
        wait(call(() -> ports.transactions().status(step.transactionId())))
            .ifPresent(status -> own.put(step.transactionId(), status));
      }
    }
    return own;
  }

  private static boolean isHealthy(ChainPorts ports, Health health) {
    double stalled = STALLED_BLOCKS * ports.profile().blockSeconds() + STALLED_MIN_SECONDS;
    return health.usable() && (ports.profile().test() || health.lagSeconds() <= stalled);
  }

  /** An adapter may throw instead of failing its future. */
  private static <T> Future<T> call(Supplier<Future<T>> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Optional<T> wait(Future<T> future) {
    try {
      return Optional.of(await(future, context.settings().callTimeout()));
    } catch (RuntimeException e) {
      failures.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /**
   * As {@code Async.await}, but not for ever: one silent chain must not stop the other.
   *
   * @throws AdapterException with {@code UNREACHABLE} after {@code timeout}, and the future's own
   *     failure
   */
  static <T> T await(Future<T> future, Duration timeout) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AdapterException(AdapterError.UNREACHABLE, "no answer in " + timeout, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdapterException(AdapterError.UNREACHABLE, "interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new AdapterException(AdapterError.NODE_ERROR, String.valueOf(e.getCause()), e);
    }
  }
}
