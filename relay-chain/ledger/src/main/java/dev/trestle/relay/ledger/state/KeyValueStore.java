package dev.trestle.relay.ledger.state;

/**
 * Durable ordered store, implemented by the node. Safe for readers during {@link #apply}; a reader
 * sees each batch wholly or not at all for a single call.
 */
public interface KeyValueStore extends StateReader {
  /**
   * Writes the whole batch or nothing, durably before it returns.
   *
   * @throws dev.trestle.base.TrestleException when the storage fails
   */
  void apply(Batch batch);
}
