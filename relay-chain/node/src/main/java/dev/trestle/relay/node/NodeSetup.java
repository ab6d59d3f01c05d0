package dev.trestle.relay.node;

import dev.trestle.base.TimeSource;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Ledger;
import java.util.List;

/**
 * What a node runs with besides its configuration.
 *
 * @param machine what blocks are executed on
 * @param listeners told of every block from the first one that this start stores
 */
public record NodeSetup(
    NodeConfig config,
    StateMachine.Factory machine,
    TimeSource clock,
    ProtocolRange protocols,
    List<BlockListener> listeners) {
  public NodeSetup {
    listeners = List.copyOf(listeners);
  }

  /** The ledger with these light-client families, on the machine's clock. */
  public static NodeSetup ledger(NodeConfig config, Families families) {
    return machine(
        config, (genesis, store) -> new LedgerMachine(Ledger.open(genesis, families, store)));
  }

  /** Some other machine: only what does not look into the ledger's state works then. */
  public static NodeSetup machine(NodeConfig config, StateMachine.Factory machine) {
    return new NodeSetup(config, machine, TimeSource.system(), ProtocolRange.CURRENT, List.of());
  }

  NodeSetup clock(TimeSource other) {
    return new NodeSetup(config, machine, other, protocols, listeners);
  }

  NodeSetup listeners(List<BlockListener> told) {
    return new NodeSetup(config, machine, clock, protocols, told);
  }

  NodeSetup protocols(ProtocolRange spoken) {
    return new NodeSetup(config, machine, clock, spoken, listeners);
  }
}
