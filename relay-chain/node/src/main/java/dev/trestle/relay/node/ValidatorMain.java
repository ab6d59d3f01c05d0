package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import dev.trestle.relay.ledger.Families;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;

/**
 * Runs one node as a process: {@code --config FILE}, and {@code --new-validator} for a key that has
 * never signed. Closes the node on SIGTERM (the process then ends with 143, as Java does). Exit
 * codes: 1 if the node could not start, 2 for a wrong command line.
 */
public final class ValidatorMain {
  private ValidatorMain() {}

  public static void main(String[] arguments) {
    Optional<NodeConfig> config;
    try {
      config = parse(arguments);
    } catch (TrestleException e) {
      System.err.println(e.getMessage());
      System.exit(1);
      return;
    }
    if (config.isEmpty()) {
      System.err.println("usage: --config FILE [--new-validator]");
      System.exit(2);
      return;
    }
    System.exit(run(config.get()));
  }

  /** Runs until the process is told to end; gives the exit code. */
  public static int run(NodeConfig config) {
    return run(NodeSetup.ledger(config, Families.load()));
  }

  /** As {@link #run(NodeConfig)}. */
  public static int run(NodeSetup setup) {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread hook =
        Thread.ofPlatform()
            .name("relay-shutdown")
            .unstarted(
                () -> {
                  told.countDown();
                  awaitQuietly(ended);
                });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      new NodeSupervisor(setup, told, System.out::println).run();
      return 0;
    } catch (TrestleException | TimeoutException e) {
      System.err.println(e.getMessage());
      return 1;
    } finally {
      ended.countDown();
    }
  }

  private static Optional<NodeConfig> parse(String[] arguments) {
    Optional<Path> file = Optional.empty();
    boolean isNew = false;
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--config") && i + 1 < arguments.length) {
        file = Optional.of(Path.of(arguments[++i]));
      } else if (arguments[i].equals("--new-validator")) {
        isNew = true;
      } else {
        return Optional.empty();
      }
    }
    boolean asNew = isNew;
    return file.map(NodeConfigFile::load).map(config -> asNew ? config.asNewValidator() : config);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
