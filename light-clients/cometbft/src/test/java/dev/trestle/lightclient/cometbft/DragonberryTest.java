package dev.trestle.lightclient.cometbft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.ExistenceProof;
import dev.trestle.proofs.ics23.HashOp;
import dev.trestle.proofs.ics23.Ics23Code;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.InnerSpec;
import dev.trestle.proofs.ics23.LeafOp;
import dev.trestle.proofs.ics23.LengthOp;
import dev.trestle.proofs.ics23.NonExistenceProof;
import dev.trestle.proofs.ics23.ProofSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Forged proofs, each refused by the bound that stops it. The negative control is the same forgery
 * under a specification without that bound, which accepts it: so the forgery is real.
 */
class DragonberryTest {
  private static final Bytes KEY = Bytes.utf8("commitments/forged");
  private static final Bytes VALUE = Bytes.utf8("a million");

  private static TestTree tree(int size) {
    TreeMap<Bytes, Bytes> leaves = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      leaves.put(TestStores.key(i), Bytes.utf8("value " + i));
    }
    return TestTree.iavl(leaves);
  }

  private static ProofSpec unbounded() {
    InnerSpec iavl = ProofSpec.IAVL.inner();
    // another number of prefix bytes is also what makes the rules of IAVL not apply
    InnerSpec loose = new InnerSpec(iavl.childOrder(), 1, 0, 400, Bytes.EMPTY, HashOp.SHA256);
    LeafOp leaf = ProofSpec.IAVL.leaf();
    return new ProofSpec(
        new LeafOp(leaf.hash(), leaf.prehashKey(), leaf.prehashValue(), leaf.length(), Bytes.EMPTY),
        loose,
        0,
        0,
        false);
  }

  private static String code(Verdict<?> verdict) {
    return verdict instanceof Verdict.Rejected<?>(var reason, var detail)
        ? reason.code()
        : "accepted";
  }

  @Test
  void anInnerNodeIsNotShownAsALeafOfWhoeverPaidForAKey() {
    // the preimage of an inner node read as a leaf: prefix, key and value cut elsewhere
    TestTree tree = tree(2);
    ExistenceProof real = tree.exist(TestStores.key(1));
    InnerOp top = real.path().getFirst();
    Bytes leafHash = real.leaf().orElseThrow().apply(real.key(), real.value()).orThrow();
    Bytes preimage = Bytes.concat(top.prefix(), leafHash, top.suffix());
    Bytes key = preimage.slice(4, 20);
    Bytes value = preimage.slice(20, preimage.size());
    LeafOp cut =
        new LeafOp(
            HashOp.SHA256,
            HashOp.NO_HASH,
            HashOp.NO_HASH,
            LengthOp.NO_PREFIX,
            preimage.slice(0, 4));
    ExistenceProof forged = new ExistenceProof(key, value, Optional.of(cut), List.of());
    assertThat(forged.root().orThrow()).as("control").isEqualTo(tree.root());
    assertThat(code(forged.verify(ProofSpec.IAVL, tree.root(), key, value)))
        .isIn(Ics23Code.IAVL_PREFIX.code(), Ics23Code.LEAF_OP.code());
  }

  @Test
  void aLeafHiddenInAnInnerPrefixIsNotProved() {
    // a tree with a leaf whose preimage, cut as an inner node's, has the forged leaf as its child
    LeafOp leaf = tree(1).exist(TestStores.key(0)).leaf().orElseThrow();
    Bytes forgedLeaf = leaf.apply(KEY, VALUE).orThrow();
    Bytes front = Bytes.concat(Bytes.fromHex("00020e"), Bytes.fromHex("40"), Bytes.utf8("k"));
    Bytes back = Digests.sha256(Bytes.utf8("anything")).bytes();
    Bytes root = Digests.sha256(front, forgedLeaf, back).bytes();
    InnerOp step = new InnerOp(HashOp.SHA256, front, back);
    ExistenceProof forged = new ExistenceProof(KEY, VALUE, Optional.of(leaf), List.of(step));
    assertThat(code(forged.check(unbounded()))).as("control").isEqualTo("inner-op");
    assertThat(forged.root().orThrow()).as("control").isEqualTo(root);
    assertThat(code(forged.verify(ProofSpec.IAVL, root, KEY, VALUE)))
        .isEqualTo(Ics23Code.IAVL_PREFIX.code());
  }

  @Test
  void neighboursWithALeafBetweenThemDoNotProveAbsence() {
    TestTree tree = tree(8);
    for (int i = 0; i < 8; i++) {
      for (int j = i + 1; j < 8; j++) {
        CommitmentProof proof =
            new CommitmentProof.Nonexist(
                new NonExistenceProof(
                    KEY,
                    Optional.of(tree.exist(TestStores.key(i))),
                    Optional.of(tree.exist(TestStores.key(j)))));
        Bytes absent =
            Bytes.utf8(String.format(java.util.Locale.ROOT, "commitments/%06d", 2 * i + 1));
        assertThat(code(proof.verifyNonMembership(ProofSpec.IAVL, tree.root(), absent)))
            .as("%d and %d", i, j)
            .isEqualTo(j == i + 1 ? "accepted" : Ics23Code.NOT_NEIGHBOURS.code());
      }
    }
  }

  @Test
  void oneNeighbourProvesAbsenceOnlyAtTheEdge() {
    TestTree tree = tree(9);
    for (int i = 0; i < 9; i++) {
      Optional<ExistenceProof> own = Optional.of(tree.exist(TestStores.key(i)));
      CommitmentProof left =
          new CommitmentProof.Nonexist(new NonExistenceProof(KEY, own, Optional.empty()));
      CommitmentProof right =
          new CommitmentProof.Nonexist(new NonExistenceProof(KEY, Optional.empty(), own));
      String edge = Ics23Code.NOT_NEIGHBOURS.code();
      assertThat(code(left.verifyNonMembership(ProofSpec.IAVL, tree.root(), Bytes.utf8("z"))))
          .isEqualTo(i == 8 ? "accepted" : edge);
      assertThat(code(right.verifyNonMembership(ProofSpec.IAVL, tree.root(), Bytes.utf8("a"))))
          .isEqualTo(i == 0 ? "accepted" : edge);
    }
  }

  @Test
  void aPathOfAnySizeOfTreeVerifiesAndNoOtherRootDoes() {
    for (int size = 1; size <= 40; size++) {
      TestTree tree = tree(size);
      Bytes other = tree(size + 1).root();
      for (int i = 0; i < size; i++) {
        ExistenceProof proof = tree.exist(TestStores.key(i));
        assertThat(code(proof.verify(ProofSpec.IAVL, tree.root(), proof.key(), proof.value())))
            .isEqualTo("accepted");
        assertThat(code(proof.verify(ProofSpec.IAVL, other, proof.key(), proof.value())))
            .isEqualTo(Ics23Code.ROOT_MISMATCH.code());
      }
    }
  }

  @Test
  void aChildThatFitsToNoPlaceIsRefusedAlthoughItsSizesAreAllowed() {
    ExistenceProof real = tree(2).exist(TestStores.key(0));
    InnerOp top = real.path().getFirst();
    InnerOp bare = new InnerOp(HashOp.SHA256, top.prefix(), Bytes.EMPTY);
    ExistenceProof forged =
        new ExistenceProof(real.key(), real.value(), real.leaf(), List.of(bare));
    assertThat(code(forged.check(ProofSpec.IAVL))).as("control").isEqualTo("accepted");
    Bytes root = forged.root().orThrow();
    assertThat(code(forged.verify(ProofSpec.IAVL, root, real.key(), real.value())))
        .isEqualTo(Ics23Code.INNER_OP.code());
  }
}
