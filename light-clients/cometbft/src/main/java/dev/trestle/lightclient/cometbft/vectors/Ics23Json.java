package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.cometbft.json.CometJson;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.proofs.ics23.ExistenceProof;
import dev.trestle.proofs.ics23.HashOp;
import dev.trestle.proofs.ics23.InnerOp;
import dev.trestle.proofs.ics23.InnerSpec;
import dev.trestle.proofs.ics23.LeafOp;
import dev.trestle.proofs.ics23.LengthOp;
import dev.trestle.proofs.ics23.ProofSpec;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Operations, specifications and proofs in the JSON that Go makes of their protobuf types. */
final class Ics23Json {
  private Ics23Json() {}

  static ProofSpec named(String name) {
    return switch (name) {
      case "iavl" -> ProofSpec.IAVL;
      case "tendermint", "simple" -> ProofSpec.TENDERMINT;
      case "smt" -> ProofSpec.SMT;
      default -> throw new DecodeException("specification " + name);
    };
  }

  static LeafOp leaf(JsonNode node) {
    return new LeafOp(
        HashOp.of(CometJson.numberOrZero(node, "hash")),
        HashOp.of(CometJson.numberOrZero(node, "prehash_key")),
        HashOp.of(CometJson.numberOrZero(node, "prehash_value")),
        LengthOp.of(CometJson.numberOrZero(node, "length")),
        bytes(node, "prefix"));
  }

  static InnerOp inner(JsonNode node) {
    return new InnerOp(
        HashOp.of(CometJson.numberOrZero(node, "hash")),
        bytes(node, "prefix"),
        bytes(node, "suffix"));
  }

  static ExistenceProof proof(JsonNode node) {
    return new ExistenceProof(
        bytes(node, "key"),
        bytes(node, "value"),
        VectorJson.optional(node, "leaf").map(Ics23Json::leaf),
        VectorJson.optional(node, "path").map(VectorJson::list).orElse(List.of()).stream()
            .map(Ics23Json::inner)
            .toList());
  }

  static ProofSpec spec(JsonNode node) {
    return new ProofSpec(
        leaf(VectorJson.field(node, "leaf_spec")),
        innerSpec(VectorJson.field(node, "inner_spec")),
        size(node, "min_depth"),
        size(node, "max_depth"),
        node.hasNonNull("prehash_key_before_comparison")
            && VectorJson.bool(node, "prehash_key_before_comparison"));
  }

  /** A specification of leaves only, with inner nodes of no known tree. */
  static ProofSpec leafSpec(JsonNode node) {
    return new ProofSpec(
        leaf(node),
        new InnerSpec(List.of(0, 1), 1, 0, 0, Bytes.EMPTY, HashOp.NO_HASH),
        0,
        0,
        false);
  }

  private static InnerSpec innerSpec(JsonNode node) {
    List<Integer> order =
        VectorJson.optional(node, "child_order").map(VectorJson::list).orElse(List.of()).stream()
            .map(JsonNode::asInt)
            .toList();
    return new InnerSpec(
        order,
        size(node, "child_size"),
        size(node, "min_prefix_length"),
        size(node, "max_prefix_length"),
        bytes(node, "empty_child"),
        HashOp.of(CometJson.numberOrZero(node, "hash")));
  }

  private static int size(JsonNode node, String name) {
    return CometJson.checked(() -> Math.toIntExact(CometJson.numberOrZero(node, name)));
  }

  /** Base64; empty when missing. */
  static Bytes bytes(JsonNode node, String name) {
    return VectorJson.optional(node, name).map(CometJson::base64).orElse(Bytes.EMPTY);
  }

  /** The value of a name in any spelling of upper and lower case, as Go reads it. */
  static Optional<JsonNode> anyCase(JsonNode node, String name) {
    return node.propertyNames().stream()
        .filter(each -> each.equalsIgnoreCase(name))
        .findFirst()
        .flatMap(each -> VectorJson.optional(node, each));
  }
}
