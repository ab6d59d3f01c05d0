package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes that belong together, in key order. An empty value deletes the key. */
public record Batch(SortedMap<Bytes, Optional<Bytes>> writes) {
  public Batch {
    writes = Collections.unmodifiableSortedMap(new TreeMap<>(writes));
  }
}
