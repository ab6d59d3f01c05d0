package dev.trestle.dist.demo;

import dev.trestle.dist.devnet.JavaChild;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One {@code trestle demo --json} in a process of its own, from its first line to its end. */
final class DemoRun {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final long LIMIT_SECONDS = 420;

  private final Map<Long, ProcessHandle> started = new ConcurrentSkipListMap<>();
  private final List<String> lines = new ArrayList<>();
  private List<String> leftOvers = List.of();
  private int exit = -1;

  private DemoRun() {}

  /** Runs to the end; whatever still runs after a failure is ended. */
  static DemoRun of(Path cache, String... options) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("demo", "--json"));
    arguments.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(JavaChild.command(arguments));
    builder.environment().put("TRESTLE_CACHE", cache.toString());
    builder.redirectError(cache.resolve("demo.err").toFile());
    DemoRun run = new DemoRun();
    Process demo = builder.start();
    // a read from the pipe cannot be interrupted: the end of the process is what ends it
    CompletableFuture<Process> limit =
        demo.onExit()
            .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
            .whenComplete((ended, late) -> demo.destroyForcibly());
    try (BufferedReader out = demo.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        run.lines.add(line);
        demo.descendants().forEach(child -> run.started.put(child.pid(), child));
      }
      run.exit = demo.waitFor();
      run.leftOvers = run.alive();
    } finally {
      limit.cancel(false);
      demo.destroyForcibly();
      endRegistered(cache);
    }
    return run;
  }

  private static void endRegistered(Path cache) throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      files
          .filter(file -> file.endsWith("processes"))
          .forEach(file -> new ProcessRegistry(file).endAll());
    }
  }

  int exit() {
    return exit;
  }

  /** Every line, parsed; one that is no JSON object is a failure. */
  List<JsonNode> events() {
    return lines.stream()
        .map(
            line -> {
              JsonNode event = JSON.readTree(line);
              if (!event.isObject()) {
                throw new AssertionError("no JSON object: " + line);
              }
              return event;
            })
        .toList();
  }

  JsonNode summary() {
    return events().getLast();
  }

  String output() {
    return String.join("\n", lines);
  }

  /** How many processes of the network were seen. */
  int processes() {
    return started.size();
  }

  /** Those that outlived the demo. */
  List<String> leftOvers() {
    return leftOvers;
  }

  private List<String> alive() {
    return started.values().stream()
        .filter(ProcessHandle::isAlive)
        .map(process -> process.pid() + " " + process.info().commandLine().orElse(""))
        .toList();
  }
}
