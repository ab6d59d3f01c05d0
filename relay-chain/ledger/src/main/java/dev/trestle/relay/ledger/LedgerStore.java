package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.Prefixes;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.state.StateTree;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The ledger's part of a store: values under 1, nodes of the tree under 2, the head under 3. */
final class LedgerStore {
  private static final Bytes STATE = Bytes.of(new byte[] {1});
  private static final Bytes NODES = Bytes.of(new byte[] {2});
  private static final Bytes HEAD = Bytes.of(new byte[] {3});
  private static final int VERSION = 1;

  private final KeyValueStore store;

  LedgerStore(KeyValueStore store) {
    this.store = store;
  }

  StateReader state() {
    return Prefixes.under(guarded(), STATE);
  }

  StateReader nodes() {
    return Prefixes.under(guarded(), NODES);
  }

  private StateReader guarded() {
    return new StateReader() {
      @Override
      public Optional<Bytes> get(Bytes key) {
        try {
          return store.get(key);
        } catch (RuntimeException failed) {
          throw new StorageFault(failed);
        }
      }

      @Override
      public List<Entry> scan(Bytes prefix, Bytes after, int limit) {
        try {
          return store.scan(prefix, after, limit);
        } catch (RuntimeException failed) {
          throw new StorageFault(failed);
        }
      }
    };
  }

  Optional<LedgerHead> head() {
    return store
        .get(HEAD)
        .map(
            stored ->
                CanonicalReader.decode(
                    stored,
                    in -> {
                      if (in.u8() != VERSION) {
                        throw new DecodeException("not a head of version " + VERSION);
                      }
                      return new LedgerHead(in.u64(), in.u64(), in.hash());
                    }));
  }

  void start(Overlay first, long timeMillis) {
    apply(seal(first, 0, timeMillis).writes());
  }

  void apply(Batch batch) {
    store.apply(batch);
  }

  /** A root and everything that has to be written for it. */
  record Sealed(Hash32 stateRoot, Batch writes) {}

  /** Turns the writes of a block into the batch that commits them; nothing is written yet. */
  Sealed seal(Overlay block, long height, long timeMillis) {
    SortedMap<Bytes, Optional<Bytes>> changes = changes(block);
    StateTree tree = new StateTree(nodes());
    tree.update(changes);
    Hash32 root = tree.root();
    TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
    changes.forEach((key, value) -> batch.put(Bytes.concat(STATE, key), value));
    tree.nodeWrites().forEach((key, value) -> batch.put(Bytes.concat(NODES, key), value));
    Bytes head = new CanonicalWriter().u8(VERSION).u64(height).u64(timeMillis).hash(root).toBytes();
    batch.put(HEAD, Optional.of(head));
    return new Sealed(root, new Batch(batch));
  }

  /** The writes that really change something. */
  static SortedMap<Bytes, Optional<Bytes>> changes(Overlay block) {
    TreeMap<Bytes, Optional<Bytes>> changes = new TreeMap<>();
    block
        .writes()
        .forEach(
            (key, value) -> {
              if (!block.base().get(key).equals(value)) {
                changes.put(key, value);
              }
            });
    return changes;
  }
}
