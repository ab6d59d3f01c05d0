package dev.trestle.relay.simulation;

import dev.trestle.relay.consensus.Flaw;
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
public final class Simulation {
  /** Seeds that one thread takes at once. */
  private static final int CHUNK = 32;

  /**
   * @param audit hash over every event of every run in the order of seeds: equal for equal seeds
   * @param sizes runs by number of validators
   * @param violation the first one, by seed; runs of later seeds are not counted then
   */
  public record Outcome(
      long firstSeed,
      long runs,
      long heights,
      long events,
      long audit,
      SortedMap<Integer, Long> sizes,
      Faults faults,
      Optional<Found> violation) {
    static Outcome none(long firstSeed) {
      return new Outcome(firstSeed, 0, 0, 0, 0, new TreeMap<>(), Faults.NONE, Optional.empty());
    }

    Outcome plus(Report run) {
      SortedMap<Integer, Long> more = new TreeMap<>(sizes);
      more.merge(run.scenario().validators(), 1L, Long::sum);
      return new Outcome(
          firstSeed,
          runs + 1,
          heights + run.heights(),
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

  private Simulation() {}

  /** Runs {@code seeds} seeds, or up to the first that violates an invariant. */
  public static Outcome run(Flaw flaw, long firstSeed, long seeds, int threads) {
    Outcome outcome = Outcome.none(firstSeed);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<List<Report>>> chunks = new ArrayList<>();
      for (long from = firstSeed; from < firstSeed + seeds; from += CHUNK) {
        long start = from;
        long end = Math.min(from + CHUNK, firstSeed + seeds);
        chunks.add(pool.submit(() -> chunk(flaw, start, end)));
      }
      for (Future<List<Report>> chunk : chunks) {
        for (Report run : chunk.get()) {
          outcome = outcome.plus(run);
          if (outcome.violation().isPresent()) {
            return outcome;
          }
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

  private static List<Report> chunk(Flaw flaw, long from, long end) {
    List<Report> reports = new ArrayList<>();
    for (long seed = from; seed < end && !Thread.currentThread().isInterrupted(); seed++) {
      Report report = World.run(Scenario.of(seed, flaw));
      reports.add(report);
      if (report.violation().isPresent()) {
        break;
      }
    }
    return reports;
  }
}
