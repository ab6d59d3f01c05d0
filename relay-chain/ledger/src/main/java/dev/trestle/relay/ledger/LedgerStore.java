package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.Prefixes;
import dev.trestle.relay.ledger.state.StateHistory;
import dev.trestle.relay.ledger.state.StatePages;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.state.StateTree;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ledger's part of a store: values under 1, pages of the tree under 2, the head under 3,
 * history under 4.
 */
final class LedgerStore {
  static final Bytes STATE = Bytes.of(new byte[] {1});
  static final Bytes PAGES = Bytes.of(new byte[] {2});
  private static final Bytes HEAD = Bytes.of(new byte[] {3});
  static final Bytes HISTORY = Bytes.of(new byte[] {4});
  private static final int VERSION = 2;

  private final KeyValueStore store;
  private final StatePages pages;
  private final StateHistory history;

  LedgerStore(KeyValueStore store, LedgerOptions options) {
    this.store = store;
    this.pages = new StatePages(Prefixes.under(guarded(), PAGES), options.cachedPages());
    this.history = new StateHistory(Prefixes.under(guarded(), HISTORY), options.historyBlocks());
  }

  StateReader state() {
    return Prefixes.under(guarded(), STATE);
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

  /** A committed height and where its tree begins. */
  record Head(long height, StateHistory.Root root) {
    LedgerHead ledgerHead() {
      return new LedgerHead(height, root.timeMillis(), root.tree().hash());
    }
  }

  Optional<Head> head() {
    return guarded()
        .get(HEAD)
        .map(
            stored ->
                CanonicalReader.decode(
                    stored,
                    in -> {
                      if (in.u8() != VERSION) {
                        throw new DecodeException("not a head of version " + VERSION);
                      }
                      return new Head(in.u64(), StateHistory.Root.decode(in.fixed(in.remaining())));
                    }));
  }

  /**
   * @throws TrestleException {@link LedgerCode#CORRUPT_STATE} if the tree of the head is not there
   */
  void check(Head head) {
    new StateTree(pages, head.root().tree()).check();
  }

  void start(Overlay first, long timeMillis) {
    apply(seal(StateTree.Root.EMPTY, changes(first), 0, timeMillis).writes());
  }

  void apply(Batch batch) {
    store.apply(batch);
  }

  /** A root and everything that has to be written for it. */
  record Sealed(Hash32 stateRoot, Batch writes) {}

  /** Turns the changes of a block into the batch that commits them; nothing is written yet. */
  Sealed seal(
      StateTree.Root parent,
      SortedMap<Bytes, StateHistory.Change> changes,
      long height,
      long timeMillis) {
    TreeMap<Bytes, Optional<Bytes>> values = new TreeMap<>();
    TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
    changes.forEach(
        (key, change) -> {
          values.put(key, change.after());
          batch.put(Bytes.concat(STATE, key), change.after());
        });
    StateTree.Update update = new StateTree(pages, parent).update(height, values);
    update.pages().forEach((key, page) -> batch.put(Bytes.concat(PAGES, key), Optional.of(page)));
    StateHistory.Root root = new StateHistory.Root(timeMillis, update.root());
    history.record(
        height,
        root,
        changes,
        update.stale(),
        (key, value) -> batch.put(Bytes.concat(HISTORY, key), value),
        page -> batch.put(Bytes.concat(PAGES, page), Optional.empty()));
    batch.put(HEAD, Optional.of(headRecord(height, root)));
    return new Sealed(update.root().hash(), new Batch(batch));
  }

  private static Bytes headRecord(long height, StateHistory.Root root) {
    return new CanonicalWriter().u8(VERSION).u64(height).fixed(root.encode()).toBytes();
  }

  /** What makes a state whose values and pages are there the committed one. */
  static Batch headOf(long height, StateHistory.Root root) {
    TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
    batch.put(HEAD, Optional.of(headRecord(height, root)));
    batch.put(Bytes.concat(HISTORY, StateHistory.rootKey(height)), Optional.of(root.encode()));
    return new Batch(batch);
  }

  /** The writes that really change something. */
  static SortedMap<Bytes, StateHistory.Change> changes(Overlay block) {
    TreeMap<Bytes, StateHistory.Change> changes = new TreeMap<>();
    block
        .writes()
        .forEach(
            (key, value) -> {
              Optional<Bytes> before = block.base().get(key);
              if (!before.equals(value)) {
                changes.put(key, new StateHistory.Change(before, value));
              }
            });
    return changes;
  }

  /** What stood under a key after a block, with its proof, as long as that is kept. */
  Verdict<Ledger.ProvenValue> prove(long height, Bytes key) {
    try {
      Optional<StateHistory.Root> root = history.root(height);
      if (root.isEmpty()) {
        return Verdict.reject(LedgerCode.HEIGHT_NOT_KEPT, "height " + height);
      }
      Hash32 stateRoot = root.get().tree().hash();
      StateProof proof = new StateTree(pages, root.get().tree()).prove(key);
      Optional<Bytes> value = history.valueAt(height, key, state());
      boolean holds =
          value.isPresent()
              ? StateProof.verifyPresence(stateRoot, key, value.get(), proof)
              : StateProof.verifyAbsence(stateRoot, key, proof);
      if (holds) {
        return Verdict.accept(new Ledger.ProvenValue(height, stateRoot, key, value, proof));
      }
    } catch (TrestleException fault) {
      if (fault.code() != LedgerCode.CORRUPT_STATE || history.root(height).isPresent()) {
        throw fault;
      }
    }
    if (history.root(height).isPresent()) {
      throw new TrestleException(LedgerCode.CORRUPT_STATE, "value and tree differ at " + height);
    }
    return Verdict.reject(LedgerCode.HEIGHT_NOT_KEPT, "height " + height); // it left meanwhile
  }
}
