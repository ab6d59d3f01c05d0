package dev.trestle.htlc.simulation;

import dev.trestle.htlc.SwapStatus;
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
public final class SwapSimulation {
  /** Seeds that one thread takes at once. */
  private static final int CHUNK = 32;

  /**
   * What some seeds came to.
   *
   * @param outcomes honest parties by how they ended
   * @param legs runs by number of legs
   * @param adversarial runs in which somebody kept no rule
   * @param audit hash over every run in the order of seeds: equal for equal seeds
   * @param violation the first one, by seed; runs of later seeds are not counted then
   */
  public record Outcome(
      long firstSeed,
      long runs,
      SortedMap<SwapStatus, Long> outcomes,
      SortedMap<Integer, Long> legs,
      long adversarial,
      Tally tally,
      long audit,
      Optional<Found> violation) {
    private static Outcome none(long firstSeed) {
      return new Outcome(
          firstSeed, 0, new TreeMap<>(), new TreeMap<>(), 0, Tally.NONE, 0, Optional.empty());
    }

    private Outcome plus(SwapRun.Report run) {
      SortedMap<SwapStatus, Long> ends = new TreeMap<>(outcomes);
      run.outcomes().forEach(end -> ends.merge(end, 1L, Long::sum));
      SortedMap<Integer, Long> sizes = new TreeMap<>(legs);
      sizes.merge(run.scenario().chains().size(), 1L, Long::sum);
      long hash = run.tally().hashCode();
      for (SwapStatus end : run.outcomes()) {
        hash = hash * 31 + end.name().hashCode();
      }
      return new Outcome(
          firstSeed,
          runs + 1,
          ends,
          sizes,
          adversarial + (run.scenario().isAllHonest() ? 0 : 1),
          tally.plus(run.tally()),
          (Long.rotateLeft(audit, 9) ^ hash) * 0x9E3779B97F4A7C15L,
          run.violation()
              .map(what -> new Found(run.scenario().seed(), what, run.scenario().toString())));
    }

    /** How many honest parties ended so. */
    public long ended(SwapStatus status) {
      return outcomes.getOrDefault(status, 0L);
    }

    /** 16 hex digits. */
    public String auditHash() {
      return String.format("%016x", audit);
    }
  }

  /**
   * An invariant that did not hold.
   *
   * @param what which, and what contradicts it
   * @param scenario what the seed stands for
   */
  public record Found(long seed, String what, String scenario) {}

  private SwapSimulation() {}

  /** Runs {@code seeds} seeds, or up to the first that violates an invariant. */
  public static Outcome run(Flaw flaw, long firstSeed, long seeds, int threads) {
    Outcome outcome = Outcome.none(firstSeed);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<List<SwapRun.Report>>> chunks = new ArrayList<>();
      for (long from = firstSeed; from < firstSeed + seeds; from += CHUNK) {
        long start = from;
        long end = Math.min(from + CHUNK, firstSeed + seeds);
        chunks.add(pool.submit(() -> chunk(flaw, start, end)));
      }
      for (Future<List<SwapRun.Report>> chunk : chunks) {
        for (SwapRun.Report run : chunk.get()) {
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

  /** Runs one seed and says what happened in it, tick by tick. */
  public static List<String> trace(Flaw flaw, long seed) {
    List<String> lines = new ArrayList<>();
    Scenario scenario = Scenario.of(seed, flaw);
    lines.add(scenario.toString());
    SwapRun.Report report = SwapRun.run(scenario, lines::add);
    lines.add(report.violation().orElse("no violation") + " " + report.outcomes());
    return List.copyOf(lines);
  }

  private static List<SwapRun.Report> chunk(Flaw flaw, long from, long end) {
    List<SwapRun.Report> reports = new ArrayList<>();
    for (long seed = from; seed < end && !Thread.currentThread().isInterrupted(); seed++) {
      SwapRun.Report report = SwapRun.run(Scenario.of(seed, flaw));
      reports.add(report);
      if (report.violation().isPresent()) {
        break;
      }
    }
    return reports;
  }
}
