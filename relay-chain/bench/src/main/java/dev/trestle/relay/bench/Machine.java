package dev.trestle.relay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a figure was measured on, and who else was busy there. */
record Machine(String description, String commit) {
  /** Times of all processors, in ticks. */
  record Ticks(long busy, long all) {}

  static Machine here() {
    String cpu = field(Path.of("/proc/cpuinfo"), "model name");
    long memory = digits(field(Path.of("/proc/meminfo"), "MemTotal")) / (1024 * 1024);
    String description =
        String.format(
            Locale.ROOT,
            "%d processors %s, %d GiB, %s %s, Java %s",
            Runtime.getRuntime().availableProcessors(),
            cpu.isEmpty() ? System.getProperty("os.arch") : cpu,
            memory,
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("java.version"));
    return new Machine(description, checkedOut());
  }

  private static String checkedOut() {
    String home = System.getenv("TRESTLE_HOME");
    Path folder = Path.of(home == null || home.isEmpty() ? "." : home);
    String head = Commands.output(folder, List.of("git", "rev-parse", "--short", "HEAD"));
    String changes =
        Commands.output(folder, List.of("git", "status", "--porcelain", "--untracked-files=no"));
    return head.isEmpty() ? "unknown" : head + (changes.isEmpty() ? "" : " with changes");
  }

  /** All zero where the system does not tell. */
  static Ticks ticks() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/stat"))) {
        if (line.startsWith("cpu ")) {
          // user, nice, system, idle, iowait, irq, softirq, steal
          List<Long> fields =
              Pattern.compile("\\d+")
                  .matcher(line)
                  .results()
                  .limit(8)
                  .map(field -> Long.parseLong(field.group()))
                  .toList();
          long all = fields.stream().mapToLong(Long::longValue).sum();
          long idle = fields.get(3) + fields.get(4);
          return new Ticks(all - idle, all);
        }
      }
    } catch (IOException e) {
      return new Ticks(0, 0); // no such file system
    }
    return new Ticks(0, 0);
  }

  private static String field(Path file, String name) {
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      return ""; // no such file system
    }
    return "";
  }

  private static long digits(String text) {
    String only = text.replaceAll("\\D", "");
    return only.isEmpty() ? 0 : Long.parseLong(only);
  }
}
