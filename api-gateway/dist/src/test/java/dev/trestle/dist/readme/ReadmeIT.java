package dev.trestle.dist.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.dist.devnet.Ports;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs every command block of README.md, in order, against the network that its own {@code
 * ./trestle up} starts, and holds what is printed against what the page shows.
 */
final class ReadmeIT {
  /** Blocks that do not run here, with the reason. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "./trestle demo\n", "the acceptance tests run it",
          "./trestle test\n", "it is the run that this test is part of");

  private static final long BLOCK_SECONDS = 120;

  @TempDir private Path folder;

  @AfterEach
  void endAll() {
    new ProcessRegistry(folder.resolve("cache/networks/up/processes")).endAll();
  }

  @Test
  void everyCommandRunsAsPrinted() throws IOException, InterruptedException {
    List<Readme.Example> examples = Readme.load().examples();
    assertThat(examples).extracting(Readme.Example::commands).containsAll(ELSEWHERE.keySet());
    assertThat(examples).hasSizeGreaterThan(9);
    writeLauncher();
    int port = Ports.free();
    for (Readme.Example example : examples) {
      if (!ELSEWHERE.containsKey(example.commands())) {
        run(example, port);
      }
      if (example.commands().equals("./trestle up\n")) {
        upOnceMoreChangesNothing(example, port);
      }
    }
    assertThat(new ProcessRegistry(folder.resolve("cache/networks/up/processes")).running())
        .as("./trestle down leaves nothing")
        .isEmpty();
  }

  private void upOnceMoreChangesNothing(Readme.Example up, int port)
      throws IOException, InterruptedException {
    ProcessRegistry processes = new ProcessRegistry(folder.resolve("cache/networks/up/processes"));
    List<ProcessHandle> before = processes.running();
    run(up, port);
    assertThat(processes.running()).isEqualTo(before);
  }

  private void run(Readme.Example example, int port) throws IOException, InterruptedException {
    String commands =
        example
            .commands()
            .replace("./trestle up", "./trestle up --port " + port)
            .replace("127.0.0.1:8080", "127.0.0.1:" + port);
    Path out = Files.createTempFile(folder, "out", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("TRESTLE_CACHE", folder.resolve("cache").toString());
    builder.environment().put("TRESTLE_SERVER", "http://127.0.0.1:" + port);
    Process process = builder.start();
    boolean ended = process.waitFor(BLOCK_SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String printed = Files.readString(out).replace("127.0.0.1:" + port, "127.0.0.1:8080");
    assertThat(ended).as("ends in time: %s%n%s", commands, printed).isTrue();
    assertThat(process.exitValue()).as("%s%n%s", commands, printed).isZero();
    example
        .output()
        .ifPresent(
            promised ->
                assertThat(Readme.missing(promised, printed))
                    .as("%s%nprints%n%s", commands, printed)
                    .isEmpty());
  }

  /** What the repository's launcher does after building: the same program from our class path. */
  private void writeLauncher() throws IOException {
    String flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-agentlib"))
            .map(flag -> "'" + flag + "'")
            .collect(Collectors.joining(" "));
    String java = ProcessHandle.current().info().command().orElseThrow();
    Path launcher = folder.resolve("trestle");
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '%s' %s -Xmx384m -cp '%s' dev.trestle.dist.TrestleMain \"$@\"\n"
            .formatted(java, flags, System.getProperty("java.class.path")));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }
}
