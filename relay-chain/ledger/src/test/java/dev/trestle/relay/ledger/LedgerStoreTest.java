package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.ledger.state.InMemoryKeyValueStore;
import dev.trestle.relay.ledger.state.Overlay;
import dev.trestle.relay.ledger.state.StateProof;
import dev.trestle.relay.ledger.state.StateTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Past states: what is kept can be proved, what is not kept is gone. */
class LedgerStoreTest {
  private static final long SEED = 20_260_301L;
  private static final int KEYS = 40;

  private final InMemoryKeyValueStore keyValues = new InMemoryKeyValueStore();
  private final Random random = new Random(SEED);
  private final List<Map<Bytes, Bytes>> models = new ArrayList<>();
  private final List<Hash32> roots = new ArrayList<>();
  private StateTree.Root tree = StateTree.Root.EMPTY;
  private long height = -1;

  private LedgerStore open(int window) {
    return new LedgerStore(keyValues, new LedgerOptions(window, 16));
  }

  private static Bytes key(int number) {
    return Bytes.utf8("key " + number);
  }

  private void commit(LedgerStore store, Map<Bytes, Bytes> model, Overlay block) {
    height++;
    LedgerStore.Sealed sealed = store.seal(tree, LedgerStore.changes(block), height, height);
    // the loser of two blocks for one height leaves nothing behind
    Overlay other = new Overlay(store.state());
    other.put(key(1), Bytes.utf8("other " + height));
    store.seal(tree, LedgerStore.changes(other), height, height);
    store.apply(sealed.writes());
    tree = store.head().orElseThrow().root().tree();
    models.add(Map.copyOf(model));
    roots.add(sealed.stateRoot());
  }

  private void randomBlock(LedgerStore store) {
    Map<Bytes, Bytes> model = new HashMap<>(models.isEmpty() ? Map.of() : models.getLast());
    Overlay block = new Overlay(store.state());
    for (int i = random.nextInt(6); i >= 0; i--) {
      Bytes key = key(random.nextInt(KEYS));
      if (random.nextInt(4) == 0) {
        block.delete(key);
        model.remove(key);
      } else {
        Bytes value = Bytes.utf8("value " + random.nextInt());
        block.put(key, value);
        model.put(key, value);
      }
    }
    commit(store, model, block);
  }

  private void proves(LedgerStore store, long at) {
    Hash32 root = roots.get((int) at);
    Map<Bytes, Bytes> model = models.get((int) at);
    for (int i = 0; i < KEYS; i++) {
      Ledger.ProvenValue proven = store.prove(at, key(i)).orThrow();
      assertThat(proven.stateRoot()).isEqualTo(root);
      assertThat(proven.value())
          .as("seed %d height %d key %d", SEED, at, i)
          .isEqualTo(Optional.ofNullable(model.get(key(i))));
      assertThat(
              proven.value().isPresent()
                  ? StateProof.verifyPresence(root, key(i), proven.value().get(), proven.proof())
                  : StateProof.verifyAbsence(root, key(i), proven.proof()))
          .isTrue();
    }
  }

  @Test
  void everyStateOfTheWindowCanBeProvedAndNoOther() {
    LedgerStore store = open(10);
    for (int i = 0; i < 60; i++) {
      randomBlock(store);
      for (long at = Math.max(0, height - 10); at <= height; at++) {
        if (!roots.get((int) at).isZero()) {
          proves(store, at);
        }
      }
      for (long at : new long[] {-1, height - 11, height + 1, Long.MAX_VALUE}) {
        assertThat(store.prove(at, key(1)))
            .isInstanceOfSatisfying(
                Verdict.Rejected.class,
                rejected -> assertThat(rejected.reason()).isEqualTo(LedgerCode.HEIGHT_NOT_KEPT));
      }
    }
  }

  @Test
  void anotherWindowAfterARestartIsCaughtUpWith() {
    LedgerStore wide = open(50);
    for (int i = 0; i < 40; i++) {
      randomBlock(wide);
    }
    LedgerStore narrow = open(3);
    proves(narrow, 5); // still there
    for (int i = 0; i < 20; i++) {
      randomBlock(narrow);
    }
    assertThat(narrow.prove(height - 4, key(1)).isAccepted()).isFalse();
    proves(narrow, height - 3);
    LedgerStore again = open(8);
    for (int i = 0; i < 5; i++) {
      randomBlock(again);
    }
    proves(again, height - 8);
    assertThat(again.prove(height - 9, key(1)).isAccepted()).isFalse();
  }

  @Test
  void whatLeavesTheWindowLeavesTheStore() {
    LedgerStore store = open(5);
    for (int i = 0; i < 50; i++) {
      randomBlock(store);
    }
    Overlay nearlyAll = new Overlay(store.state());
    models.getLast().keySet().forEach(nearlyAll::delete);
    nearlyAll.put(key(0), Bytes.utf8("last"));
    commit(store, Map.of(key(0), Bytes.utf8("last")), nearlyAll);
    for (int i = 0; i < 6; i++) {
      commit(store, models.getLast(), new Overlay(store.state()));
    }
    assertThat(count(1)).as("values").isEqualTo(1);
    assertThat(count(2)).as("pages").isEqualTo(1);
    assertThat(count(4)).as("5 journals and 6 roots").isEqualTo(11);
  }

  private int count(int part) {
    return keyValues.scan(Bytes.of(new byte[] {(byte) part}), Bytes.EMPTY, 10_000).size();
  }

  /** Proofs are made by other threads than the one that commits. */
  @Test
  void proofsHoldWhileBlocksAreCommitted() throws Exception {
    LedgerStore store = open(4);
    randomBlock(store);
    AtomicBoolean done = new AtomicBoolean();
    AtomicLong proofs = new AtomicLong();
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      List<Future<?>> running =
          List.of(
              readers.submit(() -> read(store, done, proofs)),
              readers.submit(() -> read(store, done, proofs)));
      while (height < 400 || proofs.get() < 500) {
        Overlay block = new Overlay(store.state());
        for (int i = 0; i < KEYS; i++) {
          block.put(key(i), Bytes.utf8("value " + random.nextInt()));
        }
        commit(store, Map.of(), block);
      }
      done.set(true);
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  /** {@code prove} checks its own proof; it throws when the value is not of that height. */
  private static void read(LedgerStore store, AtomicBoolean done, AtomicLong proofs) {
    Random random = new Random(SEED);
    while (!done.get()) {
      long at = store.head().orElseThrow().height() - random.nextInt(6);
      if (at >= 0 && store.prove(at, key(random.nextInt(KEYS))).isAccepted()) {
        proofs.incrementAndGet();
      }
    }
  }
}
