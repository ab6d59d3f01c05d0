package dev.trestle.lightclient.xrpl.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.xrpl.ShaMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The part of a transaction tree in a proof of payment. As a tree, a node is {@code {children,
 * hash, key}} with children by their half byte, and one without children stands for its hash alone.
 * As lists, a node is sixteen entries, each a hash or a node again. The hash of a node with
 * children is computed; where the proof states another, it has no root.
 */
final class XpopProof {
  private static final int MAX_NODES = 20_000;

  private final JsonNode top;
  private int nodes;

  private XpopProof(JsonNode top) {
    this.top = top;
  }

  static XpopProof of(JsonNode top) {
    if (!isInner(top)) {
      throw new DecodeException("a proof without an inner node");
    }
    return new XpopProof(top);
  }

  /** Empty if a node states another hash than it has. */
  Optional<Hash32> root() {
    nodes = 0;
    return hash(top, 0);
  }

  /** Whether the leaf stands where the key leads. */
  boolean holds(Hash32 key, Hash32 leaf) {
    JsonNode node = top;
    for (int depth = 0; depth < ShaMap.MAX_DEPTH; depth++) {
      Optional<JsonNode> next = child(node, ShaMap.branch(key, depth));
      if (next.isEmpty()) {
        return false;
      }
      if (!isInner(next.get())) {
        return stated(next.get()).equals(leaf);
      }
      node = next.get();
    }
    return false;
  }

  private Optional<Hash32> hash(JsonNode node, int depth) {
    if (depth > ShaMap.MAX_DEPTH || ++nodes > MAX_NODES) {
      throw new DecodeException("a proof that is too deep or too large");
    }
    if (!isInner(node)) {
      return Optional.of(stated(node));
    }
    List<Hash32> branches = new ArrayList<>(Collections.nCopies(ShaMap.BRANCHES, Hash32.ZERO));
    for (int i = 0; i < ShaMap.BRANCHES; i++) {
      Optional<JsonNode> child = child(node, i);
      if (child.isPresent()) {
        Optional<Hash32> below = hash(child.get(), depth + 1);
        if (below.isEmpty()) {
          return below;
        }
        branches.set(i, below.get());
      }
    }
    Hash32 computed = ShaMap.inner(branches);
    boolean other = node.isObject() && node.has("hash") && !stated(node).equals(computed);
    return other ? Optional.empty() : Optional.of(computed);
  }

  private static boolean isInner(JsonNode node) {
    if (node.isArray()) {
      if (node.size() != ShaMap.BRANCHES) {
        throw new DecodeException("a node of " + node.size() + " branches");
      }
      return true;
    }
    return node.isObject()
        && VectorJson.optional(node, "children").filter(c -> !c.isEmpty()).isPresent();
  }

  private static Optional<JsonNode> child(JsonNode node, int branch) {
    JsonNode children = node.isArray() ? node : VectorJson.field(node, "children");
    if (children.isArray()) {
      return Optional.ofNullable(children.get(branch)).filter(each -> !isNothing(each));
    }
    for (Map.Entry<String, JsonNode> each : children.properties()) {
      if (each.getKey().length() != 1 || Character.digit(each.getKey().charAt(0), 16) < 0) {
        throw new DecodeException("a branch " + each.getKey());
      }
      if (Character.digit(each.getKey().charAt(0), 16) == branch) {
        return Optional.of(each.getValue()).filter(child -> !isNothing(child));
      }
    }
    return Optional.empty();
  }

  private static boolean isNothing(JsonNode node) {
    return node.isNull() || (node.isString() && node.asString().isEmpty());
  }

  private static Hash32 stated(JsonNode node) {
    return Xpop.checked(
        () -> new Hash32(node.isString() ? VectorJson.hex(node) : VectorJson.hex(node, "hash")));
  }
}
