package dev.trestle.dist.command;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.trestle.cli.Failures;
import dev.trestle.relay.node.NodeFlaw;
import dev.trestle.relay.simulation.whole.WholeNodeSimulation;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code simulate relay --whole-node} does; apart, because the simulation is not on every
 * class path.
 */
final class WholeNodes {
  private static final String NODES = "dev.trestle.relay";

  private WholeNodes() {}

  /** The exit code: 0, or 8 when an invariant does not hold. */
  static int run(RelaySimulation.Request request, PrintWriter out, PrintWriter err) {
    if (request.flaw().equals("list")) {
      flaws().forEach(out::println);
      return 0;
    }
    NodeFlaw flaw = flaw(request.flaw());
    long start = System.nanoTime();
    WholeNodeSimulation.Outcome outcome = quietly(flaw, request);
    double seconds = Math.max(1, System.nanoTime() - start) / 1e9;
    outcome
        .violation()
        .ifPresent(
            found -> {
              err.println("seed " + found.seed() + " violates " + found.what());
              err.println("  " + found.scenario());
              err.println(
                  "  replay: ./trestle simulate relay --whole-node --seed "
                      + found.seed()
                      + (flaw == NodeFlaw.NONE ? "" : " --flaw " + name(flaw)));
            });
    int violations = outcome.violation().isPresent() ? 1 : 0;
    out.println(
        request.json()
            ? new JsonMapper()
                .writeValueAsString(document(outcome, flaw, violations, outcome.runs() / seconds))
            : String.format(
                Locale.ROOT,
                "whole nodes: seeds %d from %d, heights %d, transactions %d, violations %d,"
                    + " audit %s, %.1f seeds/s",
                outcome.runs(),
                outcome.firstSeed(),
                outcome.heights(),
                outcome.transactions(),
                violations,
                outcome.auditHash(),
                outcome.runs() / seconds));
    return violations == 0 ? 0 : Failures.VERIFICATION;
  }

  /** What thousands of nodes log under attack is not for whoever wants one line. */
  private static WholeNodeSimulation.Outcome quietly(
      NodeFlaw flaw, RelaySimulation.Request request) {
    Logger nodes = (Logger) LoggerFactory.getLogger(NODES);
    Level before = nodes.getLevel();
    nodes.setLevel(Level.OFF);
    try {
      return WholeNodeSimulation.run(flaw, request.firstSeed(), request.seeds(), request.threads());
    } finally {
      nodes.setLevel(before);
    }
  }

  private static Map<String, Object> document(
      WholeNodeSimulation.Outcome outcome, NodeFlaw flaw, int violations, double rate) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("simulation", "relay-whole-node");
    document.put("flaw", name(flaw));
    document.put("firstSeed", outcome.firstSeed());
    document.put("seeds", outcome.runs());
    document.put("heights", outcome.heights());
    document.put("transactions", outcome.transactions());
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
    return Arrays.stream(NodeFlaw.values()).map(WholeNodes::name).toList();
  }

  private static String name(NodeFlaw flaw) {
    return flaw.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static NodeFlaw flaw(String name) {
    for (NodeFlaw each : NodeFlaw.values()) {
      if (name(each).equals(name.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return each;
      }
    }
    throw new IllegalArgumentException("no flaw is named " + name + "; there are " + flaws());
  }
}
