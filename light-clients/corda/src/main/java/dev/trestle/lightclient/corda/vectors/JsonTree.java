package dev.trestle.lightclient.corda.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.corda.PartialTree;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Hashes and partial trees as vector files write them. */
final class JsonTree {
  private JsonTree() {}

  static PartialTree read(JsonNode node) {
    return read(node, 0);
  }

  private static PartialTree read(JsonNode node, int depth) {
    if (depth > PartialTree.MAX_DEPTH || !node.isObject()) {
      throw new DecodeException("not a partial tree");
    }
    if (node.has("included")) {
      return new PartialTree.Included(hash(VectorJson.hex(node, "included")));
    }
    if (node.has("leaf")) {
      return new PartialTree.Cut(hash(VectorJson.hex(node, "leaf")));
    }
    return new PartialTree.Node(
        read(VectorJson.field(node, "left"), depth + 1),
        read(VectorJson.field(node, "right"), depth + 1));
  }

  static Hash32 hash(Bytes bytes) {
    if (bytes.size() != Hash32.SIZE) {
      throw new DecodeException("a hash of " + bytes.size() + " bytes");
    }
    return new Hash32(bytes);
  }

  static List<Hash32> hashes(JsonNode node, String name) {
    return VectorJson.list(node, name).stream().map(each -> hash(VectorJson.hex(each))).toList();
  }
}
