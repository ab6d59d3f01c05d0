package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.contract.Scenario;
import java.util.SortedMap;
import java.util.TreeMap;

/** One example of every format, and every record of the state after one transaction. */
final class CordaFormats {
  private CordaFormats() {}

  static SortedMap<String, Bytes> all() {
    CordaNetwork network = CordaContractTest.NETWORK;
    Scenario scenario = network.scenario();
    TreeMap<String, Bytes> all = new TreeMap<>();
    all.put("anchor", scenario.anchor());
    all.put("key", network.notaryKey());
    all.put("update", scenario.updates().getFirst());
    all.put("update.two", scenario.updates().get(1));
    all.put("transaction.batch", network.batched(network.last()).encode());
    all.put("path", scenario.claims().getFirst().path());
    all.put("proof", scenario.claims().getFirst().proof());
    all.put("evidence.pair", scenario.misbehaviour().getFirst());
    all.put("evidence.known", scenario.misbehaviour().getLast());
    var client = new CordaFamily().client();
    var update =
        client
            .verify(
                state(),
                scenario.updates().getFirst(),
                new Budget(Long.MAX_VALUE),
                scenario.nowSeconds())
            .orThrow();
    client
        .initialize(scenario.anchor(), new Budget(Long.MAX_VALUE))
        .orThrow()
        .writes()
        .forEach((key, value) -> value.ifPresent(bytes -> all.put("state.0." + key, bytes)));
    client
        .apply(state(), update)
        .writes()
        .forEach((key, value) -> value.ifPresent(bytes -> all.put("state.1." + key, bytes)));
    return all;
  }

  /** The first state of a client. */
  static ClientState state() {
    return ClientState.EMPTY.with(
        new CordaFamily()
            .client()
            .initialize(CordaContractTest.NETWORK.anchor(), new Budget(Long.MAX_VALUE))
            .orThrow());
  }
}
