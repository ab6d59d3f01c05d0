package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * What is kept of past states: for each block of a window the values that it replaced, the root
 * after it, and the list of everything that can go once the block leaves the window. Removing is
 * part of later blocks' batches, a few blocks at a time, so its cost follows the changes as well.
 */
public final class StateHistory {
  /** Blocks whose remains one later block removes; more than one, to catch up with a new window. */
  private static final int MAX_PRUNE = 4;

  private static final int MAX_KEY = 64;
  private static final int VERSION = 1;
  private static final int VALUES = 1;
  private static final int JOURNALS = 2;
  private static final int ROOTS = 3;

  private final StateReader store;
  private final int window;

  /** Everything up to this height is removed: where to look for what is next. */
  private volatile long prunedTo;

  /**
   * @param window how many states before that of the head can be read
   */
  public StateHistory(StateReader store, int window) {
    this.store = store;
    this.window = window;
  }

  /** A value before and after a block. */
  public record Change(Optional<Bytes> before, Optional<Bytes> after) {}

  /** Takes writes to the history; an empty value deletes the key. */
  @FunctionalInterface
  public interface Writes {
    void put(Bytes key, Optional<Bytes> value);
  }

  /**
   * Notes what a block replaces, and removes what leaves the window with it.
   *
   * @param stalePages in the form that {@code removePage} takes
   * @param removePage adds the removal of a page to the same batch
   */
  public void record(
      long height,
      Root root,
      SortedMap<Bytes, Change> changes,
      List<Bytes> stalePages,
      Writes history,
      Consumer<Bytes> removePage) {
    history.put(at(ROOTS, height), Optional.of(root.encode()));
    if (height == 0) {
      return; // nothing was before it
    }
    CanonicalWriter journal = new CanonicalWriter().u8(VERSION).u32(changes.size());
    changes.forEach(
        (key, change) -> {
          Hash32 keyHash = Digests.keccak256(key);
          journal.hash(keyHash);
          Bytes old =
              new CanonicalWriter()
                  .u8(VERSION)
                  .optional(change.before(), CanonicalWriter::bytes)
                  .toBytes();
          history.put(valueKey(keyHash, height), Optional.of(old));
        });
    journal.list(stalePages, CanonicalWriter::bytes);
    history.put(at(JOURNALS, height), Optional.of(journal.toBytes()));
    prune(height, history, removePage);
  }

  /** Block time and tree after a block. */
  public record Root(long timeMillis, StateTree.Root tree) {
    public Bytes encode() {
      return new CanonicalWriter()
          .u8(VERSION)
          .u64(timeMillis)
          .hash(tree.hash())
          .u64(tree.version())
          .toBytes();
    }

    public static Root decode(Bytes stored) {
      return CanonicalReader.decode(
          stored,
          in -> {
            version(in);
            return new Root(in.u64(), new StateTree.Root(in.hash(), in.u64()));
          });
    }
  }

  /** Where {@link Root#encode()} of a height stands. */
  public static Bytes rootKey(long height) {
    return at(ROOTS, height);
  }

  /** Empty when the state after that block is not kept, or there is no such block yet. */
  public Optional<Root> root(long height) {
    return height < 0 ? Optional.empty() : store.get(at(ROOTS, height)).map(Root::decode);
  }

  /**
   * The value that a key had after a block of the window.
   *
   * @param now reads the current value. It is asked first: a block that is committed in between has
   *     then left the old value here
   */
  public Optional<Bytes> valueAt(long height, Bytes key, StateReader now) {
    Optional<Bytes> current = now.get(key);
    Hash32 keyHash = Digests.keccak256(key);
    Bytes prefix = new CanonicalWriter().u8(VALUES).hash(keyHash).toBytes();
    List<StateReader.Entry> later = store.scan(prefix, valueKey(keyHash, height), 1);
    return later.isEmpty()
        ? current
        : CanonicalReader.decode(
            later.getFirst().value(),
            in -> {
              version(in);
              return in.optional(r -> r.bytes(Integer.MAX_VALUE));
            });
  }

  private void prune(long height, Writes history, Consumer<Bytes> removePage) {
    long last = height - window;
    Bytes journals = new CanonicalWriter().u8(JOURNALS).toBytes();
    long after = prunedTo;
    for (int i = 0; i < MAX_PRUNE && after < last; i++) {
      List<StateReader.Entry> next = store.scan(journals, at(JOURNALS, after), 1);
      if (next.isEmpty()) {
        return;
      }
      Bytes key = next.getFirst().key();
      long of = CanonicalReader.decode(key.slice(1, key.size()), CanonicalReader::u64);
      if (i == 0) {
        prunedTo = of - 1;
      }
      if (of > last) {
        return;
      }
      Journal journal = Journal.decode(next.getFirst().value());
      journal.keyHashes.forEach(keyHash -> history.put(valueKey(keyHash, of), Optional.empty()));
      journal.stalePages.forEach(removePage);
      history.put(key, Optional.empty());
      history.put(at(ROOTS, of - 1), Optional.empty()); // that state is no longer whole
      after = of;
    }
  }

  private record Journal(List<Hash32> keyHashes, List<Bytes> stalePages) {
    static Journal decode(Bytes stored) {
      return CanonicalReader.decode(
          stored,
          in -> {
            version(in);
            List<Hash32> keyHashes =
                new ArrayList<>(in.list(Integer.MAX_VALUE, CanonicalReader::hash));
            return new Journal(keyHashes, in.list(Integer.MAX_VALUE, page -> page.bytes(MAX_KEY)));
          });
    }
  }

  private static void version(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("not history of version " + VERSION);
    }
  }

  private static Bytes valueKey(Hash32 keyHash, long height) {
    return new CanonicalWriter().u8(VALUES).hash(keyHash).u64(height).toBytes();
  }

  private static Bytes at(int part, long height) {
    return new CanonicalWriter().u8(part).u64(height).toBytes();
  }
}
