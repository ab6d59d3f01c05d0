package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.contract.Scenario;
import java.util.SortedMap;
import java.util.TreeMap;

/** One example of every format, and every record of the first state. */
final class FabricFormats {
  private FabricFormats() {}

  static SortedMap<String, Bytes> all() {
    FabricChain chain = FabricContractTest.CHAIN;
    Scenario scenario = chain.scenario();
    TreeMap<String, Bytes> all = new TreeMap<>();
    all.put("anchor", scenario.anchor());
    all.put("block", chain.block(101).encode());
    all.put("update.block", scenario.updates().getFirst());
    all.put("update.config", scenario.updates().get(2));
    all.put("path", scenario.claims().getFirst().path());
    all.put("proof", scenario.claims().getFirst().proof());
    all.put("absence", scenario.absences().getFirst().proof());
    all.put("evidence.known", scenario.misbehaviour().getFirst());
    all.put("evidence.pair", scenario.misbehaviour().getLast());
    new FabricFamily()
        .client()
        .initialize(scenario.anchor(), new Budget(Long.MAX_VALUE))
        .orThrow()
        .writes()
        .forEach((key, value) -> value.ifPresent(bytes -> all.put("state." + key, bytes)));
    return all;
  }

  /** The first state of a client. */
  static ClientState state() {
    return ClientState.EMPTY.with(
        new FabricFamily()
            .client()
            .initialize(FabricContractTest.CHAIN.anchor().encode(), new Budget(Long.MAX_VALUE))
            .orThrow());
  }
}
