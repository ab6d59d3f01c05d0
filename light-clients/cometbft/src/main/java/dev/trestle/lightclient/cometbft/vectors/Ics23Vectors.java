package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.Ics23Code;
import dev.trestle.proofs.ics23.MerkleProof;
import dev.trestle.proofs.ics23.ProofSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Vectors of ICS-23: proofs in one tree and in two, and upstream's cases of operations. */
public final class Ics23Vectors implements VectorFormat {
  /** The words of {@code membership.json}; reasons that are not here are not compared. */
  private static final Map<String, Ics23Code> REASONS =
      Map.of(
          "root", Ics23Code.ROOT_MISMATCH,
          "kind", Ics23Code.PROOF_KIND,
          "key", Ics23Code.KEY_MISMATCH,
          "value", Ics23Code.VALUE_MISMATCH,
          "varint", Ics23Code.IAVL_PREFIX,
          "tm inner prefix", Ics23Code.INNER_OP,
          "not right of left", Ics23Code.NOT_RIGHT_OF_LEFT,
          "not left of right", Ics23Code.NOT_LEFT_OF_RIGHT);

  @Override
  public String family() {
    return "ics23";
  }

  @Override
  public List<String> folders() {
    return List.of("ics23");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    JsonNode list = json.isObject() && json.has("cases") ? json.get("cases") : json;
    Optional<JsonNode> first = VectorJson.first(list);
    if (first.isPresent() && VectorJson.hasFields(first.get(), "spec", "root", "key", "proof")) {
      return VectorReading.cases(cases(list, Ics23Vectors::oneTree));
    }
    if (first.isPresent() && VectorJson.hasFields(first.get(), "app_hash", "merkle_proof")) {
      return VectorReading.cases(cases(list, Ics23Vectors::twoTrees));
    }
    List<VectorCase> operations = Ics23OpCases.cases(json);
    return operations.isEmpty() ? VectorReading.foreign() : VectorReading.cases(operations);
  }

  private interface Check {
    Verdict<?> judge(JsonNode node);
  }

  private static List<VectorCase> cases(JsonNode list, Check check) {
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      String name =
          VectorJson.optional(each, "name").map(text -> ": " + text.asString()).orElse("");
      cases.add(
          new VectorCase(
              cases.size() + name, expected(each), () -> outcome(() -> check.judge(each))));
    }
    return cases;
  }

  private static Outcome outcome(Supplier<Verdict<?>> check) {
    try {
      return Outcome.of(check.get());
    } catch (DecodeException e) {
      return Outcome.rejected(Ics23Code.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static Expected expected(JsonNode node) {
    if (VectorJson.bool(node, "valid")) {
      return Expected.ACCEPT;
    }
    return VectorJson.optional(node, "reason")
        .map(JsonNode::asString)
        .flatMap(reason -> Optional.ofNullable(REASONS.get(reason)))
        .map(Expected::reject)
        .orElse(Expected.REJECT);
  }

  private static Verdict<?> oneTree(JsonNode node) {
    ProofSpec spec = Ics23Json.named(VectorJson.text(node, "spec"));
    Bytes root = VectorJson.hex(node, "root");
    Bytes key = VectorJson.hex(node, "key");
    CommitmentProof proof = CommitmentProof.decode(VectorJson.hex(node, "proof"));
    Optional<Bytes> value = VectorJson.optional(node, "value").map(VectorJson::hex);
    return value.isPresent()
        ? proof.verifyMembership(spec, root, key, value.get())
        : proof.verifyNonMembership(spec, root, key);
  }

  private static Verdict<?> twoTrees(JsonNode node) {
    List<ProofSpec> specs =
        node.hasNonNull("proof_specs")
            ? VectorJson.list(node, "proof_specs").stream()
                .map(each -> Ics23Json.named(each.asString()))
                .toList()
            : List.of(ProofSpec.IAVL, ProofSpec.TENDERMINT);
    Bytes root = VectorJson.hex(node, "app_hash");
    List<Bytes> path =
        VectorJson.list(node, "path").stream().map(each -> Bytes.utf8(each.asString())).toList();
    MerkleProof proof = MerkleProof.decode(VectorJson.hex(node, "merkle_proof"));
    Optional<Bytes> value = VectorJson.optional(node, "value").map(VectorJson::hex);
    return value.isPresent()
        ? proof.verifyMembership(specs, root, path, value.get())
        : proof.verifyNonMembership(specs, root, path);
  }
}
