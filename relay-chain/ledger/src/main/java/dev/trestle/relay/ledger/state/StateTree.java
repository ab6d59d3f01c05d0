package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
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
 * One version of the authenticated state ({@code wire-format.md}, "State tree"). An update touches
 * only the pages above the keys that change and gives the next version; this one stays as it is for
 * as long as its pages are kept.
 */
public final class StateTree {
  private static final int MAX_DEPTH = 256;

  private final StatePages pages;
  private final Root root;

  /**
   * Where a version begins.
   *
   * @param hash zero only while there is no key
   * @param version height of the block that wrote the top page
   */
  public record Root(Hash32 hash, long version) {
    public static final Root EMPTY = new Root(Hash32.ZERO, 0);
  }

  /**
   * The next version.
   *
   * @param pages that have to be written for it, by key
   * @param stale keys of pages that it no longer needs
   */
  public record Update(Root root, SortedMap<Bytes, Bytes> pages, List<Bytes> stale) {
    public Update {
      pages = Collections.unmodifiableSortedMap(new TreeMap<>(pages));
      stale = List.copyOf(stale);
    }
  }

  public StateTree(StatePages pages, Root root) {
    this.pages = pages;
    this.root = root;
  }

  public Root root() {
    return root;
  }

  /** Reads the top page, so that a store without it is noticed at once. */
  public void check() {
    top();
  }

  /**
   * Applies writes of keys and values; an empty value removes the key.
   *
   * @param version of the pages that are written; larger than any before
   */
  public Update update(long version, SortedMap<Bytes, Optional<Bytes>> writes) {
    TreeMap<Hash32, Optional<Hash32>> changes = new TreeMap<>();
    writes.forEach(
        (key, value) ->
            changes.put(Digests.keccak256(key), value.map(bytes -> Digests.keccak256(bytes))));
    if (changes.isEmpty()) {
      return new Update(root, new TreeMap<>(), List.of());
    }
    Change change = new Change(version);
    StateNode top = change.apply(0, Hash32.ZERO, top(), changes);
    if (!root.hash.isZero()) {
      change.stale.add(StatePages.key(0, Hash32.ZERO, root.version));
    }
    if (!top.hash().isZero()) {
      change.write(0, Hash32.ZERO, top);
    }
    return new Update(
        top.hash().isZero() ? Root.EMPTY : new Root(top.hash(), version),
        change.written,
        change.stale);
  }

  /** Proof of presence if the key is there, of absence if it is not. */
  public StateProof prove(Bytes key) {
    Hash32 keyHash = Digests.keccak256(key);
    List<Hash32> siblings = new ArrayList<>();
    StateNode node = top();
    while (true) {
      if (node instanceof StateNode.Below(Hash32 hash, long version)) {
        node = pages.load(StatePages.key(siblings.size(), keyHash, version), hash);
      }
      if (!(node instanceof StateNode.Branch branch)) {
        break;
      }
      boolean right = StateProof.bit(keyHash, siblings.size());
      siblings.add(right ? branch.left().hash() : branch.right().hash());
      node = right ? branch.right() : branch.left();
    }
    Optional<StateProof.Leaf> other = Optional.empty();
    if (node instanceof StateNode.Leaf leaf && !leaf.keyHash().equals(keyHash)) {
      other = Optional.of(new StateProof.Leaf(leaf.keyHash(), leaf.valueHash()));
    }
    return new StateProof(siblings, other);
  }

  private StateNode top() {
    return root.hash.isZero()
        ? StateNode.EMPTY
        : pages.load(StatePages.key(0, Hash32.ZERO, root.version), root.hash);
  }

  /** The pages of one update. */
  private final class Change {
    private final long version;
    private final TreeMap<Bytes, Bytes> written = new TreeMap<>();
    private final List<Bytes> stale = new ArrayList<>();

    Change(long version) {
      this.version = version;
    }

    void write(int depth, Hash32 path, StateNode top) {
      Bytes key = StatePages.key(depth, path, version);
      written.put(key, StateNode.encodePage(top));
      pages.remember(key, top);
    }

    /** The subtree after the changes, as it stands in the page above. */
    StateNode update(
        int depth, Hash32 path, StateNode node, SortedMap<Hash32, Optional<Hash32>> changes) {
      if (changes.isEmpty()) {
        return node;
      }
      StateNode before = node;
      if (node instanceof StateNode.Below(Hash32 hash, long of)) {
        Bytes key = StatePages.key(depth, path, of);
        before = pages.load(key, hash);
        stale.add(key);
      }
      return placed(depth, path, apply(depth, path, before, changes));
    }

    /** A branch where a page ends goes into a page of its own. */
    private StateNode placed(int depth, Hash32 path, StateNode node) {
      if (depth % StateNode.PAGE_LEVELS == 0 && node instanceof StateNode.Branch) {
        write(depth, path, node);
        return new StateNode.Below(node.hash(), version);
      }
      return node;
    }

    StateNode apply(
        int depth, Hash32 path, StateNode node, SortedMap<Hash32, Optional<Hash32>> changes) {
      return switch (node) {
        case StateNode.Empty() -> build(depth, path, leaves(Map.of(), changes));
        case StateNode.Leaf leaf ->
            build(depth, path, leaves(Map.of(leaf.keyHash(), leaf.valueHash()), changes));
        case StateNode.Branch branch -> {
          Hash32 rightPath = withBit(path, depth);
          StateNode left = update(depth + 1, path, branch.left(), changes.headMap(rightPath));
          StateNode right =
              update(depth + 1, rightPath, branch.right(), changes.tailMap(rightPath));
          yield join(left, right);
        }
        case StateNode.Below below ->
            throw new IllegalStateException("a page whose top is another page");
      };
    }

    /** A branch with one leaf left is that leaf; {@code Below} always holds two keys or more. */
    private static StateNode join(StateNode left, StateNode right) {
      if (left instanceof StateNode.Empty
          && (right instanceof StateNode.Leaf || right instanceof StateNode.Empty)) {
        return right;
      }
      if (right instanceof StateNode.Empty && left instanceof StateNode.Leaf) {
        return left;
      }
      return StateNode.Branch.of(left, right);
    }

    /** The subtree of exactly these leaves. */
    private StateNode build(int depth, Hash32 path, SortedMap<Hash32, Hash32> leaves) {
      if (leaves.isEmpty()) {
        return StateNode.EMPTY;
      }
      if (leaves.size() == 1) {
        return StateNode.Leaf.of(leaves.firstKey(), leaves.sequencedValues().getFirst());
      }
      if (depth == MAX_DEPTH) {
        throw new IllegalStateException("two keys with one keccak256");
      }
      Hash32 rightPath = withBit(path, depth);
      StateNode left = build(depth + 1, path, leaves.headMap(rightPath));
      StateNode right = build(depth + 1, rightPath, leaves.tailMap(rightPath));
      return StateNode.Branch.of(
          placed(depth + 1, path, left), placed(depth + 1, rightPath, right));
    }
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

  /** {@code path}, whose bits from {@code depth} on are zero, with bit {@code depth} set. */
  private static Hash32 withBit(Hash32 path, int depth) {
    byte[] raw = path.toArray();
    raw[depth >>> 3] |= (byte) (1 << (7 - (depth & 7)));
    return Hash32.wrap(raw);
  }
}
