package dev.trestle.relay.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Validators as a process, with the Java and class path of this one. */
final class ValidatorProcess {
  private static final Pattern PORTS = Pattern.compile("peers (\\d+) rpc (\\d+)");

  /** Young and old generation in the collector's own words. */
  private static final Pattern HEAP_USED =
      Pattern.compile("(?m)^\\s*\\w[\\w ]*\\btotal \\d+K, used (\\d+)K");

  private static final Duration START = Duration.ofMinutes(2);

  private final Process process;
  private final List<Integer> rpcPorts;

  private ValidatorProcess(Process process, List<Integer> rpcPorts) {
    this.process = process;
    this.rpcPorts = List.copyOf(rpcPorts);
  }

  /**
   * @param accounts of the machine for transfers
   * @param configs one a validator
   * @param log gets what the process writes to its standard error, appended
   * @param heapMegabytes largest heap
   */
  static ValidatorProcess start(
      BenchValidator.Machine machine,
      int accounts,
      List<Path> configs,
      Path log,
      int heapMegabytes) {
    List<String> command = new ArrayList<>();
    command.add(
        ProcessHandle.current()
            .info()
            .command()
            .orElseThrow(() -> new BenchException("the running Java is not known")));
    command.addAll(
        List.of(
            "-Xmx" + heapMegabytes + "m",
            "-Xms" + heapMegabytes / 2 + "m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"));
    String more = System.getenv("TRESTLE_BENCH_JVM");
    if (more != null && !more.isBlank()) {
      command.addAll(List.of(more.strip().split("\\s+")));
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            BenchValidator.class.getName(),
            machine.name(),
            Integer.toString(accounts)));
    configs.forEach(config -> command.add(config.toString()));
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putIfAbsent("TRESTLE_LOG", "WARN");
      Process process = builder.start();
      return new ValidatorProcess(process, awaitPorts(process, configs.size(), log));
    } catch (IOException e) {
      throw new BenchException("cannot start a validator", e);
    }
  }

  private static List<Integer> awaitPorts(Process process, int count, Path log) {
    CompletableFuture<List<Integer>> rpc = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              List<Integer> found = new ArrayList<>();
              try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                  Matcher ports = PORTS.matcher(line);
                  if (ports.find()) {
                    found.add(Integer.parseInt(ports.group(2)));
                    if (found.size() == count) {
                      rpc.complete(List.copyOf(found));
                    }
                  }
                }
              } catch (IOException e) {
                rpc.completeExceptionally(e);
              }
              rpc.completeExceptionally(new BenchException("it ended"));
            });
    try {
      return rpc.get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      throw new BenchException("a validator did not start: " + tail(log), e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new BenchException("interrupted", e);
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }

  List<Integer> rpcPorts() {
    return rpcPorts;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** CPU time of all its threads so far. */
  Duration cpu() {
    return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** The most memory it held so far, in bytes; 0 where the system does not tell. */
  long peakMemoryBytes() {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return 0; // no such file system
    }
    return 0;
  }

  /** What lives on its heap after a collection, in bytes. */
  long liveHeapBytes() {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    String pid = Long.toString(process.pid());
    Commands.output(Path.of("."), List.of(tool.toString(), pid, "GC.run"));
    String info = Commands.output(Path.of("."), List.of(tool.toString(), pid, "GC.heap_info"));
    return used(info);
  }

  /** Of what {@code GC.heap_info} says of the serial collector; its words differ by JDK. */
  static long used(String info) {
    List<Long> generations =
        HEAP_USED
            .matcher(info)
            .results()
            .map(generation -> Long.parseLong(generation.group(1)) * 1024)
            .toList();
    if (generations.size() != 2) {
      throw new BenchException("no young and old generation in: " + info);
    }
    return generations.getFirst() + generations.getLast();
  }

  /** SIGKILL: the process gets no chance to do anything. */
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /** SIGTERM, and SIGKILL if it does not end. */
  void stop() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new BenchException("a killed process does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
