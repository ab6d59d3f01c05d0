package dev.trestle.dist.demo;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** Prints the steps of a demo as they happen: a line for people, or one JSON object a line. */
public final class DemoPrinter {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final PrintStream out;
  private final boolean json;
  private final long startNanos = System.nanoTime();

  public DemoPrinter(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Seconds since the demo was launched. */
  public double elapsed() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  /** Something about the network or a job as a whole. */
  public void note(String job, String text) {
    if (json) {
      print("note", Map.of("job", job, "text", text));
    } else {
      line(job, text);
    }
  }

  /**
   * A step of a job on a chain.
   *
   * @param transaction id as people know it there; empty for none
   * @param confirmations 0 in the mempool
   */
  public void step(String job, String chain, String step, String transaction, long confirmations) {
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("job", job);
      fields.put("chain", chain);
      fields.put("step", step);
      if (!transaction.isEmpty()) {
        fields.put("transaction", transaction);
        fields.put("confirmations", confirmations);
      }
      print("step", fields);
    } else {
      String where = transaction.isEmpty() ? "" : "  tx " + transaction + "  conf " + confirmations;
      line(job, String.format(Locale.ROOT, "%-9s %s%s", chain, step, where));
    }
  }

  /** How long the parts of the run took, seconds. */
  public void phases(Map<String, Double> seconds) {
    if (json) {
      print("phases", Map.of("phases", seconds));
    } else {
      String parts =
          seconds.entrySet().stream()
              .map(each -> each.getKey() + " " + each.getValue() + " s")
              .collect(Collectors.joining(", "));
      line("phases", parts);
    }
  }

  /** The last line. */
  public void summary(boolean ok, Map<String, String> outcomes, Map<String, String> links) {
    if (json) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("ok", ok);
      fields.put("seconds", Math.round(elapsed()));
      fields.putAll(outcomes);
      print("summary", fields);
      return;
    }
    out.println();
    out.println(
        (ok ? "Done" : "FAILED") + " in " + Math.round(elapsed()) + " s: " + words(outcomes));
    links.forEach((what, link) -> out.printf(Locale.ROOT, "  %-10s %s%n", what, link));
    if (!links.isEmpty()) {
      out.println("These pages ended with the network; ./trestle up starts one that stays.");
    }
    out.flush();
  }

  private static String words(Map<String, String> outcomes) {
    return outcomes.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }

  private synchronized void print(String event, Map<String, Object> fields) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("event", event);
    all.putAll(fields);
    if (!event.equals("summary")) {
      all.put("elapsed", Math.round(elapsed() * 10) / 10.0);
    }
    out.println(JSON.writeValueAsString(all));
    out.flush();
  }

  private synchronized void line(String job, String text) {
    out.printf(Locale.ROOT, "%6.1fs  %-9s %s%n", elapsed(), job, text);
    out.flush();
  }
}
