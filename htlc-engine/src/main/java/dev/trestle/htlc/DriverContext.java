package dev.trestle.htlc;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What the drivers of one party share.
 *
 * @param ports of every chain that its swaps touch
 * @param seed of the party's secrets, 16 bytes or more
 * @param planner {@link SwapPlanner#plan}, or a seeded mistake
 * @param saveRecovery makes the recovery file durable, before anything is locked
 * @param listener is told of all progress
 */
public record DriverContext(
    Journal journal,
    Map<ChainId, ChainPorts> ports,
    SwapKeys keys,
    Bytes seed,
    TimeSource time,
    EngineSettings settings,
    Planner planner,
    Consumer<RecoveryFile> saveRecovery,
    Consumer<SwapProgress> listener) {
  public DriverContext {
    ports = new TreeMap<>(ports);
  }

  ChainPorts portsOf(SwapLeg leg) {
    ChainPorts found = ports.get(leg.chain());
    if (found == null) {
      throw new IllegalStateException("no adapter for " + leg.chain());
    }
    return found;
  }
}
