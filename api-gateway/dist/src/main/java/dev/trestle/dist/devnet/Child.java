package dev.trestle.dist.devnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A child process whose output goes to a file and whose id is in the registry. */
public final class Child {
  private static final long POLL_MILLIS = 25;

  private final String name;
  private final Process process;
  private final Path log;

  /** Whether we ended it ourselves. */
  private volatile boolean ending;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  public static Child start(
      ProcessRegistry registry,
      String name,
      Path log,
      List<String> command,
      Map<String, String> environment) {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    try {
      Files.createDirectories(log.toAbsolutePath().getParent());
      Process process = builder.start();
      registry.add(name, process.toHandle());
      return new Child(name, process, log);
    } catch (IOException e) {
      throw new DevnetException("cannot start " + name + ": " + e.getMessage(), e);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  /**
   * Calls {@code report} with a sentence and the end of the log if the process ends although nobody
   * asked it to through {@link #kill} or {@link #stop}.
   */
  void onUnexpectedEnd(Consumer<String> report) {
    CompletableFuture<Void> _ =
        process
            .onExit()
            .thenAccept(
                ended -> {
                  if (!ending) {
                    report.accept(
                        name
                            + " ended by itself with exit code "
                            + ended.exitValue()
                            + "; the end of its log:\n"
                            + tail());
                  }
                });
  }

  /** From now on the end of the process is nothing to report. */
  void mayEnd() {
    ending = true;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until {@code ready} holds; fails when the process ends first or the time is up. */
  public void awaitReady(BooleanSupplier ready, long timeoutSeconds) {
    long deadline = System.nanoTime() + timeoutSeconds * 1_000_000_000L;
    while (!ready.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new DevnetException(name + " ended while starting; the end of its log:\n" + tail());
      }
      if (System.nanoTime() > deadline) {
        throw new DevnetException(
            name
                + " was not ready within "
                + timeoutSeconds
                + " s; the end of its log:\n"
                + tail());
      }
      pause();
    }
  }

  /** SIGKILL: no chance to clean up, as a power cut. */
  public void kill() {
    mayEnd();
    process.destroyForcibly();
    ProcessRegistry.awaitExit(process.toHandle(), 10);
  }

  /** SIGTERM, then SIGKILL after ten seconds. */
  public void stop() {
    mayEnd();
    process.destroy();
    ProcessRegistry.awaitExit(process.toHandle(), 10);
    if (process.isAlive()) {
      kill();
    }
  }

  private void pause() {
    try {
      process.waitFor(POLL_MILLIS, java.util.concurrent.TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevnetException("interrupted while waiting for " + name);
    }
  }

  private String tail() {
    try {
      List<String> lines = Files.readAllLines(log, java.nio.charset.StandardCharsets.ISO_8859_1);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
