package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.List;

/** Root of the tree of the wire format ("Trees": shape of RFC 9162, count bound into the root). */
final class MerkleRoot {
  private static final Bytes LEAF = Bytes.fromHex("00");
  private static final Bytes NODE = Bytes.fromHex("01");

  private MerkleRoot() {}

  static Hash32 of(List<Hash32> leaves) {
    Hash32 top = leaves.isEmpty() ? Hash32.ZERO : top(leaves);
    return Digests.keccak256(new CanonicalWriter().u8(2).u64(leaves.size()).hash(top).toBytes());
  }

  private static Hash32 top(List<Hash32> leaves) {
    if (leaves.size() == 1) {
      return Digests.keccak256(LEAF, leaves.get(0).bytes());
    }
    int left = Integer.highestOneBit(leaves.size() - 1);
    return Digests.keccak256(
        NODE,
        top(leaves.subList(0, left)).bytes(),
        top(leaves.subList(left, leaves.size())).bytes());
  }
}
