package dev.trestle.relay.node;

import dev.trestle.base.TimeSource;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Ledger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a node runs with besides its configuration.
 *
 * @param machine what blocks are executed on
 * @param listeners told of every block from the first one that this start stores
 * @param disk the room to watch, instead of that of the node's own folders
 */
public record NodeSetup(
    NodeConfig config,
    StateMachine.Factory machine,
    TimeSource clock,
    ProtocolRange protocols,
    List<BlockListener> listeners,
    Optional<DiskSpace> disk) {
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
    return new NodeSetup(
        config, machine, TimeSource.system(), ProtocolRange.CURRENT, List.of(), Optional.empty());
  }

  NodeSetup clock(TimeSource other) {
    return new NodeSetup(config, machine, other, protocols, listeners, disk);
  }

  NodeSetup listeners(List<BlockListener> told) {
    return new NodeSetup(config, machine, clock, protocols, told, disk);
  }

  NodeSetup protocols(ProtocolRange spoken) {
    return new NodeSetup(config, machine, clock, spoken, listeners, disk);
  }

  NodeSetup disk(DiskSpace space) {
    return new NodeSetup(config, machine, clock, protocols, listeners, Optional.of(space));
  }

  /** The same node with another configuration. */
  NodeSetup config(NodeConfig other) {
    return new NodeSetup(other, machine, clock, protocols, listeners, disk);
  }

  /** Room on the disks that the node writes to; its folders must exist. */
  DiskSpace diskSpace() {
    return disk.orElseGet(
        () -> {
          List<Path> folders = new ArrayList<>();
          folders.add(config.dataDir());
          folders.add(NodeFiles.store(config.dataDir()));
          config
              .validator()
              .map(role -> NodeFiles.folderOf(role.keyFile()))
              .ifPresent(folders::add);
          return DiskSpace.of(folders);
        });
  }
}
