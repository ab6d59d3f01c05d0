package dev.trestle.dist.command;

import dev.trestle.cli.Failures;
import dev.trestle.htlc.SwapStatus;
import dev.trestle.htlc.simulation.Flaw;
import dev.trestle.htlc.simulation.SwapSimulation;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What {@code simulate swaps} does; apart, because the simulation is not on every class path. */
final class SwapsSimulation {
  /**
   * @param flaw name of a {@link Flaw}, in any case, with - or _
   */
  record Request(String flaw, long firstSeed, long seeds, int threads, boolean json) {}

  private SwapsSimulation() {}

  /** The exit code: 0, or 8 when an invariant does not hold. */
  static int run(Request request, PrintWriter out, PrintWriter err) {
    if (request.flaw().equals("list")) {
      flaws().forEach(out::println);
      return 0;
    }
    Flaw flaw = flaw(request.flaw());
    long start = System.nanoTime();
    SwapSimulation.Outcome outcome =
        SwapSimulation.run(flaw, request.firstSeed(), request.seeds(), request.threads());
    double seconds = Math.max(1, System.nanoTime() - start) / 1e9;
    long rate = Math.round(outcome.runs() / seconds);
    outcome.violation().ifPresent(found -> explain(flaw, found, err));
    int violations = outcome.violation().isPresent() ? 1 : 0;
    out.println(
        request.json()
            ? new JsonMapper().writeValueAsString(document(outcome, flaw, violations, rate))
            : String.format(
                Locale.ROOT,
                "seeds %d from %d, parties paid %d, refunded %d, aborted %d, violations %d, audit"
                    + " %s, %d seeds/s",
                outcome.runs(),
                outcome.firstSeed(),
                outcome.ended(SwapStatus.COMPLETED),
                outcome.ended(SwapStatus.REFUNDED),
                outcome.ended(SwapStatus.ABORTED),
                violations,
                outcome.auditHash(),
                rate));
    return violations == 0 ? 0 : Failures.VERIFICATION;
  }

  private static void explain(Flaw flaw, SwapSimulation.Found found, PrintWriter err) {
    err.println("seed " + found.seed() + " violates: " + found.what());
    SwapSimulation.trace(flaw, found.seed()).forEach(line -> err.println("  " + line));
    err.println(
        "  replay: ./trestle simulate swaps --seed "
            + found.seed()
            + (flaw == Flaw.NONE ? "" : " --flaw " + name(flaw)));
  }

  private static Map<String, Object> document(
      SwapSimulation.Outcome outcome, Flaw flaw, int violations, long rate) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("simulation", "swaps");
    document.put("flaw", name(flaw));
    document.put("firstSeed", outcome.firstSeed());
    document.put("seeds", outcome.runs());
    document.put("legs", outcome.legs());
    document.put("adversarial", outcome.adversarial());
    document.put("outcomes", outcome.outcomes());
    document.put("faults", outcome.tally());
    document.put("violations", violations);
    outcome.violation().ifPresent(found -> document.put("violation", found));
    document.put("audit", outcome.auditHash());
    document.put("seedsPerSecond", rate);
    return document;
  }

  private static List<String> flaws() {
    return Arrays.stream(Flaw.values()).map(SwapsSimulation::name).toList();
  }

  private static String name(Flaw flaw) {
    return flaw.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Flaw flaw(String name) {
    for (Flaw each : Flaw.values()) {
      if (name(each).equals(name.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return each;
      }
    }
    throw new IllegalArgumentException("no flaw is named " + name + "; there are " + flaws());
  }
}
