package dev.trestle.relay.consensus;

import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * R9: what each validator has signed at this height, to notice when it contradicts itself. One
 * piece of evidence a validator and height is enough. Immutable.
 */
record EvidenceLog(
    SortedMap<EvmAddress, List<SignedStatement>> said, SortedSet<EvmAddress> accused) {
  static final EvidenceLog EMPTY =
      new EvidenceLog(Collections.emptySortedMap(), Collections.emptySortedSet());

  /** The log with more statements, and the contradictions they made. */
  record Result(EvidenceLog log, List<Evidence> evidence) {}

  /**
   * All {@code statements} but those of {@code self}, which knows itself what it has said; they
   * must be verified.
   */
  Result addAll(List<SignedStatement> statements, EvmAddress self) {
    EvidenceLog log = this;
    List<Evidence> found = new ArrayList<>();
    for (SignedStatement each : statements) {
      if (!each.signer().equals(self)) {
        Added added = log.add(each);
        log = added.log();
        added.evidence().ifPresent(found::add);
      }
    }
    return new Result(log, List.copyOf(found));
  }

  private record Added(EvidenceLog log, Optional<Evidence> evidence) {}

  private Added add(SignedStatement statement) {
    EvmAddress signer = statement.signer();
    if (accused.contains(signer)) {
      return new Added(this, Optional.empty());
    }
    List<SignedStatement> known = said.getOrDefault(signer, List.of());
    for (SignedStatement each : known) {
      if (each.statement().equals(statement.statement())) {
        return new Added(this, Optional.empty());
      }
      Optional<Evidence> evidence = Evidence.of(each, statement);
      if (evidence.isPresent()) {
        SortedSet<EvmAddress> more = new TreeSet<>(accused);
        more.add(signer);
        return new Added(new EvidenceLog(said, Collections.unmodifiableSortedSet(more)), evidence);
      }
    }
    List<SignedStatement> longer = new ArrayList<>(known);
    longer.add(statement);
    if (longer.size() > ConsensusLimits.STATEMENTS_PER_SENDER) {
      longer.removeFirst();
    }
    SortedMap<EvmAddress, List<SignedStatement>> all = new TreeMap<>(said);
    all.put(signer, List.copyOf(longer));
    return new Added(
        new EvidenceLog(Collections.unmodifiableSortedMap(all), accused), Optional.empty());
  }
}
