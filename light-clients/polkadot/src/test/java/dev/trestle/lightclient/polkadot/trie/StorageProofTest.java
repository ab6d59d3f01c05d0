package dev.trestle.lightclient.polkadot.trie;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StorageProofTest {
  private static final long SEED = 20_261_126L;

  private static SortedMap<Bytes, Bytes> entries(Random random, int count) {
    TreeMap<Bytes, Bytes> entries = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      entries.put(key(random), bytes(random, random.nextInt(70)));
    }
    return entries;
  }

  /** Short alphabet, so that keys share prefixes and end inside of others; some are long. */
  private static Bytes key(Random random) {
    byte[] key = new byte[random.nextInt(5) + (random.nextInt(8) == 0 ? 60 : 0)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(3) * 17);
    }
    return Bytes.wrap(key);
  }

  private static Bytes bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  @Test
  void everyProofShowsWhatStandsThereAndNothingElse() {
    Random random = new Random(SEED);
    for (int round = 0; round < 120; round++) {
      SortedMap<Bytes, Bytes> entries = entries(random, round % 40);
      TestTrie trie = new TestTrie(entries, round % 2 == 0);
      List<Bytes> keys = new ArrayList<>(entries.keySet());
      for (int i = 0; i < 10; i++) {
        keys.add(key(random));
      }
      for (Bytes key : keys) {
        Optional<Bytes> expected = Optional.ofNullable(entries.get(key));
        for (StorageProof proof : List.of(trie.proof(key), trie.compact(key))) {
          assertThat(StorageProof.decode(proof.encode())).isEqualTo(proof);
          assertThat(proof.read(trie.root(), key).orThrow())
              .as("seed %d, round %d, %s", SEED, round, key)
              .isEqualTo(expected);
          assertThat(proof.read(Hash32.ZERO, key).isAccepted()).isFalse();
        }
      }
    }
  }

  @Test
  void noPartOfAProofCanBeLeftOutOrAdded() {
    Random random = new Random(SEED);
    TestTrie trie = new TestTrie(entries(random, 60), true);
    for (int i = 0; i < 100; i++) {
      Bytes key = key(random);
      for (StorageProof proof : List.of(trie.proof(key), trie.compact(key))) {
        for (int left = 0; left < proof.nodes().size(); left++) {
          List<Bytes> fewer = new ArrayList<>(proof.nodes());
          fewer.remove(left);
          refused(trie, key, new StorageProof(proof.form(), fewer));
        }
        List<Bytes> more = new ArrayList<>(proof.nodes());
        more.add(Bytes.fromHex("00"));
        refused(trie, key, new StorageProof(proof.form(), more));
      }
    }
  }

  private static void refused(TestTrie trie, Bytes key, StorageProof proof) {
    Verdict<Optional<Bytes>> verdict = proof.read(trie.root(), key);
    assertThat(verdict.isAccepted()).as("%s of %s", proof, key).isFalse();
  }

  @Test
  void theEmptyTrieHasTheRootThatSubstrateGivesIt() {
    TestTrie empty = new TestTrie(new TreeMap<>(), true);
    assertThat(empty.root().toHex())
        .isEqualTo("03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314");
    assertThat(empty.proof(Bytes.EMPTY).read(empty.root(), Bytes.EMPTY).orThrow()).isEmpty();
  }
}
