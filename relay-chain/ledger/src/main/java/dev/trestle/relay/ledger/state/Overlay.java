package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Uncommitted writes on top of a reader. Discarding the overlay undoes them; nothing below is ever
 * touched. Not thread-safe.
 */
public final class Overlay implements StateReader {
  private final StateReader base;
  private final TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();

  public Overlay(StateReader base) {
    this.base = base;
  }

  public void put(Bytes key, Bytes value) {
    writes.put(key, Optional.of(value));
  }

  public void delete(Bytes key) {
    writes.put(key, Optional.empty());
  }

  /** Takes over what {@code upper}, an overlay on this one, has written. */
  public void absorb(Overlay upper) {
    writes.putAll(upper.writes);
  }

  /** What was written, in key order; an empty value is a deletion. */
  public SortedMap<Bytes, Optional<Bytes>> writes() {
    return Collections.unmodifiableSortedMap(writes);
  }

  /** What stands below this overlay. */
  public StateReader base() {
    return base;
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    Optional<Bytes> written = writes.get(key);
    return written == null ? base.get(key) : written;
  }

  @Override
  public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
    TreeMap<Bytes, Bytes> merged = new TreeMap<>();
    SortedMap<Bytes, Optional<Bytes>> mine = range(prefix, after);
    // Each deletion of ours can hide one entry below, so that many more are asked for.
    int hidden = (int) mine.values().stream().filter(Optional::isEmpty).count();
    for (Entry entry : base.scan(prefix, after, Math.addExact(limit, hidden))) {
      merged.put(entry.key(), entry.value());
    }
    mine.forEach(
        (key, value) -> {
          if (value.isPresent()) {
            merged.put(key, value.get());
          } else {
            merged.remove(key);
          }
        });
    List<Entry> found = new ArrayList<>();
    for (Map.Entry<Bytes, Bytes> entry : merged.entrySet()) {
      if (found.size() >= limit) {
        break;
      }
      found.add(new Entry(entry.getKey(), entry.getValue()));
    }
    return List.copyOf(found);
  }

  private SortedMap<Bytes, Optional<Bytes>> range(Bytes prefix, Bytes after) {
    TreeMap<Bytes, Optional<Bytes>> found = new TreeMap<>();
    boolean fromStart = after.compareTo(prefix) < 0;
    for (Map.Entry<Bytes, Optional<Bytes>> entry :
        writes.tailMap(fromStart ? prefix : after, fromStart).entrySet()) {
      if (!Prefixes.startsWith(entry.getKey(), prefix)) {
        break;
      }
      found.put(entry.getKey(), entry.getValue());
    }
    return found;
  }
}
