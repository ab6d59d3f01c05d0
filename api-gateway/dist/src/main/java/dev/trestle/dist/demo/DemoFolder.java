package dev.trestle.dist.demo;

import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.ProcessRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of one demo. A demo that is asked to end in the middle (SIGINT, SIGTERM) ends its
 * network and removes the folder first. One that is killed cannot: its folder says whose it was,
 * and {@link #sweep} ends what it left.
 */
public final class DemoFolder implements AutoCloseable {
  private static final String PREFIX = "run-";

  private final Path dir;
  private final Thread onEnd;

  private DemoFolder(Path dir) {
    this.dir = dir;
    this.onEnd = new Thread(this::interrupted, "end of the demo");
  }

  /** Makes a folder under {@code parent}, after a sweep. */
  public static DemoFolder make(Path parent) {
    try {
      sweep(Files.createDirectories(parent));
      DemoFolder made = new DemoFolder(Files.createTempDirectory(parent, PREFIX));
      owner(made.dir).add("demo", ProcessHandle.current());
      Runtime.getRuntime().addShutdownHook(made.onEnd);
      return made;
    } catch (IOException e) {
      throw new DevnetException("cannot write in " + parent, e);
    }
  }

  /** Where the network goes; what is in it stays when the demo fails. */
  public Path dir() {
    return dir.resolve("network");
  }

  /** Ends what demos under {@code parent} left whose own process is gone; how many processes. */
  public static int sweep(Path parent) {
    int ended = 0;
    for (Path run : runs(parent)) {
      if (owner(run).running().isEmpty()) {
        ended += end(run);
      }
    }
    return ended;
  }

  private static List<Path> runs(Path parent) {
    if (!Files.isDirectory(parent)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.filter(each -> each.getFileName().toString().startsWith(PREFIX)).toList();
    } catch (IOException e) {
      throw new DevnetException("cannot read " + parent, e);
    }
  }

  private static ProcessRegistry owner(Path run) {
    return new ProcessRegistry(run.resolve("owner"));
  }

  private void interrupted() {
    System.err.println("trestle: interrupted: the network ends");
    end(dir);
  }

  private static int end(Path run) {
    ProcessRegistry processes = new ProcessRegistry(run.resolve("network").resolve("processes"));
    int all = 0;
    for (int ended = processes.endAll(); ended > 0; ended = processes.endAll()) {
      all += ended; // and once more: one may have been started meanwhile
    }
    Devnet.remove(run);
    return all;
  }

  /** The demo is over and has ended its network; the logs of a failure stay until the next demo. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(onEnd);
    if (!Files.exists(dir())) {
      Devnet.remove(dir);
    }
  }
}
