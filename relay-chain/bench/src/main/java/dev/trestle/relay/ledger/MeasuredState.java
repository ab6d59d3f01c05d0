package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.StateTree;
import java.util.Map;

/** The ledger's state without a ledger on top, block by block: for benchmarks. */
public final class MeasuredState {
  private final KeyValueStore keyValues;
  private LedgerStore store;
  private StateTree.Root tree = StateTree.Root.EMPTY;
  private long height;

  /** An empty one, in an empty store. */
  public MeasuredState(KeyValueStore keyValues, LedgerOptions options) {
    this.keyValues = keyValues;
    this.store = new LedgerStore(keyValues, options);
    store.start(new Overlay(store.state()), 0);
  }

  /** As after a restart: nothing is in memory. */
  public void reopen(LedgerOptions options) {
    store = new LedgerStore(keyValues, options);
  }

  /** Height of the last block that was applied. */
  public long height() {
    return height;
  }

  /** What a block with these values would write: its part of the work before it is decided. */
  public Batch seal(Map<Bytes, Bytes> values) {
    Overlay block = new Overlay(store.state());
    values.forEach(block::put);
    return store.seal(tree, LedgerStore.changes(block), height + 1, height + 1).writes();
  }

  /** Commits what {@link #seal} gave. */
  public void apply(Batch writes) {
    store.apply(writes);
    height++;
    tree = store.head().orElseThrow().root().tree();
  }

  /**
   * Proves the value of a key, verified.
   *
   * @throws IllegalStateException if that height is not kept
   */
  public void prove(long at, Bytes key) {
    if (!store.prove(at, key).isAccepted()) {
      throw new IllegalStateException("no proof at height " + at);
    }
  }
}
