package dev.trestle.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MerkleLogTest {
  private static final int LEAVES = 70;

  private final Map<String, Hash32> stored = new HashMap<>();
  private final MerkleLog log =
      new MerkleLog((level, index) -> Optional.ofNullable(stored.get(level + "/" + index)));
  private final List<Bytes> leaves = new ArrayList<>();

  private void append() {
    Bytes leaf = Digests.sha256(Bytes.utf8("leaf " + leaves.size())).bytes();
    for (MerkleLog.Node node : log.append(leaves.size(), leaf)) {
      assertThat(stored.put(node.level() + "/" + node.index(), node.hash()))
          .as("a complete subtree is written once")
          .isNull();
    }
    leaves.add(leaf);
  }

  @Test
  void everyLeafIsProvedUnderEveryRoot() {
    MerkleFrontier frontier = MerkleFrontier.EMPTY;
    assertThat(log.root(0)).isEqualTo(MerkleTree.of(List.of()).root());
    for (int count = 1; count <= LEAVES; count++) {
      append();
      frontier = frontier.append(leaves.getLast());
      assertThat(log.root(count)).isEqualTo(frontier.root());
    }
    for (int count = 1; count <= LEAVES; count++) {
      MerkleTree tree = MerkleTree.of(leaves.subList(0, count));
      assertThat(log.root(count)).isEqualTo(tree.root());
      for (int index = 0; index < count; index++) {
        MerkleProof proof = log.prove(index, count);
        assertThat(proof).isEqualTo(tree.prove(index));
        assertThat(proof.verifies(tree.root(), leaves.get(index))).isTrue();
        assertThat(proof.verifies(tree.root(), leaves.get((index + 1) % LEAVES))).isFalse();
      }
    }
    assertThat(stored).hasSizeLessThan(2 * LEAVES);
  }

  @Test
  void doesNotProveWhatIsNotThere() {
    append();
    append();
    assertThatThrownBy(() -> log.prove(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> log.prove(-1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> log.prove(0, 3)).isInstanceOf(IllegalStateException.class);
  }
}
