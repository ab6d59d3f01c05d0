package dev.trestle.lightclient.polkadot.trie;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.polkadot.ScaleWriter;
import dev.trestle.lightclient.polkadot.StateFacts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A whole state trie, built from its entries, that makes proofs. */
public final class TestTrie {
  private static final int HASHED_FROM = 33;

  private final boolean hashesValues;
  private final Map<Hash32, Bytes> nodes = new HashMap<>();
  private final Hash32 root;

  /**
   * @param hashesValues whether large values are hashed: state version 1
   */
  public TestTrie(SortedMap<Bytes, Bytes> entries, boolean hashesValues) {
    this.hashesValues = hashesValues;
    TreeMap<Bytes, Bytes> byNibbles = new TreeMap<>();
    entries.forEach((key, value) -> byNibbles.put(Nibbles.of(key), value));
    Bytes encoded =
        byNibbles.isEmpty() ? new TrieNode.Empty().encode() : build(byNibbles, 0).encode();
    this.root = keep(encoded);
  }

  /** The state of a block: its time and {@code count} other entries. */
  public static TestTrie state(String seed, long seconds, int count) {
    TreeMap<Bytes, Bytes> entries = new TreeMap<>();
    entries.put(StateFacts.TIMESTAMP, new ScaleWriter().u64(1_000 * seconds + 7).toBytes());
    for (int i = 0; i < count; i++) {
      entries.put(key(i), value(seed, i));
    }
    return new TestTrie(entries, true);
  }

  /** Keys of odd numbers begin with those of the even number before them. */
  public static Bytes key(int i) {
    Bytes prefix = Digests.sha256(Bytes.utf8("pallet " + i / 4)).bytes().slice(0, 4);
    Bytes item = Digests.sha256(Bytes.utf8("item " + i / 2)).bytes().slice(0, 4);
    return i % 2 == 0
        ? Bytes.concat(prefix, item)
        : Bytes.concat(prefix, item, Bytes.fromHex("01"));
  }

  /** Of 3 to 90 bytes. */
  public static Bytes value(String seed, int i) {
    Bytes hash = Digests.sha256(Bytes.utf8(seed + " " + i)).bytes();
    return switch (i % 3) {
      case 0 -> hash.slice(0, 3);
      case 1 -> Bytes.concat(hash, hash, hash.slice(0, 26));
      default -> hash;
    };
  }

  public Hash32 root() {
    return root;
  }

  private static <K> Bytes need(Map<K, Bytes> map, K key) {
    Bytes value = map.get(key);
    if (value == null) {
      throw new AssertionError("nothing under " + key);
    }
    return value;
  }

  private Hash32 keep(Bytes node) {
    Hash32 hash = Digests.blake2b256(node);
    nodes.put(hash, node);
    return hash;
  }

  private TrieNode.Value value(Bytes value) {
    return hashesValues && value.size() >= HASHED_FROM
        ? new TrieNode.Value.Hashed(keep(value))
        : new TrieNode.Value.Inline(value);
  }

  private TrieNode build(SortedMap<Bytes, Bytes> entries, int depth) {
    Bytes first = entries.firstKey();
    if (entries.size() == 1) {
      return new TrieNode.Leaf(first.slice(depth, first.size()), value(need(entries, first)));
    }
    Bytes last = entries.lastKey();
    int common = depth;
    while (common < first.size() && first.at(common) == last.at(common)) {
      common++;
    }
    Optional<TrieNode.Value> own = Optional.empty();
    List<TreeMap<Bytes, Bytes>> below = new ArrayList<>();
    for (int i = 0; i < TrieNode.CHILDREN; i++) {
      below.add(new TreeMap<>());
    }
    for (Map.Entry<Bytes, Bytes> each : entries.entrySet()) {
      if (each.getKey().size() == common) {
        own = Optional.of(value(each.getValue()));
      } else {
        below.get(each.getKey().at(common)).put(each.getKey(), each.getValue());
      }
    }
    List<Optional<TrieNode.Child>> children = new ArrayList<>();
    for (TreeMap<Bytes, Bytes> each : below) {
      children.add(each.isEmpty() ? Optional.empty() : Optional.of(child(build(each, common + 1))));
    }
    return new TrieNode.Branch(first.slice(depth, common), own, children);
  }

  private TrieNode.Child child(TrieNode node) {
    Bytes encoded = node.encode();
    return encoded.size() < Hash32.SIZE
        ? new TrieNode.Child.Inline(encoded)
        : new TrieNode.Child.Hashed(keep(encoded));
  }

  /** As {@code state_getReadProof} makes it. */
  public StorageProof proof(Bytes key) {
    return new StorageProof(StorageProof.Form.NODES, List.copyOf(visited(key).values()));
  }

  /** As {@code sp_trie} makes it. */
  public StorageProof compact(Bytes key) {
    Map<Hash32, Bytes> visited = visited(key);
    List<Bytes> out = new ArrayList<>();
    compact(root, visited, out);
    return new StorageProof(StorageProof.Form.COMPACT, out);
  }

  private static void compact(Hash32 hash, Map<Hash32, Bytes> visited, List<Bytes> out) {
    int place = out.size();
    out.add(Bytes.EMPTY);
    TrieNode node = TrieNode.decode(need(visited, hash));
    boolean[] escape = {false};
    TrieNode omitted =
        switch (node) {
          case TrieNode.Empty empty -> empty;
          case TrieNode.Leaf leaf ->
              new TrieNode.Leaf(leaf.partial(), omit(leaf.value(), visited, out, escape));
          case TrieNode.Branch branch -> {
            Optional<TrieNode.Value> value =
                branch.value().map(each -> omit(each, visited, out, escape));
            List<Optional<TrieNode.Child>> children = new ArrayList<>();
            for (Optional<TrieNode.Child> child : branch.children()) {
              children.add(child.map(each -> omit(each, visited, out)));
            }
            yield new TrieNode.Branch(branch.partial(), value, children);
          }
        };
    Bytes encoded = omitted.encode();
    out.set(place, escape[0] ? Bytes.concat(Bytes.fromHex("01"), encoded) : encoded);
  }

  private static TrieNode.Value omit(
      TrieNode.Value value, Map<Hash32, Bytes> visited, List<Bytes> out, boolean[] escape) {
    if (value instanceof TrieNode.Value.Hashed(Hash32 hash) && visited.containsKey(hash)) {
      escape[0] = true;
      out.add(need(visited, hash));
      return new TrieNode.Value.Inline(Bytes.EMPTY);
    }
    return value;
  }

  private static TrieNode.Child omit(
      TrieNode.Child child, Map<Hash32, Bytes> visited, List<Bytes> out) {
    if (child instanceof TrieNode.Child.Hashed(Hash32 hash) && visited.containsKey(hash)) {
      compact(hash, visited, out);
      return new TrieNode.Child.Inline(Bytes.EMPTY);
    }
    return child;
  }

  private Map<Hash32, Bytes> visited(Bytes key) {
    Map<Hash32, Bytes> visited = new LinkedHashMap<>();
    Bytes nibbles = Nibbles.of(key);
    visited.put(root, need(nodes, root));
    walk(TrieNode.decode(need(nodes, root)), nibbles, 0, visited);
    return Collections.unmodifiableMap(visited);
  }

  private void walk(TrieNode node, Bytes key, int at, Map<Hash32, Bytes> visited) {
    switch (node) {
      case TrieNode.Empty empty -> {}
      case TrieNode.Leaf leaf -> {
        if (key.slice(at, key.size()).equals(leaf.partial())) {
          visit(leaf.value(), visited);
        }
      }
      case TrieNode.Branch branch -> {
        int end = at + branch.partial().size();
        if (!Nibbles.startsWith(key, at, branch.partial())) {
          return;
        }
        if (end == key.size()) {
          branch.value().ifPresent(value -> visit(value, visited));
          return;
        }
        branch
            .children()
            .get(key.at(end))
            .ifPresent(
                child -> {
                  switch (child) {
                    case TrieNode.Child.Inline(Bytes own) ->
                        walk(TrieNode.decode(own), key, end + 1, visited);
                    case TrieNode.Child.Hashed(Hash32 hash) -> {
                      visited.put(hash, need(nodes, hash));
                      walk(TrieNode.decode(need(nodes, hash)), key, end + 1, visited);
                    }
                  }
                });
      }
    }
  }

  private void visit(TrieNode.Value value, Map<Hash32, Bytes> visited) {
    if (value instanceof TrieNode.Value.Hashed(Hash32 hash)) {
      visited.put(hash, need(nodes, hash));
    }
  }
}
