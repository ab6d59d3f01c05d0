package dev.trestle.cli;

import dev.trestle.adapter.NativeIds;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.SwapProgress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Prints the progress of swaps, one line (or JSON object) each, as the engine tells it. */
final class ProgressPrinter implements Consumer<SwapProgress> {
  private final Output output;
  private final ConcurrentMap<Hash32, CompletableFuture<Void>> ended = new ConcurrentHashMap<>();

  ProgressPrinter(Output output) {
    this.output = output;
  }

  @Override
  public void accept(SwapProgress progress) {
    Line line = Line.of(progress);
    output.show(line, line.text());
    if (progress.step() == SwapProgress.Step.ENDED) {
      end(progress.swapId()).complete(null);
    }
  }

  /**
   * Waits until the last line of a swap is out: its status is final a moment before the engine
   * tells of it, and who stops listening then prints a swap without its end.
   */
  void awaitEnd(Hash32 swapId, Duration patience) {
    try {
      end(swapId).get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // the outcome is known; only its line is missing
    }
  }

  private CompletableFuture<Void> end(Hash32 swapId) {
    return ended.computeIfAbsent(swapId, id -> new CompletableFuture<>());
  }

  /** One progress of a swap, as JSON has it. */
  record Line(
      String swapId,
      String step,
      String status,
      Optional<Integer> leg,
      Optional<String> chain,
      Optional<String> transaction,
      long confirmations,
      String detail,
      long elapsedSeconds) {
    static Line of(SwapProgress progress) {
      return new Line(
          progress.swapId().toHex(),
          progress.step().name(),
          progress.status().name(),
          progress.leg(),
          progress.chain().map(ChainId::toString),
          progress
              .chain()
              .flatMap(chain -> progress.transactionId().map(id -> NativeIds.of(chain, id))),
          progress.confirmations(),
          progress.detail(),
          progress.elapsedSeconds());
    }

    String text() {
      return String.format(
              "%6d s  %-15s %-13s %s %s %s",
              elapsedSeconds,
              step,
              status,
              Output.orDash(chain),
              Output.orDash(transaction),
              detail)
          .stripTrailing();
    }
  }
}
