package dev.trestle.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.trestle.sdk.HubClient;
import java.io.Console;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** Options that every command has, and how results are written. */
final class Output {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .changeDefaultPropertyInclusion(
              included -> included.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss zzz", Locale.ROOT);

  @Option(
      names = "--server",
      defaultValue = "${env:TRESTLE_SERVER:-http://127.0.0.1:8080}",
      description = "Gateway (default: ${DEFAULT-VALUE}).")
  private URI server = URI.create("http://127.0.0.1:8080");

  @Option(names = "--json", description = "Write one JSON document instead of text.")
  private boolean json;

  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  HubClient hub() {
    return new HubClient(server);
  }

  boolean isJson() {
    return json;
  }

  /** One result: JSON, or a line a field. */
  void show(Object result, String... lines) {
    if (json) {
      out().println(JSON.writeValueAsString(result));
    } else {
      for (String line : lines) {
        out().println(line);
      }
    }
    out().flush();
  }

  /** A table with a head, or a JSON list. */
  <T> void table(List<T> rows, List<String> head, Function<T, List<String>> cells) {
    if (json) {
      out().println(JSON.writeValueAsString(rows));
      out().flush();
      return;
    }
    List<List<String>> all = new ArrayList<>();
    all.add(head);
    rows.forEach(row -> all.add(cells.apply(row)));
    int[] widths = new int[head.size()];
    all.forEach(
        row -> {
          for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
          }
        });
    for (List<String> row : all) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out().println(line.toString().stripTrailing());
    }
    out().flush();
  }

  /**
   * Asks before money moves. The question goes to stderr.
   *
   * @throws CliException when the user declines, or when nobody can be asked and {@code confirmed}
   *     is false
   */
  @SuppressWarnings("SystemConsoleNull") // the library still declares it as nullable
  void confirm(boolean confirmed) {
    if (confirmed) {
      return;
    }
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new CliException(
          "not-confirmed", Failures.USAGE, "stdin is not a terminal: add --yes to go on");
    }
    spec.commandLine().getErr().print("Continue? [y/N] ");
    spec.commandLine().getErr().flush();
    String answer = console.readLine();
    if (answer == null || !answer.strip().toLowerCase(Locale.ROOT).startsWith("y")) {
      throw new CliException("declined", Failures.CONFLICT, "nothing was done");
    }
  }

  /** For people, on stderr. */
  void note(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
  }

  /** Unix seconds as the clock on the user's wall shows them, with the zone. */
  static String time(long unixSeconds) {
    return LOCAL.format(Instant.ofEpochSecond(unixSeconds).atZone(ZoneId.systemDefault()));
  }

  static String orDash(Optional<String> text) {
    return text.orElse("-");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Mixes these options into a command. */
  static class Base {
    @Mixin Output output = new Output();

    Output output() {
      return output;
    }
  }
}
