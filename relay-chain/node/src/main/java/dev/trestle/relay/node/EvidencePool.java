package dev.trestle.relay.node;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.Evidence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Verified evidence that waits for a block, one piece for each offender and height. */
final class EvidencePool {
  static final int MAX_PIECES = 256;

  private final Map<Fault, Evidence> waiting = new LinkedHashMap<>();

  private record Fault(EvmAddress offender, long height) {}

  /** False if it is known or there is no room. */
  boolean add(Evidence evidence) {
    Fault fault = new Fault(evidence.offender(), evidence.height());
    return waiting.size() < MAX_PIECES && waiting.putIfAbsent(fault, evidence) == null;
  }

  /** For the next block, oldest first. */
  List<Evidence> first() {
    return waiting.values().stream().limit(ConsensusLimits.MAX_EVIDENCE).toList();
  }

  /** Drops what a block holds by now. */
  void drop(Predicate<Evidence> included) {
    waiting.values().removeIf(included);
  }

  int size() {
    return waiting.size();
  }
}
