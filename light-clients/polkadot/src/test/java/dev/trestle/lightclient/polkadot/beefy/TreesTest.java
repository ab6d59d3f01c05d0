package dev.trestle.lightclient.polkadot.beefy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.vectors.VectorJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TreesTest {
  private static List<Hash32> leaves(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Digests.keccak256(Bytes.utf8("leaf " + i)))
        .toList();
  }

  @Test
  void rangesAreBaggedAsOnTheChain() throws IOException {
    Path file =
        Path.of("src/test/resources/vectors/polkadot/beefy/mmr-fixture-data-15-leaves.json");
    JsonNode json = VectorJson.parse(Bytes.wrap(Files.readAllBytes(file)));
    List<Hash32> leaves =
        VectorJson.list(json, "leaves").stream()
            .map(each -> new Hash32(VectorJson.hex(each)))
            .toList();
    TestRange range = new TestRange(leaves);
    Hash32 root = new Hash32(VectorJson.hex(json, "rootHash"));
    assertThat(range.root()).isEqualTo(root);
    for (int i = 0; i < leaves.size(); i++) {
      assertThat(Mmr.root(i, leaves.size(), leaves.get(i), range.items(i)).orThrow())
          .isEqualTo(root);
    }
  }

  @Test
  void aLeafOfARangeIsProvedAtItsPlaceOnly() {
    for (int count = 1; count <= 33; count++) {
      List<Hash32> leaves = leaves(count);
      TestRange range = new TestRange(leaves);
      for (int i = 0; i < count; i++) {
        List<Hash32> items = range.items(i);
        assertThat(Mmr.root(i, count, leaves.get(i), items).orThrow()).isEqualTo(range.root());
        for (int other = 0; other <= count; other++) {
          Verdict<Hash32> verdict = Mmr.root(other, count, leaves.get(i), items);
          boolean reached =
              verdict instanceof Verdict.Accepted<Hash32>(Hash32 root) && root.equals(range.root());
          assertThat(reached).as("leaf %d at %d of %d", i, other, count).isEqualTo(other == i);
        }
      }
    }
  }

  /** The proof of a leaf in layers, as substrate makes it. */
  private static List<Hash32> proof(List<Hash32> leaves, int index) {
    List<Hash32> proof = new ArrayList<>();
    List<Hash32> layer = leaves;
    int at = index;
    while (layer.size() > 1) {
      if ((at ^ 1) < layer.size()) {
        proof.add(layer.get(at ^ 1));
      }
      List<Hash32> above = new ArrayList<>();
      for (int i = 0; i < layer.size(); i += 2) {
        above.add(
            i + 1 < layer.size()
                ? BinaryMerkle.hash(layer.get(i), layer.get(i + 1))
                : layer.get(i));
      }
      layer = above;
      at /= 2;
    }
    return proof;
  }

  /** What a verifier does that trusts the length of the proof. */
  private static Hash32 naive(long index, long width, Hash32 leaf, List<Hash32> proof) {
    Hash32 node = leaf;
    long at = index;
    long last = width;
    for (Hash32 other : proof) {
      boolean right = (at & 1) == 1 || at + 1 == last;
      node = right ? BinaryMerkle.hash(other, node) : BinaryMerkle.hash(node, other);
      at >>= 1;
      last = (last + 1) / 2;
    }
    return node;
  }

  @Test
  void aPromotedLeafStandsAtOneIndexAndANaiveFoldSeesItAtMany() {
    int aliases = 0;
    for (int width = 1; width <= 40; width++) {
      List<Hash32> leaves = leaves(width);
      Hash32 root = BinaryMerkle.root(leaves);
      for (int i = 0; i < width; i++) {
        List<Hash32> proof = proof(leaves, i);
        for (int other = 0; other < width; other++) {
          Verdict<Hash32> verdict = BinaryMerkle.root(other, width, leaves.get(i), proof);
          boolean reached =
              verdict instanceof Verdict.Accepted<Hash32>(Hash32 folded) && folded.equals(root);
          assertThat(reached).as("leaf %d at %d of %d", i, other, width).isEqualTo(other == i);
          boolean fooled = naive(other, width, leaves.get(i), proof).equals(root);
          aliases += fooled && other != i ? 1 : 0;
        }
      }
    }
    assertThat(aliases).as("the control: indices that a naive fold confuses").isPositive();
  }

  @Test
  void headsAreProvedByTheOrderOfTheirNeighbours() {
    for (int width = 1; width <= 20; width++) {
      List<Hash32> leaves = leaves(width);
      for (int i = 0; i < width; i++) {
        HeadProof proof = HeadProof.of(i, width, proof(leaves, i));
        assertThat(Mmr.fold(leaves.get(i), proof.items(), proof.order()).orThrow())
            .isEqualTo(BinaryMerkle.root(leaves));
      }
    }
  }
}
