package dev.trestle.dist.command;

import dev.trestle.relay.bench.BenchNetwork;
import dev.trestle.relay.bench.BenchOptions;
import dev.trestle.relay.bench.RelayBench;
import dev.trestle.relay.bench.StateBench;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench}: figures, measured here and now. */
@Command(
    name = "bench",
    description = "Measure the product on this machine.",
    subcommands = {Bench.Relay.class, Bench.State.class})
public final class Bench implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: relay or state");
  }

  @Command(
      name = "relay",
      description = {
        "Throughput, latency and memory of four validator processes on this machine, gas of the",
        "light client contract where ANVIL names an anvil, and CometBFT beside where COMETBFT",
        "names a cometbft.",
        "Exit code 7 when a target is missed."
      })
  static final class Relay implements Callable<Integer> {
    private static final int MISSED = 7;

    @Option(
        names = "--work",
        paramLabel = "NAME",
        description = "Only this part of the table; may be given several times.")
    private List<String> works = List.of();

    @Option(names = "--clients", defaultValue = "200", description = "(default: 200)")
    private int clients;

    @Option(names = "--warmup", defaultValue = "20", description = "Seconds (default: 20).")
    private double warmup;

    @Option(names = "--seconds", defaultValue = "10", description = "Of one run (default: 10).")
    private double seconds;

    @Option(names = "--runs", defaultValue = "3", description = "The median counts (default: 3).")
    private int runs;

    @Option(
        names = "--heap",
        defaultValue = "512",
        description = "Megabytes of one validator (default: 512).")
    private int heap;

    @Option(names = "--no-peers", description = "Do not measure other systems beside.")
    private boolean withoutPeers;

    @Option(
        names = "--layout",
        defaultValue = "processes",
        description = "processes (one a validator) or together (default: processes).")
    private BenchNetwork.Layout layout = BenchNetwork.Layout.PROCESSES;

    @Option(names = "--json", description = "One JSON object a row.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      Path folder =
          Files.createTempDirectory(Files.createDirectories(Networks.folder("bench")), "run-");
      PrintWriter out = spec.commandLine().getOut();
      PrintWriter progress = spec.commandLine().getErr();
      RelayBench bench =
          new RelayBench(
              new BenchOptions(
                  works,
                  clients,
                  Duration.ofMillis((long) (warmup * 1_000)),
                  Duration.ofMillis((long) (seconds * 1_000)),
                  runs,
                  heap,
                  layout,
                  folder,
                  !withoutPeers),
              new RelayBench.Beside(
                  executable("ANVIL")
                      .map(ignored -> () -> new AnvilGas(folder.resolve("certificate-gas"))),
                  executable("COMETBFT")),
              line -> {
                progress.println(line);
                progress.flush();
              });
      if (!json) {
        out.println(bench.heading());
      }
      try {
        boolean reached =
            bench.run(
                json,
                row -> {
                  out.println(row);
                  out.flush();
                });
        return reached ? 0 : MISSED;
      } catch (IllegalArgumentException e) {
        throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
      } finally {
        deleteIfEmpty(folder);
      }
    }

    private static Optional<Path> executable(String variable) {
      return Optional.ofNullable(System.getenv(variable)).map(Path::of).filter(Files::isExecutable);
    }

    /** A network that failed is left for whoever wants to know why. */
    private static void deleteIfEmpty(Path folder) throws IOException {
      try (Stream<Path> left = Files.list(folder)) {
        if (left.findAny().isPresent()) {
          return;
        }
      }
      Files.delete(folder);
    }
  }

  @Command(
      name = "state",
      description = {
        "What a block of 1,000 changes costs on a state of 10^4, 10^6 and 10^7 entries. The largest",
        "takes ten minutes and 8 GiB of disk."
      })
  static final class State implements Callable<Integer> {
    @Option(
        names = "--entries",
        paramLabel = "N",
        description = "Only this size; may be given several times.")
    private List<Long> entries = List.of();

    @Option(names = "--json", description = "One JSON object a row.")
    private boolean json;

    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
      Path folder =
          Files.createTempDirectory(Files.createDirectories(Networks.folder("bench")), "state-");
      PrintWriter out = spec.commandLine().getOut();
      StateBench bench =
          new StateBench(
              folder,
              json,
              row -> {
                out.println(row);
                out.flush();
              });
      try {
        bench.run(entries.isEmpty() ? StateBench.SIZES : entries);
        return 0;
      } catch (IllegalArgumentException e) {
        throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
      } finally {
        Files.delete(folder);
      }
    }
  }
}
