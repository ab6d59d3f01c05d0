package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.ledger.state.Batch;
import dev.trestle.relay.ledger.state.KeyValueStore;
import dev.trestle.relay.ledger.state.Prefixes;
import dev.trestle.relay.ledger.state.StateHistory;
import dev.trestle.relay.ledger.state.StatePages;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.state.StateTree;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The values of a state without the tree over them, and how a ledger is made from them again. */
public final class LedgerSnapshot {
  private static final Bytes ORDER = Bytes.of(new byte[] {5});

  /** Leaves that go into the tree at once. */
  private static final int SLICE = 4_096;

  private LedgerSnapshot() {}

  /** The values of the committed state in a ledger's store, and nothing else of it. */
  public static StateReader values(StateReader store) {
    return Prefixes.under(store, LedgerStore.STATE);
  }

  /**
   * Fills an empty store with values from an untrusted source. Until {@link #finish} has accepted
   * them there is no head, so that no ledger takes them for a state.
   */
  public static final class Restore {
    private final KeyValueStore store;
    private final long height;
    private Bytes last = Bytes.EMPTY;

    /**
     * @param height of the block after which the state stood
     */
    public Restore(KeyValueStore store, long height) {
      this.store = store;
      this.height = height;
    }

    /**
     * Adds values, durably. Rejects keys that do not ascend over all calls: so nothing is there
     * twice.
     */
    public Verdict<Integer> add(List<StateReader.Entry> entries) {
      TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
      for (StateReader.Entry entry : entries) {
        if (entry.key().compareTo(last) <= 0) {
          return Verdict.reject(LedgerCode.MALFORMED, "state keys do not ascend");
        }
        last = entry.key();
        batch.put(Bytes.concat(LedgerStore.STATE, entry.key()), Optional.of(entry.value()));
        batch.put(
            Bytes.concat(ORDER, Digests.keccak256(entry.key()).bytes()), Optional.of(entry.key()));
      }
      store.apply(new Batch(batch));
      return Verdict.accept(entries.size());
    }

    /**
     * Builds the tree over all values in the order of its leaves, so that each page is written
     * about once and memory does not grow with the state. With the expected root the state becomes
     * the committed one; with any other the store is left without a head.
     *
     * @param timeMillis block time
     */
    public Verdict<Hash32> finish(long timeMillis, Hash32 expectedRoot) {
      StateTree.Root root = StateTree.Root.EMPTY;
      StatePages pages = new StatePages(Prefixes.under(store, LedgerStore.PAGES), SLICE);
      StateReader order = Prefixes.under(store, ORDER);
      Bytes after = Bytes.EMPTY;
      while (true) {
        List<StateReader.Entry> slice = order.scan(Bytes.EMPTY, after, SLICE);
        if (slice.isEmpty()) {
          break;
        }
        root = grow(pages, root, slice);
        after = slice.getLast().key();
      }
      if (!root.hash().equals(expectedRoot)) {
        return Verdict.reject(
            LedgerCode.WRONG_STATE_ROOT, "the values have the root " + root.hash());
      }
      store.apply(LedgerStore.headOf(height, new StateHistory.Root(timeMillis, root)));
      return Verdict.accept(expectedRoot);
    }

    private StateTree.Root grow(
        StatePages pages, StateTree.Root root, List<StateReader.Entry> slice) {
      TreeMap<Bytes, Optional<Bytes>> values = new TreeMap<>();
      TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
      for (StateReader.Entry entry : slice) {
        Bytes key = entry.value();
        values.put(key, store.get(Bytes.concat(LedgerStore.STATE, key)));
        batch.put(Bytes.concat(ORDER, entry.key()), Optional.empty());
      }
      // all pages are of one version: one that is written again replaces itself and is not stale
      StateTree.Update update = new StateTree(pages, root).update(height, values);
      Set<Bytes> written = new HashSet<>(update.pages().keySet());
      update.stale().stream()
          .filter(page -> !written.contains(page))
          .forEach(page -> batch.put(Bytes.concat(LedgerStore.PAGES, page), Optional.empty()));
      update
          .pages()
          .forEach(
              (key, page) -> batch.put(Bytes.concat(LedgerStore.PAGES, key), Optional.of(page)));
      store.apply(new Batch(batch));
      return update.root();
    }
  }
}
