package dev.trestle.dist.devnet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the processes of a network said last: the first thing to read when a run failed. */
public final class LogTails {
  /** Lines of each log. */
  private static final int LINES = 12;

  /** Lines that every start and end brings and that say nothing of a failure. */
  private static final List<String> EVERYDAY = List.of("connected to Peer", " ended: ");

  private LogTails() {}

  /**
   * The last lines of each log in a network's folder, by the log's name; those about connections
   * coming and going are left out.
   */
  public static Map<String, List<String>> of(Path network) {
    Map<String, List<String>> tails = new TreeMap<>();
    Path logs = network.resolve("logs");
    if (!Files.isDirectory(logs)) {
      return tails;
    }
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        tails.put(String.valueOf(file.getFileName()), tail(file));
      }
    } catch (IOException e) {
      throw new DevnetException("cannot read " + logs, e);
    }
    return tails;
  }

  private static List<String> tail(Path log) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<String> all = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      all.filter(line -> EVERYDAY.stream().noneMatch(line::contains))
          .forEach(
              line -> {
                lines.add(line);
                if (lines.size() > LINES) {
                  lines.removeFirst();
                }
              });
    }
    return List.copyOf(lines);
  }
}
