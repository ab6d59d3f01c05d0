package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.polkadot.beefy.BinaryMerkle;
import dev.trestle.lightclient.polkadot.beefy.Mmr;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Proofs of Substrate's binary Merkle tree and of mountain ranges. */
final class TreeCases {
  private TreeCases() {}

  static List<VectorCase> binary(JsonNode json) {
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json)) {
      String comment =
          VectorJson.optional(each, "comment").map(text -> ": " + text.asString()).orElse("");
      cases.add(
          new VectorCase(
              cases.size() + comment,
              Expected.of(VectorJson.bool(each, "valid")),
              () ->
                  Outcome.of(
                      BinaryMerkle.root(
                              VectorJson.number(each, "index"),
                              VectorJson.number(each, "width"),
                              GrandpaCases.hash(each, "leaf_hash"),
                              hashes(each, "proof"))
                          .then(root -> same(root, GrandpaCases.hash(each, "root"))))));
    }
    return cases;
  }

  /** One case a leaf, by its place and by the order of its items, and one for the whole range. */
  static List<VectorCase> range(JsonNode json) {
    Hash32 root = GrandpaCases.hash(json, "rootHash");
    List<Hash32> leaves = hashes(json, "leaves");
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json, "proofs")) {
      int index = cases.size();
      cases.add(
          new VectorCase(
              "leaf " + index,
              Expected.ACCEPT,
              () ->
                  index < leaves.size()
                      ? Outcome.of(fold(leaves.get(index), each).then(folded -> same(folded, root)))
                      : Outcome.rejected(RejectionCode.INDEX_OUT_OF_RANGE, "no leaf " + index)));
    }
    cases.add(
        new VectorCase(
            "one proof a leaf",
            Expected.ACCEPT,
            () ->
                Outcome.check(
                    VectorJson.list(json, "proofs").size() == leaves.size(),
                    RejectionCode.BRANCH_LENGTH,
                    "leaves without proof")));
    return cases;
  }

  static Verdict<Hash32> fold(Hash32 leaf, JsonNode proof) {
    return Mmr.fold(leaf, hashes(proof, "items"), VectorJson.number(proof, "order"));
  }

  static Verdict<Hash32> same(Hash32 actual, Hash32 root) {
    return actual.equals(root)
        ? Verdict.accept(actual)
        : Verdict.reject(RejectionCode.ROOT_MISMATCH, "the root is " + actual);
  }

  static List<Hash32> hashes(JsonNode node, String name) {
    return VectorJson.list(node, name).stream()
        .map(each -> GrandpaCases.checked(() -> new Hash32(VectorJson.hex(each))))
        .toList();
  }
}
