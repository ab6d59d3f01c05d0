package dev.trestle.lightclient.corda;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.List;

/**
 * {@code net.corda.core.crypto.PartialMerkleTree}: a tree cut to what leads to the leaves that it
 * includes. Encoding: {@code u8 kind}, then for 1 (included) and 2 (cut) {@code hash 32}, for 3
 * {@code left | right}.
 */
public sealed interface PartialTree {
  /** Most levels. */
  int MAX_DEPTH = 24;

  /** Most nodes. */
  int MAX_NODES = 1_024;

  /** A leaf that the tree proves. */
  record Included(Hash32 hash) implements PartialTree {}

  /** Whatever was cut off. */
  record Cut(Hash32 hash) implements PartialTree {}

  record Node(PartialTree left, PartialTree right) implements PartialTree {}

  /** The root; adds every included leaf to {@code included}, from the left. */
  default Hash32 root(List<Hash32> included) {
    return switch (this) {
      case Included(Hash32 hash) -> {
        included.add(hash);
        yield hash;
      }
      case Cut(Hash32 hash) -> hash;
      case Node(PartialTree left, PartialTree right) ->
          CordaTree.node(left.root(included), right.root(included));
    };
  }

  /** Nodes and leaves. */
  default int size() {
    return switch (this) {
      case Included included -> 1;
      case Cut cut -> 1;
      case Node(PartialTree left, PartialTree right) -> 1 + left.size() + right.size();
    };
  }

  /** Levels below the root. */
  default int depth() {
    return switch (this) {
      case Included included -> 0;
      case Cut cut -> 0;
      case Node(PartialTree left, PartialTree right) -> 1 + Math.max(left.depth(), right.depth());
    };
  }

  default void write(CanonicalWriter out) {
    switch (this) {
      case Included(Hash32 hash) -> out.u8(1).hash(hash);
      case Cut(Hash32 hash) -> out.u8(2).hash(hash);
      case Node(PartialTree left, PartialTree right) -> {
        left.write(out.u8(3));
        right.write(out);
      }
    }
  }

  static PartialTree read(CanonicalReader in) {
    return read(in, 0, new int[] {MAX_NODES});
  }

  private static PartialTree read(CanonicalReader in, int depth, int[] left) {
    if (depth > MAX_DEPTH || left[0]-- == 0) {
      throw new DecodeException("a partial tree that is too large");
    }
    int kind = in.u8();
    return switch (kind) {
      case 1 -> new Included(in.hash());
      case 2 -> new Cut(in.hash());
      case 3 -> new Node(read(in, depth + 1, left), read(in, depth + 1, left));
      default -> throw new DecodeException("a node of kind " + kind);
    };
  }
}
