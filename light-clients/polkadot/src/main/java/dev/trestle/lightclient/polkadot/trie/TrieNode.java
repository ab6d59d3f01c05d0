package dev.trestle.lightclient.polkadot.trie;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.polkadot.ScaleReader;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node of the state trie (Polkadot specification 2.4.3, state versions 0 and 1). Partial keys
 * hold one half byte an element.
 */
sealed interface TrieNode {
  /** Most half bytes of a partial key. */
  int MAX_PARTIAL = 2_048;

  /** Largest node or value in bytes. */
  int MAX_SIZE = 200_000;

  int CHILDREN = 16;

  /** The root of an empty trie. */
  record Empty() implements TrieNode {}

  record Leaf(Bytes partial, Value value) implements TrieNode {}

  /**
   * @param children sixteen
   */
  record Branch(Bytes partial, Optional<Value> value, List<Optional<Child>> children)
      implements TrieNode {}

  /** What stands under a key. */
  sealed interface Value {
    record Inline(Bytes value) implements Value {}

    /** The hash of the value: state version 1, from 33 bytes. */
    record Hashed(Hash32 hash) implements Value {}
  }

  /** A reference to a child. */
  sealed interface Child {
    /** The encoded child itself, where it has less than 32 bytes. */
    record Inline(Bytes node) implements Child {}

    record Hashed(Hash32 hash) implements Child {}
  }

  /** First bits of a node's encoding; the rest of the byte is the length of its partial key. */
  enum Kind {
    LEAF(0x40, 2),
    BRANCH(0x80, 2),
    BRANCH_VALUE(0xc0, 2),
    LEAF_HASHED(0x20, 3),
    BRANCH_HASHED(0x10, 4);

    private final int bits;
    private final int width;

    Kind(int bits, int width) {
      this.bits = bits;
      this.width = width;
    }

    private int most() {
      return 0xff >>> width;
    }

    private static Kind of(int first) {
      for (Kind kind : values()) {
        if ((first & ~kind.most() & 0xff) == kind.bits) {
          return kind;
        }
      }
      throw new DecodeException("a node that starts with " + first);
    }
  }

  /**
   * @throws DecodeException if these are not the bytes of one node
   */
  static TrieNode decode(Bytes encoded) {
    return ScaleReader.decode(encoded, TrieNode::read);
  }

  private static TrieNode read(ScaleReader in) {
    int first = in.u8();
    if (first == 0) {
      return new Empty();
    }
    Kind kind = Kind.of(first);
    Bytes partial = partial(in, size(in, first & kind.most(), kind.most()));
    return switch (kind) {
      case LEAF -> new Leaf(partial, inline(in));
      case LEAF_HASHED -> new Leaf(partial, new Value.Hashed(in.hash()));
      case BRANCH, BRANCH_VALUE, BRANCH_HASHED -> branch(in, kind, partial);
    };
  }

  private static TrieNode branch(ScaleReader in, Kind kind, Bytes partial) {
    int bitmap = in.u16();
    if (bitmap == 0) {
      throw new DecodeException("a branch without children");
    }
    Optional<Value> value =
        switch (kind) {
          case BRANCH_VALUE -> Optional.of(inline(in));
          case BRANCH_HASHED -> Optional.of(new Value.Hashed(in.hash()));
          case BRANCH, LEAF, LEAF_HASHED -> Optional.empty();
        };
    List<Optional<Child>> children = new ArrayList<>(CHILDREN);
    for (int i = 0; i < CHILDREN; i++) {
      children.add(((bitmap >>> i) & 1) == 0 ? Optional.empty() : Optional.of(child(in)));
    }
    return new Branch(partial, value, List.copyOf(children));
  }

  private static Child child(ScaleReader in) {
    Bytes reference = in.bytes(Hash32.SIZE);
    return reference.size() == Hash32.SIZE
        ? new Child.Hashed(new Hash32(reference))
        : new Child.Inline(reference);
  }

  private static Value inline(ScaleReader in) {
    return new Value.Inline(in.bytes(MAX_SIZE));
  }

  private static int size(ScaleReader in, int start, int most) {
    int size = start;
    if (start == most) {
      int more;
      do {
        more = in.u8();
        size += more;
        if (size > MAX_PARTIAL) {
          throw new DecodeException("a partial key of " + size);
        }
      } while (more == 0xff);
    }
    return size;
  }

  private static Bytes partial(ScaleReader in, int size) {
    Bytes nibbles = Nibbles.of(in.fixed((size + 1) / 2));
    if ((size & 1) == 0) {
      return nibbles;
    }
    if (nibbles.at(0) != 0) {
      throw new DecodeException("padding of a partial key is not zero");
    }
    return nibbles.slice(1, nibbles.size());
  }

  default Bytes encode() {
    ScaleWriter out = new ScaleWriter();
    switch (this) {
      case Empty empty -> out.u8(0);
      case Leaf(Bytes partial, Value.Inline value) -> {
        head(out, Kind.LEAF, partial);
        out.bytes(value.value());
      }
      case Leaf(Bytes partial, Value.Hashed value) -> {
        head(out, Kind.LEAF_HASHED, partial);
        out.hash(value.hash());
      }
      case Branch branch -> write(out, branch);
    }
    return out.toBytes();
  }

  private static void write(ScaleWriter out, Branch branch) {
    Kind kind =
        branch
            .value()
            .map(value -> value instanceof Value.Inline ? Kind.BRANCH_VALUE : Kind.BRANCH_HASHED)
            .orElse(Kind.BRANCH);
    head(out, kind, branch.partial());
    int bitmap = 0;
    for (int i = 0; i < CHILDREN; i++) {
      bitmap |= branch.children().get(i).isPresent() ? 1 << i : 0;
    }
    out.u16(bitmap);
    branch
        .value()
        .ifPresent(
            value -> {
              switch (value) {
                case Value.Inline(Bytes bytes) -> out.bytes(bytes);
                case Value.Hashed(Hash32 hash) -> out.hash(hash);
              }
            });
    for (Optional<Child> child : branch.children()) {
      child.ifPresent(
          reference -> {
            switch (reference) {
              case Child.Inline(Bytes node) -> out.bytes(node);
              case Child.Hashed(Hash32 hash) -> out.bytes(hash.bytes());
            }
          });
    }
  }

  private static void head(ScaleWriter out, Kind kind, Bytes partial) {
    int left = partial.size() - kind.most();
    out.u8(kind.bits | Math.min(partial.size(), kind.most()));
    if (left >= 0) {
      for (; left >= 0xff; left -= 0xff) {
        out.u8(0xff);
      }
      out.u8(left);
    }
    out.fixed(Nibbles.pack(partial));
  }
}
