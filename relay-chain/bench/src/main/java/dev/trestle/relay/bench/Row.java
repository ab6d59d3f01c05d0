package dev.trestle.relay.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * One line of the table.
 *
 * @param work what was done; stable, for programs
 * @param value the median of the runs
 * @param better whether higher is better
 * @param target what is to be reached
 * @param more further figures of the median run, by name
 */
record Row(
    String work,
    String title,
    double value,
    String unit,
    boolean better,
    Optional<Double> target,
    Map<String, Object> more)
    implements Outcome {
  private static final JsonMapper JSON = new JsonMapper();

  Row {
    more = Map.copyOf(more);
  }

  /** With one more figure. */
  Row with(String name, Object figure) {
    Map<String, Object> all = new LinkedHashMap<>(more);
    all.put(name, figure);
    return new Row(work, title, value, unit, better, target, all);
  }

  @Override
  public boolean isReached() {
    return target.isEmpty() || (better ? value >= target.get() : value <= target.get());
  }

  @Override
  public String json(Machine machine) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bench", "relay");
    fields.put("work", work);
    fields.put("value", rounded(value));
    fields.put("unit", unit);
    target.ifPresent(
        wanted -> {
          fields.put("target", wanted);
          fields.put("reached", isReached());
        });
    more.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(entry -> fields.put(entry.getKey(), rounded(entry.getValue())));
    fields.put("machine", machine.description());
    fields.put("commit", machine.commit());
    return JSON.writeValueAsString(fields);
  }

  private static Object rounded(Object value) {
    return switch (value) {
      case Double number -> rounded(number.doubleValue());
      case List<?> list -> list.stream().map(Row::rounded).toList();
      default -> value;
    };
  }

  private static double rounded(double value) {
    return Math.abs(value) >= 100 ? Math.rint(value) : Math.rint(value * 1_000) / 1_000;
  }

  @Override
  public String text() {
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%-36s %12s %-6s", work, shown(value), unit));
    line.append(
        target
            .map(
                wanted ->
                    String.format(
                        Locale.ROOT,
                        "  %s %s %s",
                        isReached() ? "reached" : "MISSED",
                        better ? ">=" : "<=",
                        shown(wanted)))
            .orElse(""));
    more.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry ->
                line.append("  ")
                    .append(entry.getKey())
                    .append('=')
                    .append(shown(entry.getValue())));
    return line.toString();
  }

  private static String shown(Object value) {
    return switch (value) {
      case Double number when Math.abs(number) >= 100 ->
          String.format(Locale.ROOT, "%,.0f", number);
      case Double number -> String.format(Locale.ROOT, "%.3g", number);
      case List<?> list -> String.join("/", list.stream().map(Row::shown).toList());
      default -> value.toString();
    };
  }
}
