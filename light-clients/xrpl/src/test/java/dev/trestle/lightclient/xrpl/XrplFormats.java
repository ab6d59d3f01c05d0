package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.contract.ClientState;
import dev.trestle.lightclient.contract.Scenario;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** One example of every format, and every record of the first state. */
final class XrplFormats {
  private XrplFormats() {}

  static SortedMap<String, Bytes> all() {
    XrplChain chain = XrplContractTest.CHAIN;
    Scenario scenario = chain.scenario();
    TreeMap<String, Bytes> all = new TreeMap<>();
    all.put("anchor", scenario.anchor());
    all.put("update.manifest", scenario.updates().get(1));
    all.put("update.list", scenario.updates().get(2));
    all.put("path", scenario.claims().getFirst().path());
    all.put("proof", scenario.claims().getFirst().proof());
    all.put("absence", scenario.absences().getFirst().proof());
    all.put("evidence.pair", scenario.misbehaviour().getFirst());
    all.put("evidence.known", scenario.misbehaviour().getLast());
    all.put("manifest", TestObjects.manifest(chain.publisher, Optional.of(chain.publishing), 1));
    all.put("validation", TestObjects.validation(chain.publishing, chain.header(101)));
    new XrplFamily()
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
        new XrplFamily()
            .client()
            .initialize(XrplContractTest.CHAIN.anchor(0), new Budget(Long.MAX_VALUE))
            .orThrow());
  }
}
