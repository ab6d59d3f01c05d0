package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Corda's Merkle tree ({@code net.corda.core.crypto.MerkleTree}) and hashes of components ({@code
 * WireTransaction}, {@code CryptoUtils}). Leaves are padded with zero hashes to a power of two. A
 * leaf is a hash of a hash, a node a hash of 64 bytes: neither can be opened as the other.
 */
public final class CordaTree {
  /** The root of a group without components, where one with a higher number follows. */
  public static final Hash32 ABSENT = Hash32.fromHex("ff".repeat(Hash32.SIZE));

  private CordaTree() {}

  public static Hash32 node(Hash32 left, Hash32 right) {
    return Digests.sha256(left.bytes(), right.bytes());
  }

  /**
   * @param leaves at least one
   */
  public static Hash32 root(List<Hash32> leaves) {
    if (leaves.isEmpty()) {
      throw new IllegalArgumentException("a tree without leaves");
    }
    List<Hash32> level = new ArrayList<>(leaves);
    level.addAll(Collections.nCopies(width(leaves.size()) - leaves.size(), Hash32.ZERO));
    while (level.size() > 1) {
      List<Hash32> above = new ArrayList<>(level.size() / 2);
      for (int i = 0; i < level.size(); i += 2) {
        above.add(node(level.get(i), level.get(i + 1)));
      }
      level = above;
    }
    return level.getFirst();
  }

  /** The power of two that leaves are padded to. */
  static int width(int leaves) {
    return leaves <= 1 ? 1 : Integer.highestOneBit(leaves - 1) << 1;
  }

  /** {@code componentHash(nonce, component)}. */
  public static Hash32 leaf(Hash32 nonce, Bytes component) {
    return Digests.sha256d(nonce.bytes(), component);
  }

  /**
   * The nonce of a component, which only who knows the transaction's salt can compute.
   *
   * @param salt 32 bytes
   */
  public static Hash32 nonce(Bytes salt, int group, int index, Bytes component) {
    Bytes place = Bytes.concat(word(group), word(index));
    return leaf(Digests.sha256d(salt, place), component);
  }

  private static Bytes word(int value) {
    return Bytes.wrap(
        new byte[] {
          (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        });
  }
}
