package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * A node of the state tree with its hash. Four levels of the tree are stored together as one page;
 * a subtree that begins where a page ends stands there as {@link Below}.
 */
sealed interface StateNode {
  /** Levels of the tree in one page. */
  int PAGE_LEVELS = 4;

  /** Of a page with a leaf or a page below at every place: 15 branches and 16 times 65 bytes. */
  int PAGE_BYTES = 1 + 15 + 16 * 65;

  StateNode EMPTY = new Empty();

  Hash32 hash();

  /** No key. */
  record Empty() implements StateNode {
    @Override
    public Hash32 hash() {
      return Hash32.ZERO;
    }
  }

  /** Exactly one key. */
  record Leaf(Hash32 keyHash, Hash32 valueHash, Hash32 hash) implements StateNode {
    static Leaf of(Hash32 keyHash, Hash32 valueHash) {
      return new Leaf(keyHash, valueHash, StateProof.leafHash(keyHash, valueHash));
    }
  }

  /** Two keys or more. */
  record Branch(StateNode left, StateNode right, Hash32 hash) implements StateNode {
    static Branch of(StateNode left, StateNode right) {
      return new Branch(left, right, StateProof.branchHash(left.hash(), right.hash()));
    }
  }

  /**
   * A branch that is the top of the page below.
   *
   * @param version of that page
   */
  record Below(Hash32 hash, long version) implements StateNode {}

  /**
   * {@code u8 version = 1 | the nodes of the page in preorder}; the hash of a branch is not in it.
   */
  static Bytes encodePage(StateNode top) {
    CanonicalWriter out = new CanonicalWriter(PAGE_BYTES).u8(Code.PAGE_VERSION);
    write(out, top);
    return out.toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly what {@link #encodePage} gives
   */
  static StateNode decodePage(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          if (in.u8() != Code.PAGE_VERSION) {
            throw new DecodeException("not a page of version " + Code.PAGE_VERSION);
          }
          return read(in, 0);
        });
  }

  private static void write(CanonicalWriter out, StateNode node) {
    switch (node) {
      case Empty() -> out.u8(Code.EMPTY);
      case Leaf leaf -> out.u8(Code.LEAF).hash(leaf.keyHash).hash(leaf.valueHash);
      case Branch branch -> {
        out.u8(Code.BRANCH);
        write(out, branch.left);
        write(out, branch.right);
      }
      case Below(Hash32 hash, long version) -> out.u8(Code.BELOW).hash(hash).u64(version);
    }
  }

  private static StateNode read(CanonicalReader in, int level) {
    int code = in.u8();
    if (code == Code.BRANCH && level < PAGE_LEVELS) {
      StateNode left = read(in, level + 1);
      return Branch.of(left, read(in, level + 1));
    }
    if (code == Code.BELOW && level == PAGE_LEVELS) {
      return new Below(in.hash(), in.u64());
    }
    return switch (code) {
      case Code.EMPTY -> EMPTY;
      case Code.LEAF -> Leaf.of(in.hash(), in.hash());
      default -> throw new DecodeException("node code " + code + " at level " + level);
    };
  }

  /** Codes of the disk format. */
  final class Code {
    private static final int PAGE_VERSION = 1;
    private static final int EMPTY = 0;
    private static final int LEAF = 1;
    private static final int BRANCH = 2;
    private static final int BELOW = 3;

    private Code() {}
  }
}
