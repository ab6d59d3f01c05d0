package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;

/** A whole mountain range, built from its leaves, that makes proofs as {@code pallet-mmr} does. */
final class TestRange {
  private final List<List<Hash32>> mountains = new ArrayList<>();
  private final List<Hash32> leaves;

  TestRange(List<Hash32> leaves) {
    this.leaves = List.copyOf(leaves);
    int first = 0;
    for (int height = 31; height >= 0; height--) {
      if ((leaves.size() & (1 << height)) != 0) {
        mountains.add(leaves.subList(first, first + (1 << height)));
        first += 1 << height;
      }
    }
  }

  Hash32 root() {
    return bag(mountains.stream().map(BinaryMerkle::root).toList());
  }

  private static Hash32 bag(List<Hash32> peaks) {
    Hash32 bagged = peaks.getLast();
    for (int i = peaks.size() - 2; i >= 0; i--) {
      bagged = BinaryMerkle.hash(bagged, peaks.get(i));
    }
    return bagged;
  }

  /** The items for one leaf. */
  List<Hash32> items(int index) {
    List<Hash32> items = new ArrayList<>();
    List<Hash32> right = new ArrayList<>();
    int first = 0;
    for (List<Hash32> mountain : mountains) {
      boolean own = index >= first && index < first + mountain.size();
      if (own) {
        items.addAll(path(mountain, index - first));
      } else if (index >= first) {
        items.add(BinaryMerkle.root(mountain));
      } else {
        right.add(BinaryMerkle.root(mountain));
      }
      first += mountain.size();
    }
    if (!right.isEmpty()) {
      items.add(bag(right));
    }
    return items;
  }

  private static List<Hash32> path(List<Hash32> mountain, int index) {
    List<Hash32> path = new ArrayList<>();
    List<Hash32> layer = mountain;
    int at = index;
    while (layer.size() > 1) {
      path.add(layer.get(at ^ 1));
      List<Hash32> above = new ArrayList<>();
      for (int i = 0; i < layer.size(); i += 2) {
        above.add(BinaryMerkle.hash(layer.get(i), layer.get(i + 1)));
      }
      layer = above;
      at /= 2;
    }
    return path;
  }

  int size() {
    return leaves.size();
  }
}
