package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.bitcoin.tx.WireWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A tree of scripts (BIP-341). */
public sealed interface TapTree {
  /** Leaf version of BIP-342. */
  int TAPSCRIPT = 0xc0;

  /** TapLeaf hash of a leaf, TapBranch hash of a branch. */
  Hash32 hash();

  /** A script under a leaf version. */
  record Leaf(int version, Bytes script) implements TapTree {
    public Leaf {
      if ((version & 1) != 0 || version < 0 || version > 0xff) {
        throw new IllegalArgumentException("a leaf version is an even byte");
      }
    }

    /** A tapscript leaf (BIP-342). */
    public static Leaf of(Bytes script) {
      return new Leaf(TAPSCRIPT, script);
    }

    @Override
    public Hash32 hash() {
      return Digests.tagged("TapLeaf", new WireWriter().u8(version).bytes(script).toBytes());
    }
  }

  /** Two subtrees; their order does not change the hash. */
  record Branch(TapTree left, TapTree right) implements TapTree {
    @Override
    public Hash32 hash() {
      return branchHash(left.hash(), right.hash());
    }
  }

  /** Hashes on the way from {@code leaf} to the root; empty if the leaf is not in the tree. */
  default Optional<List<Hash32>> path(Leaf leaf) {
    return switch (this) {
      case Leaf self -> self.equals(leaf) ? Optional.of(List.of()) : Optional.empty();
      case Branch(TapTree left, TapTree right) -> {
        Optional<List<Hash32>> below = left.path(leaf);
        Hash32 other = below.isPresent() ? right.hash() : left.hash();
        yield below
            .or(() -> right.path(leaf))
            .map(
                siblings -> {
                  List<Hash32> all = new ArrayList<>(siblings);
                  all.add(other);
                  return all;
                });
      }
    };
  }

  /** TapBranch hash: the two in ascending order. */
  static Hash32 branchHash(Hash32 one, Hash32 other) {
    return one.compareTo(other) <= 0
        ? Digests.tagged("TapBranch", one.bytes(), other.bytes())
        : Digests.tagged("TapBranch", other.bytes(), one.bytes());
  }
}
