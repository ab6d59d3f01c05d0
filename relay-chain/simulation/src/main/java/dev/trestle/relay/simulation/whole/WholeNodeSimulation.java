package dev.trestle.relay.simulation.whole;

import dev.trestle.relay.node.NodeFlaw;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs many seeds. Each run is single-threaded; which thread runs it changes nothing. */
public final class WholeNodeSimulation {
  /**
   * @param audit hash over every event of every run in the order of seeds: equal for equal seeds
   * @param sizes runs by number of validators
   * @param violation the first one, by seed; runs of later seeds are not counted then
   */
  public record Outcome(
      long firstSeed,
      long runs,
      long heights,
      long transactions,
      long events,
      long audit,
      SortedMap<Integer, Long> sizes,
      WholeFaults faults,
      Optional<Found> violation) {
    private static Outcome none(long firstSeed) {
      return new Outcome(
          firstSeed, 0, 0, 0, 0, 0, new TreeMap<>(), WholeFaults.NONE, Optional.empty());
    }

    private Outcome plus(WholeReport run) {
      SortedMap<Integer, Long> more = new TreeMap<>(sizes);
      more.merge(run.scenario().validators(), 1L, Long::sum);
      return new Outcome(
          firstSeed,
          runs + 1,
          heights + run.heights(),
          transactions + run.transactions(),
          events + run.events(),
          (Long.rotateLeft(audit, 9) ^ run.audit()) * 0x9E3779B97F4A7C15L,
          more,
          faults.plus(run.faults()),
          run.violation()
              .map(what -> new Found(run.scenario().seed(), what, run.scenario().toString())));
    }

    /** 16 hex digits. */
    public String auditHash() {
      return String.format("%016x", audit);
    }
  }

  /**
   * An invariant that did not hold.
   *
   * @param what its id and what contradicts it
   * @param scenario what the seed stands for
   */
  public record Found(long seed, String what, String scenario) {}

  private WholeNodeSimulation() {}

  /** Runs {@code seeds} seeds, or up to the first that violates an invariant. */
  public static Outcome run(NodeFlaw flaw, long firstSeed, long seeds, int threads) {
    Outcome outcome = Outcome.none(firstSeed);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<WholeReport>> runs = new ArrayList<>();
      for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
        WholeScenario scenario = WholeScenario.of(seed, flaw);
        runs.add(pool.submit(() -> WholeWorld.run(scenario)));
      }
      for (Future<WholeReport> run : runs) {
        outcome = outcome.plus(run.get());
        if (outcome.violation().isPresent()) {
          return outcome;
        }
      }
      return outcome;
    } catch (InterruptedException | CancellationException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run failed", e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }
}
