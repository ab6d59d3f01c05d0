package dev.trestle.dist.command;

import dev.trestle.base.TimeSource;
import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.dist.devnet.HubRehearsal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Runs every role for a moment in one process, so that the JVM can keep what it loaded: the
 * launcher records an archive of classes from it, with which all processes of a network start
 * faster.
 */
@Command(name = "warmup", hidden = true, description = "Load what the roles load, then end.")
public final class Warmup implements Callable<Integer> {
  @Override
  public Integer call() {
    try {
      Path dir = Files.createTempDirectory("trestle-warmup-");
      HubRehearsal.run(dir, TimeSource.system().nowMillis());
      return 0;
    } catch (IOException e) {
      throw new DevnetException("no folder for the rehearsal", e);
    }
  }
}
