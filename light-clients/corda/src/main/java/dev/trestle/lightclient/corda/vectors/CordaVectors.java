package dev.trestle.lightclient.corda.vectors;

import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Vectors of Corda: revealed components and notaries' signatures, and views of Weaver. */
public final class CordaVectors implements VectorFormat {
  @Override
  public String family() {
    return "corda";
  }

  @Override
  public List<String> folders() {
    return List.of("corda");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (!json.isObject()) {
      return VectorReading.foreign();
    }
    if (VectorJson.hasFields(json, "view", "node_ca")) {
      return VectorReading.cases(List.of(NodeViewCase.of(json)));
    }
    if (json.has("component_cases") || json.has("notary_cases")) {
      List<VectorCase> cases = new ArrayList<>(ComponentCases.of(json));
      cases.addAll(NotaryCases.of(json));
      return VectorReading.cases(cases);
    }
    return VectorReading.foreign();
  }
}
