package dev.trestle.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MptProofTest {
  @Test
  void vectorsAreJudgedAsExpected() {
    JsonNode vectors = VectorFile.read("trie/proofs.json");
    assertThat(vectors.size()).isEqualTo(81);
    for (JsonNode vector : vectors) {
      boolean valid = vector.get("valid").asBoolean();
      Optional<Bytes> expected =
          vector.get("value").isNull()
              ? Optional.empty()
              : Optional.of(VectorFile.hex(vector.get("value")));
      Verdict<Optional<Bytes>> verdict =
          MptProof.lookup(
              new Hash32(VectorFile.hex(vector.get("root"))),
              VectorFile.hex(vector.get("key")),
              VectorFile.list(vector.get("proof")));
      boolean proved =
          verdict instanceof Verdict.Accepted<Optional<Bytes>>(Optional<Bytes> value)
              && value.equals(expected);
      assertThat(proved).as("%s gave %s", vector, verdict).isEqualTo(valid);
    }
  }

  @Test
  void theBuilderGivesTheRootsOfTheUpstreamTests() {
    VectorFile.read("trie/trieanyorder.json")
        .forEachEntry(
            (name, vector) -> {
              TreeMap<Bytes, Bytes> entries = new TreeMap<>();
              vector
                  .get("in")
                  .forEachEntry((key, value) -> entries.put(text(key), text(value.asString())));
              assertThat(new MerklePatriciaTrie(entries).root().bytes())
                  .as(name)
                  .isEqualTo(VectorFile.hex(vector.get("root")));
            });
    VectorFile.read("trie/trietest.json")
        .forEachEntry(
            (name, vector) -> {
              TreeMap<Bytes, Bytes> entries = new TreeMap<>();
              for (JsonNode pair : vector.get("in")) {
                Bytes key = text(pair.get(0).asString());
                if (pair.get(1).isNull()) {
                  entries.remove(key);
                } else {
                  entries.put(key, text(pair.get(1).asString()));
                }
              }
              assertThat(new MerklePatriciaTrie(entries).root().bytes())
                  .as(name)
                  .isEqualTo(VectorFile.hex(vector.get("root")));
            });
  }

  @Test
  void builtProofsOfPresenceAndAbsenceVerifyAndMutantsDoNot() {
    long seed = 0x4d5054L;
    System.out.println("MptProofTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      SortedMap<Bytes, Bytes> entries = randomEntries(random);
      MerklePatriciaTrie trie = new MerklePatriciaTrie(entries);
      for (int probe = 0; probe < 6; probe++) {
        List<Bytes> known = List.copyOf(entries.keySet());
        Bytes key =
            probe < 3 && !known.isEmpty()
                ? known.get(random.nextInt(known.size()))
                : randomKey(random);
        List<Bytes> proof = trie.prove(key);
        assertThat(MptProof.lookup(trie.root(), key, proof))
            .isEqualTo(Verdict.accept(Optional.ofNullable(entries.get(key))));
        assertMutantsRefused(random, trie.root(), key, proof);
      }
    }
  }

  @Test
  void aNodeThatBelongsIntoItsParentIsRefused() {
    // A branch that names a child of fewer than 32 bytes by its hash: never canonical.
    Bytes shortLeaf =
        Rlp.encode(RlpItem.of(RlpItem.of(Bytes.fromHex("20")), RlpItem.of(Bytes.fromHex("01"))));
    List<RlpItem> children = new ArrayList<>(java.util.Collections.nCopies(17, RlpItem.of(0)));
    children.set(0, RlpItem.of(Digests.keccak256(shortLeaf).bytes()));
    children.set(1, RlpItem.of(Digests.keccak256(Bytes.fromHex("ff")).bytes()));
    Bytes branch = Rlp.encode(RlpItem.of(children));
    assertThat(
            MptProof.lookup(
                Digests.keccak256(branch), Bytes.fromHex("00"), List.of(branch, shortLeaf)))
        .isInstanceOf(Verdict.Rejected.class);
  }

  @Test
  void refusalsNameTheirReason() {
    TreeMap<Bytes, Bytes> entries = new TreeMap<>();
    for (int i = 0; i < 40; i++) {
      entries.put(Digests.keccak256(Bytes.utf8("k" + i)).bytes(), Bytes.utf8("value " + i));
    }
    MerklePatriciaTrie trie = new MerklePatriciaTrie(entries);
    Bytes key = entries.firstKey();
    List<Bytes> proof = trie.prove(key);
    assertReason(ProofError.ROOT_MISMATCH, MptProof.get(Hash32.ZERO, key, proof));
    assertReason(ProofError.PROOF_TOO_SHORT, MptProof.get(trie.root(), key, proof.subList(0, 1)));
    List<Bytes> longer = new ArrayList<>(proof);
    longer.add(proof.getFirst());
    assertReason(ProofError.TRAILING_NODES, MptProof.get(trie.root(), key, longer));
    assertReason(
        ProofError.TOO_DEEP,
        MptProof.get(
            trie.root(),
            key,
            java.util.Collections.nCopies(MptProof.MAX_NODES + 1, proof.getFirst())));
    Bytes absent = Hash32.ZERO.bytes();
    assertReason(ProofError.ABSENT, MptProof.get(trie.root(), absent, trie.prove(absent)));
    assertReason(ProofError.MALFORMED, MptProof.get(trie.root(), Bytes.wrap(new byte[65]), proof));
    Bytes noNode = Bytes.utf8("this is no node at all, but long enough");
    assertReason(
        ProofError.MALFORMED, MptProof.get(Digests.keccak256(noNode), key, List.of(noNode)));
  }

  private static void assertReason(ProofError expected, Verdict<Bytes> verdict) {
    assertThat(verdict)
        .isInstanceOfSatisfying(
            Verdict.Rejected.class, rejected -> assertThat(rejected.reason()).isEqualTo(expected));
  }

  private static void assertMutantsRefused(
      Random random, Hash32 root, Bytes key, List<Bytes> proof) {
    if (proof.isEmpty()) {
      return;
    }
    List<Bytes> mutant = new ArrayList<>(proof);
    int at = random.nextInt(proof.size());
    byte[] raw = proof.get(at).toArray();
    raw[random.nextInt(raw.length)] ^= (byte) (1 << random.nextInt(8));
    mutant.set(at, Bytes.wrap(raw));
    assertThat(MptProof.lookup(root, key, mutant)).isInstanceOf(Verdict.Rejected.class);
    assertThat(MptProof.lookup(root, key, proof.subList(0, proof.size() - 1)))
        .isInstanceOf(Verdict.Rejected.class);
  }

  private static SortedMap<Bytes, Bytes> randomEntries(Random random) {
    TreeMap<Bytes, Bytes> entries = new TreeMap<>();
    for (int i = random.nextInt(30); i > 0; i--) {
      byte[] value = new byte[1 + random.nextInt(60)];
      random.nextBytes(value);
      entries.put(randomKey(random), Bytes.wrap(value));
    }
    return entries;
  }

  /** Short keys over few nibbles, so that prefixes, extensions and branch values are common. */
  private static Bytes randomKey(Random random) {
    byte[] key = new byte[1 + random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(3) * 16 + random.nextInt(3));
    }
    return Bytes.wrap(key);
  }

  private static Bytes text(String value) {
    return value.startsWith("0x") ? Bytes.fromHex(value) : Bytes.utf8(value);
  }
}
