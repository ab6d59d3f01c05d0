package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads each key of a state that does not change once: for the length of one block. Not
 * thread-safe.
 */
public final class RememberedReads implements StateReader {
  private final StateReader base;
  private final Map<Bytes, Optional<Bytes>> seen = new HashMap<>();

  public RememberedReads(StateReader base) {
    this.base = base;
  }

  @Override
  public Optional<Bytes> get(Bytes key) {
    return seen.computeIfAbsent(key, base::get);
  }

  @Override
  public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
    return base.scan(prefix, after, limit);
  }
}
