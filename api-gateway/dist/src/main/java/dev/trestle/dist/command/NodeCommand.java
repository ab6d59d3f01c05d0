package dev.trestle.dist.command;

import dev.trestle.base.TrestleException;
import dev.trestle.cli.CliException;
import dev.trestle.cli.Failures;
import dev.trestle.dist.role.Logs;
import dev.trestle.relay.node.NodeConfig;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeFolder;
import dev.trestle.relay.node.NodeReason;
import dev.trestle.relay.node.PeerAddress;
import dev.trestle.relay.node.ValidatorMain;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code node init|start|status|snapshot|reset}: what an operator of a validator or follower does.
 */
@Command(
    name = "node",
    description = "Validators and followers of the relay chain.",
    subcommands = {
      NodeCommand.Init.class,
      NodeCommand.Start.class,
      NodeStatusCommand.class,
      NodeSnapshotCommand.class,
      NodeResetCommand.class
    })
public final class NodeCommand implements Runnable {
  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what: init, start, status, snapshot or reset");
  }

  /** What each refusal of a node is for the shell; the rest is a fault. */
  private static final Map<NodeReason, Integer> EXITS =
      Map.of(
          NodeReason.BAD_CONFIG, Failures.USAGE,
          NodeReason.NOT_FOUND, Failures.NOT_FOUND,
          NodeReason.ALREADY_EXISTS, Failures.CONFLICT,
          NodeReason.NODE_RUNNING, Failures.CONFLICT,
          NodeReason.GUARD_IN_USE, Failures.CONFLICT,
          NodeReason.SNAPSHOT_INVALID, Failures.VERIFICATION,
          NodeReason.SNAPSHOT_BELOW_GUARD, Failures.VERIFICATION,
          NodeReason.WRONG_CHAIN, Failures.VERIFICATION,
          NodeReason.GUARD_ROLLED_BACK, Failures.VERIFICATION);

  /** A wrong configuration, something in the way and bad files are the operator's to put right. */
  static CliException refused(TrestleException cause) {
    int exit =
        cause.code() instanceof NodeReason reason
            ? EXITS.getOrDefault(reason, Failures.INTERNAL)
            : Failures.INTERNAL;
    return new CliException(cause.code().code(), exit, String.valueOf(cause.getMessage()));
  }

  /** The one of the two that was given. */
  static <T> T either(CommandSpec spec, String what, Optional<T> one, Optional<T> other) {
    if (one.isPresent() == other.isPresent()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "say which: " + what);
    }
    return one.orElseGet(other::orElseThrow);
  }

  @Command(
      name = "init",
      description = {
        "Make the folder of a new node: keys, sign guard, configuration, data.",
        "Never over anything that is there."
      })
  static final class Init implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "A folder that is empty or not there yet.")
    private Path folder = Path.of(".");

    @Option(names = "--follower", description = "No key and no vote (default: a validator).")
    private boolean follower;

    @Option(
        names = "--genesis",
        paramLabel = "FILE",
        description = "The chain's genesis; without it put genesis.hex into the folder later.")
    private Optional<Path> genesis = Optional.empty();

    @Option(
        names = "--peer",
        paramLabel = "HOST:PORT",
        description = "A node to connect to; may be given several times.")
    private List<String> peers = List.of();

    @Option(
        names = "--listen",
        paramLabel = "HOST:PORT",
        defaultValue = "0.0.0.0:7500",
        description = "Where peers connect (default: ${DEFAULT-VALUE}).")
    private String listen = "0.0.0.0:7500";

    @Option(
        names = "--rpc-port",
        paramLabel = "PORT",
        defaultValue = "7501",
        description = "JSON-RPC on the loopback address (default: ${DEFAULT-VALUE}).")
    private int rpcPort;

    @Option(
        names = "--metrics-port",
        paramLabel = "PORT",
        defaultValue = "7502",
        description = "Prometheus metrics on the loopback address (default: ${DEFAULT-VALUE}).")
    private int metricsPort;

    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      PeerAddress own = PeerAddress.parse(listen);
      NodeFolder.Made made;
      try {
        made =
            NodeFolder.init(
                new NodeFolder.Request(
                    folder,
                    genesis,
                    !follower,
                    peers.stream().map(PeerAddress::parse).toList(),
                    Map.of(
                        "listenHost",
                        own.host(),
                        "listenPort",
                        own.port(),
                        "rpcPort",
                        rpcPort,
                        "metricsPort",
                        metricsPort)),
                new SecureRandom());
      } catch (TrestleException e) {
        throw refused(e);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.println("folder     " + folder);
      made.validator()
          .ifPresent(
              key -> {
                out.println("validator  " + key.evmAddress());
                out.println("key        " + key.compressed().toHex());
              });
      out.println("transport  " + made.transport().toHex());
      out.flush();
      return 0;
    }
  }

  @Command(name = "start", description = "Run a node until it is ended.")
  static final class Start implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", arity = "0..1", description = "A folder that init made.")
    private Optional<Path> folder = Optional.empty();

    @Option(names = "--config", paramLabel = "FILE", description = "Or a configuration file.")
    private Optional<Path> config = Optional.empty();

    @Option(
        names = "--new-validator",
        description = "The key has never signed: make its sign guard.")
    private boolean newValidator;

    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
      Path file = either(spec, "DIR or --config FILE", folder.map(NodeFolder::config), config);
      NodeConfig loaded;
      try {
        loaded = NodeConfigFile.load(file);
      } catch (TrestleException e) {
        throw refused(e);
      }
      Logs.use(loaded.operations().logFormat());
      return ValidatorMain.run(newValidator ? loaded.asNewValidator() : loaded);
    }
  }
}
