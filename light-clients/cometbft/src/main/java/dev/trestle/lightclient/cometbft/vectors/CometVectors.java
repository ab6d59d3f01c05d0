package dev.trestle.lightclient.cometbft.vectors;

import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Vectors of CometBFT: steps and runs of verification, misbehaviour, votes, ICS-07 updates. */
public final class CometVectors implements VectorFormat {
  @Override
  public String family() {
    return "tendermint";
  }

  @Override
  public List<String> folders() {
    return List.of("tendermint");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson() || !file.json().isObject()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (VectorJson.hasFields(json, "initial", "input")) {
      return VectorReading.cases(StepReplay.cases(json));
    }
    if (VectorJson.hasFields(json, "light_blocks", "result")) {
      return VectorReading.cases(List.of(Bisection.of(json)));
    }
    if (isUpdate(json)) {
      return VectorReading.cases(List.of(UpdateCases.of("update", json)));
    }
    Optional<JsonNode> first = VectorJson.optional(json, "cases").flatMap(VectorJson::first);
    return first.isEmpty() ? VectorReading.foreign() : list(json, first.get());
  }

  private static boolean isUpdate(JsonNode node) {
    return VectorJson.hasFields(node, "client_state", "consensus_state", "client_message");
  }

  private static VectorReading list(JsonNode json, JsonNode first) {
    if (VectorJson.hasFields(first, "trusted", "header_1", "header_2")) {
      return VectorReading.cases(VerifyCases.misbehaviour(json));
    }
    if (VectorJson.hasFields(first, "chain_id", "vote", "sign_bytes")) {
      return VectorReading.cases(VoteCases.cases(json));
    }
    boolean updates = isUpdate(first);
    if (!updates && !VectorJson.hasFields(first, "trusted", "untrusted", "verdict")) {
      return VectorReading.foreign();
    }
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(json, "cases")) {
      cases.add(
          updates
              ? UpdateCases.of("update " + cases.size(), each)
              : VerifyCases.single(cases.size(), each));
    }
    return VectorReading.cases(cases);
  }
}
