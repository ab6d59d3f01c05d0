package dev.trestle.lightclient.polkadot.vectors;

import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Vectors of Polkadot: headers, GRANDPA justifications, BEEFY commitments with sampled signatures,
 * binary Merkle trees, mountain ranges, and messages of a parachain under a relayed header.
 */
public final class PolkadotVectors implements VectorFormat {
  @Override
  public String family() {
    return "polkadot";
  }

  @Override
  public java.util.List<String> folders() {
    return java.util.List.of("polkadot");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    return json.isArray() ? list(json) : object(json);
  }

  private static VectorReading list(JsonNode json) {
    Optional<JsonNode> first = VectorJson.first(json);
    if (first.isEmpty()) {
      return VectorReading.foreign();
    }
    if (VectorJson.hasFields(first.get(), "width", "index", "leaf_hash", "proof")) {
      return VectorReading.cases(TreeCases.binary(json));
    }
    return VectorJson.hasFields(first.get(), "commitment", "validator_set", "proofs")
        ? VectorReading.cases(BeefyCases.list(json))
        : VectorReading.foreign();
  }

  private static VectorReading object(JsonNode json) {
    if (VectorJson.hasFields(json, "scale", "hash_blake2b_256")) {
      return VectorReading.cases(HeaderCases.of(json));
    }
    if (VectorJson.hasFields(json, "leaves", "rootHash", "proofs")) {
      return VectorReading.cases(TreeCases.range(json));
    }
    if (isGrandpa(json)) {
      return VectorReading.cases(GrandpaCases.of(json));
    }
    if (VectorJson.hasFields(json, "commitment", "validator_set", "proofs")) {
      return VectorReading.cases(java.util.List.of(BeefyCases.single(0, json)));
    }
    Optional<JsonNode> parameters = VectorJson.optional(json, "params");
    if (parameters.filter(BeefyCases::isLogged).isPresent()) {
      return VectorReading.cases(java.util.List.of(BeefyCases.logged(json)));
    }
    Optional<JsonNode> input = VectorJson.optional(json, "input");
    return input.filter(each -> VectorJson.hasFields(each, "message", "headerProof")).isPresent()
        ? VectorReading.cases(java.util.List.of(GatewayCase.of(json)))
        : VectorReading.foreign();
  }

  private static boolean isGrandpa(JsonNode json) {
    if (VectorJson.optional(json, "handover")
        .filter(each -> VectorJson.hasFields(each, "old_set", "new_set"))
        .isPresent()) {
      return true;
    }
    for (String name : new String[] {"cases", "real"}) {
      if (VectorJson.optional(json, name)
          .flatMap(VectorJson::first)
          .filter(each -> VectorJson.hasFields(each, "justification"))
          .isPresent()) {
        return true;
      }
    }
    return false;
  }
}
