package dev.trestle.htlc;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.TimeSource;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the drivers of one party share.
 *
 * @param saveRecovery makes the recovery file durable, before anything is locked
 */
record DriverContext(
    Journal journal,
    Map<ChainId, ChainPorts> ports,
    SwapKeys keys,
    Bytes seed,
    TimeSource time,
    EngineSettings settings,
    Planner planner,
    Consumer<RecoveryFile> saveRecovery,
    Consumer<SwapProgress> listener) {

  ChainPorts portsOf(SwapLeg leg) {
    ChainPorts found = ports.get(leg.chain());
    if (found == null) {
      throw new IllegalStateException("no adapter for " + leg.chain());
    }
    return found;
  }
}
