package dev.trestle.dist.command;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code simulate}: seeded runs of a whole network, or of whole swaps, with faults and lies. */
@Command(
    name = "simulate",
    description = "Run a protocol on simulated networks and chains with faults and lies.",
    subcommands = {Simulate.Relay.class, Simulate.Swaps.class})
public final class Simulate implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: relay or swaps");
  }

  @Command(
      name = "relay",
      description = {
        "Run the consensus of the relay chain on many seeds, or replay one.",
        "With --whole-node whole nodes: ledger, mempool, sync, log and frames as well.",
        "Exit code 8 when an invariant does not hold."
      })
  static final class Relay extends Seeds {
    @Option(
        names = "--whole-node",
        description =
            "Simulate whole nodes instead of the consensus alone: 100 of them by default.")
    private boolean wholeNode;

    @Override
    long usualCount() {
      return wholeNode ? 100L : super.usualCount();
    }

    @Override
    int run(PrintWriter out, PrintWriter err) {
      RelaySimulation.Request request =
          new RelaySimulation.Request(flaw, first(), count(), threads, json);
      return wholeNode ? WholeNodes.run(request, out, err) : RelaySimulation.run(request, out, err);
    }
  }

  @Command(
      name = "swaps",
      description = {
        "Run swaps of two and three legs with crashes, failures, reorganisations and",
        "counterparties that keep no rule, on many seeds, or replay one.",
        "Exit code 8 when an honest party loses or another invariant does not hold."
      })
  static final class Swaps extends Seeds {
    @Override
    int run(PrintWriter out, PrintWriter err) {
      return SwapsSimulation.run(
          new SwapsSimulation.Request(flaw, first(), count(), threads, json), out, err);
    }
  }

  /** What every simulation is told. */
  abstract static class Seeds implements Callable<Integer> {
    @Option(
        names = "--seeds",
        paramLabel = "N",
        description = "How many seeds (default: 1000; 100 with --whole-node).")
    private Optional<Long> seeds = Optional.empty();

    @Option(
        names = "--seed",
        paramLabel = "S",
        description = "The first seed (default: 1); without --seeds the only one.")
    private Optional<Long> seed = Optional.empty();

    @Option(
        names = "--flaw",
        paramLabel = "NAME",
        defaultValue = "none",
        description = "A bug to put in, to see that it is found; 'list' names them.")
    String flaw = "none";

    @Option(
        names = "--threads",
        paramLabel = "N",
        description = "Seeds run at once (default: one a processor); changes no result.")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Write one JSON document instead of text.")
    boolean json;

    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    @Spec
    private CommandSpec spec;

    abstract int run(PrintWriter out, PrintWriter err);

    final long first() {
      return seed.orElse(1L);
    }

    final long count() {
      return seeds.orElse(seed.isPresent() ? 1L : usualCount());
    }

    long usualCount() {
      return 1_000;
    }

    @Override
    public final Integer call() {
      if (count() < 1 || threads < 1) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "at least one seed and one thread");
      }
      PrintWriter out = spec.commandLine().getOut();
      PrintWriter err = spec.commandLine().getErr();
      try {
        return run(out, err);
      } catch (NoClassDefFoundError absent) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "the simulation is not part of this installation", absent);
      } catch (IllegalArgumentException unknown) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), String.valueOf(unknown.getMessage()), unknown);
      } finally {
        out.flush();
        err.flush();
      }
    }
  }
}
