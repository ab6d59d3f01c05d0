package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A whole hash tree of a ledger, built from its items, that makes proofs. */
final class TestTree {
  private final LedgerPath.Kind kind;
  private final TreeMap<Hash32, Bytes> items;

  TestTree(LedgerPath.Kind kind, SortedMap<Hash32, Bytes> items) {
    this.kind = kind;
    this.items = new TreeMap<>(items);
  }

  Hash32 root() {
    return items.isEmpty() ? Hash32.ZERO : inner(items, 0);
  }

  private Hash32 hash(SortedMap<Hash32, Bytes> below, int depth) {
    if (below.isEmpty()) {
      return Hash32.ZERO;
    }
    return below.size() == 1 ? leaf(below) : inner(below, depth);
  }

  private Hash32 leaf(SortedMap<Hash32, Bytes> one) {
    Map.Entry<Hash32, Bytes> entry = one.entrySet().iterator().next();
    return new LedgerPath(kind, 0, entry.getKey()).leaf(entry.getKey(), entry.getValue());
  }

  private Hash32 inner(SortedMap<Hash32, Bytes> below, int depth) {
    List<Hash32> branches = new ArrayList<>();
    for (SortedMap<Hash32, Bytes> each : split(below, depth)) {
      branches.add(hash(each, depth + 1));
    }
    return ShaMap.inner(branches);
  }

  private static List<SortedMap<Hash32, Bytes>> split(SortedMap<Hash32, Bytes> below, int depth) {
    List<SortedMap<Hash32, Bytes>> branches = new ArrayList<>();
    for (int i = 0; i < ShaMap.BRANCHES; i++) {
      branches.add(new TreeMap<>());
    }
    below.forEach((key, item) -> branches.get(ShaMap.branch(key, depth)).put(key, item));
    return branches;
  }

  /** Of the key's presence or absence, whichever is true. */
  ShaMapProof proof(Hash32 key) {
    List<ShaMapProof.Node> nodes = new ArrayList<>();
    SortedMap<Hash32, Bytes> below = items;
    if (items.isEmpty()) {
      return new ShaMapProof(nodes, Optional.empty());
    }
    int depth = 0;
    do {
      List<SortedMap<Hash32, Bytes>> branches = split(below, depth);
      int way = ShaMap.branch(key, depth);
      int bitmap = 0;
      List<Hash32> others = new ArrayList<>();
      for (int i = 0; i < ShaMap.BRANCHES; i++) {
        if (i != way && !branches.get(i).isEmpty()) {
          bitmap |= 0x8000 >>> i;
          others.add(hash(branches.get(i), depth + 1));
        }
      }
      nodes.add(new ShaMapProof.Node(bitmap, others));
      below = branches.get(way);
      depth++;
    } while (below.size() > 1);
    boolean elsewhere = below.size() == 1 && !below.containsKey(key);
    return new ShaMapProof(
        nodes,
        elsewhere
            ? Optional.of(
                new ShaMapProof.OtherLeaf(
                    below.firstKey(), below.entrySet().iterator().next().getValue()))
            : Optional.empty());
  }
}
