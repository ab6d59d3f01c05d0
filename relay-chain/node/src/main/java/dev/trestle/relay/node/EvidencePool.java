package dev.trestle.relay.node;

import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.ConsensusLimits;
import dev.trestle.relay.consensus.Evidence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified evidence that waits for a block: one piece for each offender, because one convicts it,
 * and nobody can take the places of others. Kept in the store, so that a restart forgets none. On
 * the core thread.
 */
final class EvidencePool {
  /** Offenders with a piece that waits: as many as a set may have members. */
  static final int MAX_PIECES = ConsensusLimits.MAX_VALIDATORS;

  private static final Logger LOG = LoggerFactory.getLogger(EvidencePool.class);

  private final RocksStore store;
  private final Predicate<Evidence> isNew;
  private final Map<EvmAddress, Evidence> waiting = new LinkedHashMap<>();
  private boolean paused;

  /**
   * Takes up what waited when the node stopped.
   *
   * @param isNew whether a piece can still go into the next block
   */
  EvidencePool(RocksStore store, Predicate<Evidence> isNew) {
    this.store = store;
    this.isNew = isNew;
    store.waitingEvidence().forEach(each -> waiting.put(each.offender(), each));
    headMoved();
  }

  /** During a pause nothing is written: what is found then is as good as not heard. */
  void pause(boolean now) {
    paused = now;
  }

  /** False if no block can have it, a piece against the same offender waits, or all is full. */
  boolean add(Evidence evidence) {
    if (paused
        || waiting.size() >= MAX_PIECES
        || waiting.containsKey(evidence.offender())
        || !isNew.test(evidence)) {
      return false;
    }
    store.keepEvidence(evidence);
    waiting.put(evidence.offender(), evidence);
    NodeEvent.EVIDENCE_FOUND
        .on(LOG)
        .addKeyValue("validator", evidence.offender())
        .addKeyValue("height", evidence.height())
        .log("a validator contradicted itself");
    return true;
  }

  /** For the next block, oldest first. */
  List<Evidence> first() {
    return waiting.values().stream().limit(ConsensusLimits.MAX_EVIDENCE).toList();
  }

  /** Drops what a block holds by now, and what is too old for one. */
  void headMoved() {
    if (waiting.isEmpty()) {
      return;
    }
    List<Evidence> over = new ArrayList<>(waiting.values());
    over.removeIf(isNew);
    if (!over.isEmpty()) {
      store.dropEvidence(over);
      over.forEach(each -> waiting.remove(each.offender()));
    }
  }

  int size() {
    return waiting.size();
  }
}
