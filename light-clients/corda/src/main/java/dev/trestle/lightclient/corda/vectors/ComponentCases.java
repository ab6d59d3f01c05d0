package dev.trestle.lightclient.corda.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.corda.CordaCode;
import dev.trestle.lightclient.corda.CordaTree;
import dev.trestle.lightclient.corda.PartialTree;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * A component that a filtered transaction reveals. Where the file has the whole transaction, all
 * hashes are computed from it, too.
 */
final class ComponentCases {
  private static final int MAX_GROUPS = 256;

  private ComponentCases() {}

  static List<VectorCase> of(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    if (json.has("component_cases")) {
      for (JsonNode each : VectorJson.list(json, "component_cases")) {
        cases.add(
            new VectorCase(
                "component " + cases.size() + name(each),
                Expected.of(VectorJson.bool(each, "valid")),
                () -> outcome(each)));
      }
    }
    return cases;
  }

  static String name(JsonNode node) {
    return VectorJson.optional(node, "comment").map(text -> ": " + text.asString()).orElse("");
  }

  private static Outcome outcome(JsonNode node) {
    try {
      return judge(node);
    } catch (DecodeException e) {
      return Outcome.rejected(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Outcome judge(JsonNode node) {
    JsonNode reveal = VectorJson.field(node, "reveal");
    Hash32 nonce = JsonTree.hash(VectorJson.hex(reveal, "nonce"));
    Hash32 leaf = CordaTree.leaf(nonce, VectorJson.hex(reveal, "component"));
    List<Hash32> included = new ArrayList<>();
    PartialTree tree = JsonTree.read(VectorJson.field(node, "group_partial_tree"));
    Hash32 groupRoot = tree.root(included);
    List<Hash32> groups = JsonTree.hashes(node, "group_hashes");
    long group = VectorJson.number(reveal, "group");
    if (reveal.has("leaf") && !leaf.bytes().equals(VectorJson.hex(reveal, "leaf"))) {
      return Outcome.rejected(RejectionCode.VALUE_MISMATCH, "the leaf is " + leaf);
    }
    if (!included.equals(List.of(leaf)) || !at(tree, VectorJson.number(reveal, "index"), leaf)) {
      return Outcome.rejected(CordaCode.PARTIAL_TREE, "does not include the component alone");
    }
    if (groups.isEmpty() || groups.size() > MAX_GROUPS || group >= groups.size()) {
      return Outcome.rejected(RejectionCode.INDEX_OUT_OF_RANGE, "group " + group);
    }
    if (!groups.get((int) group).equals(groupRoot)) {
      return Outcome.rejected(RejectionCode.ROOT_MISMATCH, "not the root of group " + group);
    }
    if (!CordaTree.root(groups).equals(JsonTree.hash(VectorJson.hex(node, "tx_id")))) {
      return Outcome.rejected(RejectionCode.ROOT_MISMATCH, "not the transaction's identifier");
    }
    return node.has("component_groups") ? whole(node, groups, nonce) : Outcome.ok();
  }

  /** Whether the included leaf stands at {@code index} of a tree of this depth. */
  private static boolean at(PartialTree tree, long index, Hash32 leaf) {
    int depth = 0;
    PartialTree walk = tree;
    long place = 0;
    while (walk instanceof PartialTree.Node(PartialTree left, PartialTree right)) {
      boolean goRight = includes(right);
      place = place << 1 | (goRight ? 1 : 0);
      walk = goRight ? right : left;
      depth++;
    }
    return depth <= PartialTree.MAX_DEPTH
        && place == index
        && walk.equals(new PartialTree.Included(leaf));
  }

  private static boolean includes(PartialTree tree) {
    List<Hash32> included = new ArrayList<>();
    tree.root(included);
    return !included.isEmpty();
  }

  private static Outcome whole(JsonNode node, List<Hash32> groups, Hash32 nonce) {
    Bytes salt = VectorJson.hex(node, "privacy_salt");
    JsonNode components = VectorJson.field(node, "component_groups");
    JsonNode reveal = VectorJson.field(node, "reveal");
    List<Hash32> roots = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      String name = Integer.toString(group);
      List<Hash32> leaves = new ArrayList<>();
      if (components.has(name)) {
        for (JsonNode each : VectorJson.list(components, name)) {
          Bytes component = VectorJson.hex(each);
          Hash32 own = CordaTree.nonce(salt, group, leaves.size(), component);
          if (group == VectorJson.number(reveal, "group")
              && leaves.size() == VectorJson.number(reveal, "index")
              && !own.equals(nonce)) {
            return Outcome.rejected(RejectionCode.VALUE_MISMATCH, "the nonce is " + own);
          }
          leaves.add(CordaTree.leaf(own, component));
        }
      }
      roots.add(leaves.isEmpty() ? CordaTree.ABSENT : CordaTree.root(leaves));
    }
    boolean same =
        roots.equals(groups)
            && (!node.has("group_roots") || roots.equals(JsonTree.hashes(node, "group_roots")));
    return Outcome.check(same, RejectionCode.ROOT_MISMATCH, "the groups have other roots");
  }
}
