package dev.trestle.relay.ledger.state;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
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
    if (writes.isEmpty()) {
      return new Update(root, new TreeMap<>(), List.of());
    }
    Change change = new Change(version, items(writes));
    StateNode top = change.apply(0, top(), 0, change.items.size());
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

  /**
   * What stands under a key afterwards.
   *
   * @param valueHash empty if nothing does
   */
  private record Item(Hash32 keyHash, Optional<Hash32> valueHash) {}

  private static List<Item> items(SortedMap<Bytes, Optional<Bytes>> writes) {
    List<Item> items = new ArrayList<>(writes.size());
    writes.forEach(
        (key, value) ->
            items.add(
                new Item(Digests.keccak256(key), value.map(bytes -> Digests.keccak256(bytes)))));
    items.sort(Comparator.comparing(Item::keyHash));
    return items;
  }

  /**
   * Of items that agree in the bits before {@code depth}, in ascending order: the first one whose
   * bit there is set, or {@code to}.
   */
  private static int firstRight(List<Item> items, int depth, int from, int to) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (StateProof.bit(items.get(middle).keyHash, depth)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** One update and the pages it makes. A subtree's part of the items is a range of them. */
  private final class Change {
    private final long version;
    private final List<Item> items;
    private final TreeMap<Bytes, Bytes> written = new TreeMap<>();
    private final List<Bytes> stale = new ArrayList<>();

    Change(long version, List<Item> items) {
      this.version = version;
      this.items = items;
    }

    void write(int depth, Hash32 path, StateNode top) {
      Bytes key = StatePages.key(depth, path, version);
      written.put(key, StateNode.encodePage(top));
      pages.remember(key, top);
    }

    /** The subtree after the items {@code from} to {@code to}, as it stands in the page above. */
    StateNode update(int depth, StateNode node, int from, int to) {
      if (from == to) {
        return node;
      }
      Hash32 path = items.get(from).keyHash;
      StateNode before = node;
      if (node instanceof StateNode.Below(Hash32 hash, long of)) {
        Bytes key = StatePages.key(depth, path, of);
        before = pages.load(key, hash);
        stale.add(key);
      }
      return placed(depth, path, apply(depth, before, from, to));
    }

    /**
     * A branch where a page ends goes into a page of its own.
     *
     * @param path a key below it
     */
    private StateNode placed(int depth, Hash32 path, StateNode node) {
      if (depth % StateNode.PAGE_LEVELS == 0 && node instanceof StateNode.Branch) {
        write(depth, path, node);
        return new StateNode.Below(node.hash(), version);
      }
      return node;
    }

    StateNode apply(int depth, StateNode node, int from, int to) {
      return switch (node) {
        case StateNode.Empty() -> build(depth, leaves(Optional.empty(), from, to));
        case StateNode.Leaf leaf -> build(depth, leaves(Optional.of(leaf), from, to));
        case StateNode.Branch branch -> {
          int middle = firstRight(items, depth, from, to);
          StateNode left = update(depth + 1, branch.left(), from, middle);
          StateNode right = update(depth + 1, branch.right(), middle, to);
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

    /** The keys that are left of one that stood here and of some items, in ascending order. */
    private List<Item> leaves(Optional<StateNode.Leaf> present, int from, int to) {
      List<Item> leaves = new ArrayList<>(to - from + 1);
      Optional<Item> old =
          present.map(leaf -> new Item(leaf.keyHash(), Optional.of(leaf.valueHash())));
      for (Item item : items.subList(from, to)) {
        if (old.isPresent() && old.get().keyHash.compareTo(item.keyHash) <= 0) {
          if (!old.get().keyHash.equals(item.keyHash)) {
            leaves.add(old.get());
          }
          old = Optional.empty();
        }
        if (item.valueHash.isPresent()) {
          leaves.add(item);
        }
      }
      old.ifPresent(leaves::add);
      return leaves;
    }

    private StateNode build(int depth, List<Item> leaves) {
      return leaves.isEmpty() ? StateNode.EMPTY : build(depth, leaves, 0, leaves.size());
    }

    /** The subtree of exactly the leaves {@code from} to {@code to}. */
    private StateNode build(int depth, List<Item> leaves, int from, int to) {
      if (from == to) {
        return StateNode.EMPTY;
      }
      if (from + 1 == to) {
        Item only = leaves.get(from);
        return StateNode.Leaf.of(only.keyHash, only.valueHash.orElseThrow());
      }
      if (depth == MAX_DEPTH) {
        throw new IllegalStateException("two keys with one keccak256");
      }
      int middle = firstRight(leaves, depth, from, to);
      StateNode left = build(depth + 1, leaves, from, middle);
      StateNode right = build(depth + 1, leaves, middle, to);
      return StateNode.Branch.of(
          placed(depth + 1, leaves.get(from).keyHash, left),
          placed(depth + 1, leaves.get(to - 1).keyHash, right));
    }
  }
}
