package dev.trestle.dist.command;

import dev.trestle.cli.Failures;
import dev.trestle.relay.consensus.Flaw;
import dev.trestle.relay.simulation.Simulation;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What {@code simulate relay} does; apart, because the simulation is not on every class path. */
final class RelaySimulation {
  /**
   * @param flaw name of a {@link Flaw}, or of one of whole nodes, in any case, with - or _
   */
  record Request(String flaw, long firstSeed, long seeds, int threads, boolean json) {}

  private RelaySimulation() {}

  /** The exit code: 0, or 8 when an invariant does not hold. */
  static int run(Request request, PrintWriter out, PrintWriter err) {
    if (request.flaw().equals("list")) {
      flaws().forEach(out::println);
      return 0;
    }
    Flaw flaw = flaw(request.flaw());
    long start = System.nanoTime();
    Simulation.Outcome outcome =
        Simulation.run(flaw, request.firstSeed(), request.seeds(), request.threads());
    double seconds = Math.max(1, System.nanoTime() - start) / 1e9;
    long rate = Math.round(outcome.runs() / seconds);
    outcome
        .violation()
        .ifPresent(
            found -> {
              err.println("seed " + found.seed() + " violates " + found.what());
              err.println("  " + found.scenario());
              err.println(
                  "  replay: ./trestle simulate relay --seed "
                      + found.seed()
                      + (flaw == Flaw.NONE ? "" : " --flaw " + name(flaw)));
            });
    int violations = outcome.violation().isPresent() ? 1 : 0;
    out.println(
        request.json()
            ? new JsonMapper().writeValueAsString(document(outcome, flaw, violations, rate))
            : String.format(
                Locale.ROOT,
                "seeds %d from %d, heights %d, violations %d, audit %s, %d seeds/s",
                outcome.runs(),
                outcome.firstSeed(),
                outcome.heights(),
                violations,
                outcome.auditHash(),
                rate));
    return violations == 0 ? 0 : Failures.VERIFICATION;
  }

  private static Map<String, Object> document(
      Simulation.Outcome outcome, Flaw flaw, int violations, long rate) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("simulation", "relay");
    document.put("flaw", name(flaw));
    document.put("firstSeed", outcome.firstSeed());
    document.put("seeds", outcome.runs());
    document.put("heights", outcome.heights());
    document.put("events", outcome.events());
    document.put("validators", outcome.sizes());
    document.put("faults", outcome.faults());
    document.put("violations", violations);
    outcome.violation().ifPresent(found -> document.put("violation", found));
    document.put("audit", outcome.auditHash());
    document.put("seedsPerSecond", rate);
    return document;
  }

  private static List<String> flaws() {
    return Arrays.stream(Flaw.values()).map(RelaySimulation::name).toList();
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
