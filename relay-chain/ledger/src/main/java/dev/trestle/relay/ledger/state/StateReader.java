package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import java.util.List;
import java.util.Optional;

/** Ordered read access to keys and values. */
public interface StateReader {
  Optional<Bytes> get(Bytes key);

  /**
   * Entries whose key starts with {@code prefix} and is greater than {@code after}, in ascending
   * unsigned order.
   *
   * @param after exclusive lower bound; empty for the start
   * @param limit most entries to return
   */
  List<Entry> scan(Bytes prefix, Bytes after, int limit);

  /** One key and its value. */
  record Entry(Bytes key, Bytes value) {}
}
