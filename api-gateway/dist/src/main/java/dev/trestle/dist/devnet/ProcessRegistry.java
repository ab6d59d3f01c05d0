package dev.trestle.dist.devnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers every child process in a file, so that whoever comes next can end what a crash left
 * running. A process is known by its id and its start time: an id that the system has given to
 * another process since is left alone. Nothing is ever ended by name.
 */
public final class ProcessRegistry {
  private static final long TERM_SECONDS = 10;

  private final Path file;

  public ProcessRegistry(Path file) {
    this.file = file;
  }

  /** Makes {@code process} known under {@code name} before anything else is done with it. */
  public synchronized void add(String name, ProcessHandle process) {
    String line = process.pid() + " " + startMillis(process) + " " + name + "\n";
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(
          file,
          line,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND,
          StandardOpenOption.SYNC);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processes of the file that still run, in the order in which they were started. */
  public synchronized List<ProcessHandle> running() {
    List<ProcessHandle> alive = new ArrayList<>();
    for (String line : lines()) {
      String[] parts = line.split(" ", 3);
      if (parts.length < 3) {
        continue; // a torn last line: the process it named was not yet in use
      }
      Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(parts[0]));
      handle
          .filter(ProcessHandle::isAlive)
          .filter(found -> startMillis(found) == Long.parseLong(parts[1]))
          .ifPresent(alive::add);
    }
    return alive;
  }

  /** Ends all of them, newest first: asks, waits, then kills. Returns how many there were. */
  public int endAll() {
    List<ProcessHandle> alive = running().reversed();
    alive.forEach(ProcessHandle::destroy);
    for (ProcessHandle process : alive) {
      awaitExit(process, TERM_SECONDS);
      if (process.isAlive()) {
        process.destroyForcibly();
        awaitExit(process, TERM_SECONDS);
      }
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return alive.size();
  }

  /** Waits up to {@code seconds} for the end of a process. */
  static void awaitExit(ProcessHandle process, long seconds) {
    try {
      process.onExit().get(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // still running: the caller looks again
    }
  }

  private List<String> lines() {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long startMillis(ProcessHandle process) {
    return process.info().startInstant().map(java.time.Instant::toEpochMilli).orElse(0L);
  }
}
