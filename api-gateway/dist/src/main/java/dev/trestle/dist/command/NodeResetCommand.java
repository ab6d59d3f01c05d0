package dev.trestle.dist.command;

import dev.trestle.base.TrestleException;
import dev.trestle.relay.node.NodeConfig;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeFolder;
import dev.trestle.relay.node.NodeReset;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code node reset}: a stopped node forgets the chain, and nothing else. */
@Command(
    name = "reset",
    description = {
      "Remove store and log of a stopped node. Keys and sign guard stay as they are.",
      "With a snapshot it starts at that block, else it fetches the chain from its peers."
    })
final class NodeResetCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", arity = "0..1", description = "The node's folder.")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--home", paramLabel = "DIR", description = "The same.")
  private Optional<Path> home = Optional.empty();

  @Option(
      names = "--from-snapshot",
      paramLabel = "FILE",
      description = "A snapshot of this chain; it is verified from the genesis on.")
  private Optional<Path> snapshot = Optional.empty();

  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    Path node = NodeCommand.either(spec, "DIR or --home DIR", folder, home);
    PrintWriter out = spec.commandLine().getOut();
    try {
      NodeConfig config = NodeConfigFile.load(NodeFolder.config(node));
      if (snapshot.isPresent()) {
        NodeSnapshotCommand.tell(out, NodeReset.run(config, snapshot.get()));
      } else {
        NodeReset.run(config);
        out.println("height     0");
        out.flush();
      }
    } catch (TrestleException e) {
      throw NodeCommand.refused(e);
    }
    return 0;
  }
}
