package dev.trestle.dist.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Holds the chains that several nodes tell of against each other, from the first block on. */
final class ChainComparison {
  private ChainComparison() {}

  /**
   * A block as one node has it.
   *
   * @param id hex
   * @param parent id of the block before; for the first block that of the genesis
   */
  record Link(long height, String id, String parent) {}

  /**
   * What is wrong, up to the first height that differs; empty when all have the same unbroken
   * chain.
   *
   * @param genesis id that the first block builds on
   * @param chains by the node's name
   * @param height of the last block that each chain must have
   */
  static List<String> faults(String genesis, Map<String, List<Link>> chains, long height) {
    List<String> faults = new ArrayList<>();
    chains.forEach((node, links) -> unbroken(node, genesis, links, height, faults));
    for (int i = 0; faults.isEmpty() && i < height; i++) {
      Set<String> ids = new TreeSet<>();
      for (List<Link> links : chains.values()) {
        ids.add(links.get(i).id());
      }
      if (ids.size() != 1) {
        faults.add("height " + (i + 1) + " has " + ids);
      }
    }
    return faults;
  }

  private static void unbroken(
      String node, String genesis, List<Link> links, long height, List<String> faults) {
    if (links.size() != height) {
      faults.add(node + " gave " + links.size() + " blocks of " + height);
      return;
    }
    String before = genesis;
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      if (link.height() != i + 1 || !link.parent().equals(before)) {
        faults.add(node + ": " + link + " does not follow " + before);
      }
      before = link.id();
    }
  }
}
