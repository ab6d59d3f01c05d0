package dev.trestle.adapter.ethereum;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs that these tests run. A missing one fails the test: it is never skipped. */
final class Tools {
  /** This module's folder, in which Maven runs the tests. */
  static final Path MODULE = Path.of("").toAbsolutePath();

  private Tools() {}

  /** The path that an environment variable names. */
  static Path fromEnvironment(String variable) {
    String value = System.getenv(variable);
    if (value == null) {
      throw new AssertionError("environment variable " + variable + " must name the program");
    }
    Path path = Path.of(value);
    assertThat(path).as("%s", variable).exists();
    return path;
  }

  /** Runs to the end, at most {@code seconds}, with standard output and error in one text. */
  static Outcome run(List<String> command, Map<String, String> environment, long seconds)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile("trestle-tool", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(MODULE.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly().waitFor();
    }
    String output = Files.readString(log);
    Files.delete(log);
    assertThat(ended).as("%s ends within %d s:%n%s", command, seconds, output).isTrue();
    return new Outcome(process.exitValue(), output);
  }

  record Outcome(int exitCode, String output) {}
}
