package dev.trestle.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  private static final int LARGEST = 70;

  @Test
  void everyLeafOfEveryShapeVerifiesAndNoOtherLeafDoes() {
    for (int count = 1; count <= LARGEST; count++) {
      MerkleTree tree = MerkleTree.of(leaves(count));
      for (int i = 0; i < count; i++) {
        MerkleProof proof = tree.prove(i);
        assertThat(proof.verifies(tree.root(), leaf(i))).isTrue();
        assertThat(proof.verifies(tree.root(), leaf(i + 1))).isFalse();
      }
    }
  }

  @Test
  void theRootIsThatOfRfc9162WithOurDomains() {
    for (int count = 0; count <= LARGEST; count++) {
      Bytes top = count == 0 ? Hash32.ZERO.bytes() : recursive(leaves(count)).bytes();
      Hash32 expected =
          Digests.keccak256(Bytes.fromHex("02"), new CanonicalWriter().u64(count).toBytes(), top);
      assertThat(MerkleTree.of(leaves(count)).root()).isEqualTo(expected);
    }
  }

  @Test
  void theFrontierAgreesWithTheTreeAtEveryCount() {
    MerkleFrontier frontier = MerkleFrontier.EMPTY;
    for (int count = 0; count <= LARGEST; count++) {
      assertThat(frontier.root()).isEqualTo(MerkleTree.of(leaves(count)).root());
      CanonicalWriter out = new CanonicalWriter();
      frontier.write(out);
      assertThat(CanonicalReader.decode(out.toBytes(), MerkleFrontier::read)).isEqualTo(frontier);
      frontier = frontier.append(leaf(count));
    }
  }

  @Test
  void aProofOfAnotherShapeIsRefused() {
    MerkleTree tree = MerkleTree.of(leaves(13));
    for (int i = 0; i < 13; i++) {
      MerkleProof proof = tree.prove(i);
      List<Hash32> longer = new ArrayList<>(proof.siblings());
      longer.add(Hash32.ZERO);
      List<Hash32> shorter = proof.siblings().subList(0, proof.siblings().size() - 1);
      assertRefused(tree, i, new MerkleProof(i, 13, longer));
      assertRefused(tree, i, new MerkleProof(i, 13, shorter));
      assertRefused(tree, i, new MerkleProof(-1, 13, proof.siblings()));
      assertRefused(tree, i, new MerkleProof(i + 16, 13, proof.siblings()));
      assertRefused(tree, i, new MerkleProof(i, 0, proof.siblings()));
      for (int other = 1; other <= 40; other++) {
        if (other != 13) {
          assertRefused(tree, i, new MerkleProof(i, other, proof.siblings()));
        }
        if (other != i) {
          assertRefused(tree, i, new MerkleProof(other, 13, proof.siblings()));
        }
      }
    }
  }

  @Test
  void anInnerNodeIsNotALeaf() {
    MerkleTree four = MerkleTree.of(leaves(4));
    MerkleProof first = four.prove(0);
    Bytes inner =
        Bytes.concat(MerkleTree.leafHash(leaf(0)).bytes(), MerkleTree.leafHash(leaf(1)).bytes());
    MerkleProof shortened = new MerkleProof(0, 2, List.of(first.siblings().getLast()));
    assertThat(shortened.verifies(four.root(), inner)).isFalse();
  }

  @Test
  void goldenRoots() {
    assertThat(MerkleTree.of(List.of()).root().toHex()).isEqualTo(GOLDEN_EMPTY);
    assertThat(MerkleTree.of(leaves(1)).root().toHex()).isEqualTo(GOLDEN_ONE);
    assertThat(MerkleTree.of(leaves(7)).root().toHex()).isEqualTo(GOLDEN_SEVEN);
  }

  @Test
  void malformedEncodingsAreRefused() {
    Bytes wrongPeaks =
        new CanonicalWriter().u64(3).list(List.of(Hash32.ZERO), CanonicalWriter::hash).toBytes();
    assertThatThrownBy(() -> CanonicalReader.decode(wrongPeaks, MerkleFrontier::read))
        .isInstanceOf(DecodeException.class);
    CanonicalWriter tooMany = new CanonicalWriter().u64(0).u64(1);
    tooMany.list(java.util.Collections.nCopies(64, Hash32.ZERO), CanonicalWriter::hash);
    assertThatThrownBy(() -> CanonicalReader.decode(tooMany.toBytes(), MerkleProof::read))
        .isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> MerkleTree.of(leaves(2)).prove(2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  // Computed from the wire format with an independent keccak.
  private static final String GOLDEN_EMPTY =
      "f28d766e14bfa9767b97ce2a50d9b632eb10ef9c4aa085943ece3a4fcd5ef287";
  private static final String GOLDEN_ONE =
      "6d4a6f06c395f147be2c58a867525fb000ed8a5dc5b0f20e52eb82fdf267f449";
  private static final String GOLDEN_SEVEN =
      "9e25280c529a0d53d82d1f7d46e3ab87b54ae00411fec0438a1594e24cc85b8a";

  private static void assertRefused(MerkleTree tree, int leaf, MerkleProof proof) {
    assertThat(proof.verifies(tree.root(), leaf(leaf))).as("%s", proof).isFalse();
  }

  /** The definition of RFC 9162, 2.1.1, word for word. */
  private static Hash32 recursive(List<Bytes> leaves) {
    if (leaves.size() == 1) {
      return Digests.keccak256(Bytes.fromHex("00"), leaves.getFirst());
    }
    int k = Integer.highestOneBit(leaves.size() - 1);
    return Digests.keccak256(
        Bytes.fromHex("01"),
        recursive(leaves.subList(0, k)).bytes(),
        recursive(leaves.subList(k, leaves.size())).bytes());
  }

  private static List<Bytes> leaves(int count) {
    return java.util.stream.IntStream.range(0, count).mapToObj(MerkleTreeTest::leaf).toList();
  }

  private static Bytes leaf(int i) {
    return Bytes.utf8("leaf " + i);
  }
}
