package dev.trestle.dist.command;

import dev.trestle.base.TrestleException;
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

/** {@code node snapshot}: the state of a node in a file that proves itself. */
@Command(
    name = "snapshot",
    description = {
      "Write a snapshot of a node: state, certificates back to the genesis, nothing secret.",
      "Of a stopped node at its newest block, of a running one the newest that it made itself."
    })
final class NodeSnapshotCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", arity = "0..1", description = "The node's folder.")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--home", paramLabel = "DIR", description = "The same.")
  private Optional<Path> home = Optional.empty();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where to write; never over a file.")
  private Path out = Path.of("");

  @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() {
    Path node = NodeCommand.either(spec, "DIR or --home DIR", folder, home);
    try {
      tell(
          spec.commandLine().getOut(),
          NodeReset.snapshot(NodeConfigFile.load(NodeFolder.config(node)), out));
    } catch (TrestleException e) {
      throw NodeCommand.refused(e);
    }
    return 0;
  }

  /** For operators to compare with each other. */
  static void tell(PrintWriter to, NodeReset.Place place) {
    to.println("height     " + place.height());
    to.println("block      0x" + place.blockId().toHex());
    to.println("bytes      " + place.bytes());
    to.flush();
  }
}
