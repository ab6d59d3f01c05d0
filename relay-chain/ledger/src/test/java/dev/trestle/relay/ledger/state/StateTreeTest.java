package dev.trestle.relay.ledger.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** {@code wire-format.md}, "State tree". */
class StateTreeTest {
  private static final long SEED = 20_260_101L;

  private final InMemoryKeyValueStore store = new InMemoryKeyValueStore();
  private StateTree.Root root = StateTree.Root.EMPTY;
  private long version;

  /** Reads all pages from the store: nothing is kept in memory. */
  private StateTree tree() {
    return new StateTree(new StatePages(store, 1), root);
  }

  private Hash32 apply(SortedMap<Bytes, Optional<Bytes>> writes) {
    StateTree.Update update = tree().update(++version, writes);
    TreeMap<Bytes, Optional<Bytes>> batch = new TreeMap<>();
    update.stale().forEach(page -> batch.put(page, Optional.empty()));
    update.pages().forEach((page, bytes) -> batch.put(page, Optional.of(bytes)));
    store.apply(new Batch(batch));
    root = update.root();
    return root.hash();
  }

  /** The definition, straight from the page: over all leaves, without any stored node. */
  private static Hash32 definition(Map<Bytes, Bytes> entries) {
    TreeMap<Hash32, Hash32> leaves = new TreeMap<>();
    entries.forEach((key, value) -> leaves.put(Digests.keccak256(key), Digests.keccak256(value)));
    return subtree(new ArrayList<>(leaves.entrySet()), 0);
  }

  private static Hash32 subtree(List<Map.Entry<Hash32, Hash32>> leaves, int depth) {
    if (leaves.isEmpty()) {
      return Hash32.ZERO;
    }
    if (leaves.size() == 1) {
      return Digests.keccak256(
          Bytes.fromHex("03"),
          leaves.getFirst().getKey().bytes(),
          leaves.getFirst().getValue().bytes());
    }
    List<Map.Entry<Hash32, Hash32>> left = new ArrayList<>();
    List<Map.Entry<Hash32, Hash32>> right = new ArrayList<>();
    for (Map.Entry<Hash32, Hash32> leaf : leaves) {
      int octet = leaf.getKey().bytes().at(depth / 8);
      ((octet >> (7 - depth % 8) & 1) == 0 ? left : right).add(leaf);
    }
    return Digests.keccak256(
        Bytes.fromHex("04"), subtree(left, depth + 1).bytes(), subtree(right, depth + 1).bytes());
  }

  private static Bytes key(int number) {
    return Bytes.utf8("key " + number);
  }

  @Test
  void incrementalRootIsTheDefinitionThroughRandomWritesAndDeletions() {
    Random random = new Random(SEED);
    TreeMap<Bytes, Bytes> model = new TreeMap<>();
    for (int round = 0; round < 150; round++) {
      TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
      for (int i = random.nextInt(8); i >= 0; i--) {
        Bytes key = key(random.nextInt(60));
        if (random.nextInt(3) == 0) {
          writes.put(key, Optional.empty());
          model.remove(key);
        } else {
          Bytes value = Bytes.utf8("value " + random.nextInt());
          writes.put(key, Optional.of(value));
          model.put(key, value);
        }
      }
      assertThat(apply(writes)).as("seed %d round %d", SEED, round).isEqualTo(definition(model));
      int number = random.nextInt(60);
      proves(model, key(number));
    }
    TreeMap<Bytes, Optional<Bytes>> all = new TreeMap<>();
    model.keySet().forEach(key -> all.put(key, Optional.empty()));
    assertThat(apply(all)).isEqualTo(Hash32.ZERO);
    assertThat(store.scan(Bytes.EMPTY, Bytes.EMPTY, 10)).as("no page is left behind").isEmpty();
  }

  private void proves(Map<Bytes, Bytes> model, Bytes key) {
    Hash32 root = this.root.hash();
    StateProof proof = StateProof.decode(tree().prove(key).encode());
    Bytes value = model.get(key);
    if (value == null) {
      assertThat(StateProof.verifyAbsence(root, key, proof)).isEqualTo(!root.isZero());
      assertThat(StateProof.verifyPresence(root, key, Bytes.utf8("x"), proof)).isFalse();
    } else {
      assertThat(StateProof.verifyPresence(root, key, value, proof)).isTrue();
      assertThat(StateProof.verifyPresence(root, key, Bytes.utf8("x"), proof)).isFalse();
      assertThat(StateProof.verifyAbsence(root, key, proof)).isFalse();
    }
  }

  @Test
  void orderOfInsertionDoesNotMatter() {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      numbers.add(i);
    }
    Hash32 first = insertOneByOne(numbers);
    Collections.shuffle(numbers, new Random(SEED));
    assertThat(insertOneByOne(numbers)).isEqualTo(first);
  }

  private static Hash32 insertOneByOne(List<Integer> numbers) {
    StateTreeTest fresh = new StateTreeTest();
    Hash32 root = Hash32.ZERO;
    for (int number : numbers) {
      TreeMap<Bytes, Optional<Bytes>> write = new TreeMap<>();
      write.put(key(number), Optional.of(Bytes.utf8("v" + number)));
      root = fresh.apply(write);
    }
    return root;
  }

  @Test
  void nonMembershipRelabelAttackRejected() {
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    for (int i = 0; i < 20; i++) {
      writes.put(key(i), Optional.of(Bytes.utf8("v" + i)));
    }
    Hash32 root = apply(writes);
    StateTree tree = tree();
    // a true leaf with its true siblings, presented as what is met on the path of another key
    for (int i = 0; i < 20; i++) {
      StateProof.Leaf leaf =
          new StateProof.Leaf(Digests.keccak256(key(i)), Digests.keccak256(Bytes.utf8("v" + i)));
      StateProof moved = new StateProof(tree.prove(key(i)).siblings(), Optional.of(leaf));
      for (int other = 0; other < 20; other++) {
        assertThat(StateProof.verifyAbsence(root, key(other), moved)).isFalse();
      }
    }
  }

  @Test
  void absenceOfAPresentKeyByAnEmptySlotIsRefused() {
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    writes.put(key(1), Optional.of(Bytes.utf8("v")));
    writes.put(key(2), Optional.of(Bytes.utf8("v")));
    Hash32 root = apply(writes);
    StateProof proof = tree().prove(key(1));
    assertThat(
            StateProof.verifyAbsence(
                root, key(1), new StateProof(proof.siblings(), Optional.empty())))
        .isFalse();
  }

  @Test
  void zeroRootNeverTrusted() {
    StateProof empty = new StateProof(List.of(), Optional.empty());
    assertThat(StateProof.verifyAbsence(Hash32.ZERO, key(1), empty)).isFalse();
    assertThat(StateProof.verifyPresence(Hash32.ZERO, key(1), Bytes.EMPTY, empty)).isFalse();
  }

  @Test
  void costIsPerChangeAndNotPerState() {
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    for (int i = 0; i < 20_000; i++) {
      writes.put(key(i), Optional.of(Bytes.utf8("v")));
    }
    apply(writes);
    TreeMap<Bytes, Optional<Bytes>> one = new TreeMap<>();
    one.put(key(7), Optional.of(Bytes.utf8("w")));
    StateTree.Update update = tree().update(++version, one);
    assertThat(update.pages()).hasSizeLessThan(7);
    assertThat(update.stale()).hasSizeLessThan(7);
  }

  /** A page is what the one above says it is, or it is not used. */
  @Test
  void alteredAndMissingPagesAreNoticed() {
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      writes.put(key(i), Optional.of(Bytes.utf8("v")));
    }
    apply(writes);
    for (StateReader.Entry page : store.scan(Bytes.EMPTY, Bytes.EMPTY, 1_000)) {
      byte[] altered = page.value().toArray();
      altered[altered.length - 1] ^= 1;
      for (Optional<Bytes> instead :
          List.of(Optional.of(Bytes.wrap(altered)), Optional.<Bytes>empty())) {
        store.apply(new Batch(new TreeMap<>(Map.of(page.key(), instead))));
        assertThatThrownBy(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    tree().prove(key(i));
                  }
                })
            .isInstanceOf(TrestleException.class)
            .hasMessageContaining("corrupt-state");
      }
      store.apply(new Batch(new TreeMap<>(Map.of(page.key(), Optional.of(page.value())))));
    }
  }

  @Test
  void pagesAreStrict() {
    TreeMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      writes.put(key(i), Optional.of(Bytes.utf8("v")));
    }
    apply(writes);
    for (StateReader.Entry page : store.scan(Bytes.EMPTY, Bytes.EMPTY, 1_000)) {
      Bytes encoded = page.value();
      assertThat(StateNode.encodePage(StateNode.decodePage(encoded))).isEqualTo(encoded);
      for (Bytes wrong :
          List.of(
              Bytes.concat(encoded, Bytes.fromHex("00")),
              encoded.slice(0, encoded.size() - 1),
              Bytes.concat(Bytes.fromHex("02"), encoded.slice(1, encoded.size())))) {
        assertThatThrownBy(() -> StateNode.decodePage(wrong)).isInstanceOf(DecodeException.class);
      }
    }
  }
}
