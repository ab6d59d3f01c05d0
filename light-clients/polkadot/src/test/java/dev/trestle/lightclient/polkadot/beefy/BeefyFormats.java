package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.contract.FuzzedClient;
import dev.trestle.lightclient.contract.Scenario;
import java.util.SortedMap;
import java.util.TreeMap;

/** One example of every format, and every record of the first state. */
public final class BeefyFormats {
  private BeefyFormats() {}

  public static SortedMap<String, Bytes> all() {
    Scenario scenario = BeefyContractTest.CHAIN.scenario();
    TreeMap<String, Bytes> all = new TreeMap<>();
    all.put("anchor", scenario.anchor());
    all.put("update", scenario.updates().get(1));
    all.put("path", scenario.claims().getFirst().path());
    all.put("proof", scenario.claims().getFirst().proof());
    all.put("claim.last", scenario.claims().getLast().proof());
    all.put("absence", scenario.absences().getFirst().proof());
    all.put("evidence.pair", scenario.misbehaviour().getFirst());
    all.put("evidence.known", scenario.misbehaviour().getLast());
    new BeefyFamily()
        .client()
        .initialize(scenario.anchor(), new Budget(Long.MAX_VALUE))
        .orThrow()
        .writes()
        .forEach((key, value) -> value.ifPresent(bytes -> all.put("state." + key, bytes)));
    return all;
  }

  /** The client behind fuzz targets. */
  public static FuzzedClient fuzzed() {
    return new FuzzedClient(new BeefyFamily().client(), BeefyContractTest.CHAIN.scenario());
  }

  /** The first state of a client. */
  public static ClientState state() {
    return ClientState.EMPTY.with(
        new BeefyFamily()
            .client()
            .initialize(BeefyContractTest.CHAIN.scenario().anchor(), new Budget(Long.MAX_VALUE))
            .orThrow());
  }

  public static Bytes signed() {
    return BeefyContractTest.CHAIN.block(105).signed();
  }
}
