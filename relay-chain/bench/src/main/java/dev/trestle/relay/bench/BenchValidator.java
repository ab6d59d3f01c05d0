package dev.trestle.relay.bench;

import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.node.NodeConfig;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeSetup;
import dev.trestle.relay.node.ValidatorMain;
import java.nio.file.Path;

/** One validator process of a benchmark: {@code ledger|null CONFIG}. */
public final class BenchValidator {
  private BenchValidator() {}

  public static void main(String[] arguments) {
    NodeConfig config = NodeConfigFile.load(Path.of(arguments[1]));
    System.exit(ValidatorMain.run(setup(Machine.valueOf(arguments[0]), config)));
  }

  /** What the blocks are executed on. */
  enum Machine {
    LEDGER,
    NULL
  }

  static NodeSetup setup(Machine machine, NodeConfig config) {
    return switch (machine) {
      case LEDGER -> NodeSetup.ledger(config, Families.load());
      case NULL -> NodeSetup.machine(config, (genesis, store) -> new NullMachine(store));
    };
  }
}
