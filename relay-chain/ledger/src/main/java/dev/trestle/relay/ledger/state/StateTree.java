package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The authenticated state ({@code wire-format.md}, "State tree"), changed in place: nodes are
 * stored by path, so an update touches only the paths of the keys that change. Writes are collected
 * in memory until the caller commits {@link #nodeWrites()}. Not thread-safe.
 */
public final class StateTree {
  private static final int MAX_DEPTH = 256;
  private static final int LEAF = 1;
  private static final int BRANCH = 2;

  private final Overlay nodes;

  /**
   * @param nodes where the nodes of the committed tree are read from
   */
  public StateTree(StateReader nodes) {
    this.nodes = new Overlay(nodes);
  }

  private sealed interface Node {
    record Empty() implements Node {}

    record Leaf(Hash32 keyHash, Hash32 valueHash) implements Node {}

    record Branch(Hash32 left, Hash32 right) implements Node {}

    Node EMPTY = new Empty();

    default Hash32 hash() {
      return switch (this) {
        case Empty() -> Hash32.ZERO;
        case Leaf(Hash32 keyHash, Hash32 valueHash) -> StateProof.leafHash(keyHash, valueHash);
        case Branch(Hash32 left, Hash32 right) -> StateProof.branchHash(left, right);
      };
    }
  }

  /** Root of the tree with all updates so far; zero only while there is no key. */
  public Hash32 root() {
    return load(0, Hash32.ZERO).hash();
  }

  /** Applies writes of keys and values; an empty value removes the key. */
  public void update(SortedMap<Bytes, Optional<Bytes>> writes) {
    TreeMap<Hash32, Optional<Hash32>> changes = new TreeMap<>();
    writes.forEach(
        (key, value) ->
            changes.put(Digests.keccak256(key), value.map(bytes -> Digests.keccak256(bytes))));
    update(0, Hash32.ZERO, load(0, Hash32.ZERO), changes);
  }

  /** The nodes that changed, to be committed together with the values. */
  public SortedMap<Bytes, Optional<Bytes>> nodeWrites() {
    return nodes.writes();
  }

  /** Proof of presence if the key is there, of absence if it is not. */
  public StateProof prove(Bytes key) {
    Hash32 keyHash = Digests.keccak256(key);
    List<Hash32> siblings = new ArrayList<>();
    Node node = load(0, Hash32.ZERO);
    while (node instanceof Node.Branch(Hash32 left, Hash32 right)) {
      int depth = siblings.size();
      siblings.add(StateProof.bit(keyHash, depth) ? left : right);
      node = load(depth + 1, keyHash);
    }
    Optional<StateProof.Leaf> other = Optional.empty();
    if (node instanceof Node.Leaf(Hash32 met, Hash32 valueHash) && !met.equals(keyHash)) {
      other = Optional.of(new StateProof.Leaf(met, valueHash));
    }
    return new StateProof(siblings, other);
  }

  private Node update(
      int depth, Hash32 path, Node node, SortedMap<Hash32, Optional<Hash32>> changes) {
    if (changes.isEmpty()) {
      return node;
    }
    return switch (node) {
      case Node.Empty() -> build(depth, path, leaves(Map.of(), changes));
      case Node.Leaf(Hash32 keyHash, Hash32 valueHash) ->
          build(depth, path, leaves(Map.of(keyHash, valueHash), changes));
      case Node.Branch branch -> updateBranch(depth, path, branch, changes);
    };
  }

  private Node updateBranch(
      int depth, Hash32 path, Node.Branch branch, SortedMap<Hash32, Optional<Hash32>> changes) {
    Hash32 rightPath = withBit(path, depth);
    SortedMap<Hash32, Optional<Hash32>> leftChanges = changes.headMap(rightPath);
    SortedMap<Hash32, Optional<Hash32>> rightChanges = changes.tailMap(rightPath);
    Hash32 left = branch.left();
    Hash32 right = branch.right();
    if (!leftChanges.isEmpty()) {
      left = update(depth + 1, path, load(depth + 1, path), leftChanges).hash();
    }
    if (!rightChanges.isEmpty()) {
      right = update(depth + 1, rightPath, load(depth + 1, rightPath), rightChanges).hash();
    }
    if (left.isZero() || right.isZero()) {
      Hash32 only = left.isZero() ? rightPath : path;
      Node child = load(depth + 1, only);
      if (child instanceof Node.Leaf) {
        store(depth + 1, only, Node.EMPTY);
        return store(depth, path, child);
      }
      if (child instanceof Node.Empty) {
        return store(depth, path, Node.EMPTY);
      }
    }
    return store(depth, path, new Node.Branch(left, right));
  }

  /** Replaces whatever stands at {@code path} by the subtree of exactly these leaves. */
  private Node build(int depth, Hash32 path, SortedMap<Hash32, Hash32> leaves) {
    if (leaves.isEmpty()) {
      return store(depth, path, Node.EMPTY);
    }
    if (leaves.size() == 1) {
      Hash32 keyHash = leaves.firstKey();
      Hash32 valueHash = leaves.sequencedValues().getFirst();
      return store(depth, path, new Node.Leaf(keyHash, valueHash));
    }
    if (depth == MAX_DEPTH) {
      throw new IllegalStateException("two keys with one keccak256");
    }
    Hash32 rightPath = withBit(path, depth);
    Node left = build(depth + 1, path, leaves.headMap(rightPath));
    Node right = build(depth + 1, rightPath, leaves.tailMap(rightPath));
    return store(depth, path, new Node.Branch(left.hash(), right.hash()));
  }

  private static SortedMap<Hash32, Hash32> leaves(
      Map<Hash32, Hash32> present, SortedMap<Hash32, Optional<Hash32>> changes) {
    TreeMap<Hash32, Hash32> leaves = new TreeMap<>(present);
    changes.forEach(
        (key, value) -> {
          if (value.isPresent()) {
            leaves.put(key, value.get());
          } else {
            leaves.remove(key);
          }
        });
    return Collections.unmodifiableSortedMap(leaves);
  }

  private Node load(int depth, Hash32 path) {
    return nodes.get(nodeKey(depth, path)).map(StateTree::decode).orElse(Node.EMPTY);
  }

  private Node store(int depth, Hash32 path, Node node) {
    Bytes key = nodeKey(depth, path);
    switch (node) {
      case Node.Empty() -> {
        if (nodes.get(key).isPresent()) {
          nodes.delete(key);
        }
      }
      case Node.Leaf(Hash32 keyHash, Hash32 valueHash) ->
          nodes.put(key, new CanonicalWriter().u8(LEAF).hash(keyHash).hash(valueHash).toBytes());
      case Node.Branch(Hash32 left, Hash32 right) ->
          nodes.put(key, new CanonicalWriter().u8(BRANCH).hash(left).hash(right).toBytes());
    }
    return node;
  }

  private static Node decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in ->
            switch (in.u8()) {
              case LEAF -> new Node.Leaf(in.hash(), in.hash());
              case BRANCH -> new Node.Branch(in.hash(), in.hash());
              default -> throw new DecodeException("not a node of the state tree");
            });
  }

  /** {@code u16 depth | the first depth bits of the path, padded with zeros to whole bytes}. */
  private static Bytes nodeKey(int depth, Hash32 path) {
    int whole = (depth + 7) >>> 3;
    byte[] prefix = path.bytes().slice(0, whole).toArray();
    if ((depth & 7) != 0) {
      prefix[whole - 1] &= (byte) (0xff << (8 - (depth & 7)));
    }
    return new CanonicalWriter().u16(depth).fixed(Bytes.wrap(prefix)).toBytes();
  }

  /** {@code path}, whose bits from {@code depth} on are zero, with bit {@code depth} set. */
  private static Hash32 withBit(Hash32 path, int depth) {
    byte[] raw = path.toArray();
    raw[depth >>> 3] |= (byte) (1 << (7 - (depth & 7)));
    return Hash32.wrap(raw);
  }
}
