package dev.trestle.lightclient.fabric.vectors;

import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Vectors of Fabric: whole blocks with their authorities, lists of endorsed transactions with a
 * policy each, and views of Weaver.
 */
public final class FabricVectors implements VectorFormat {
  @Override
  public String family() {
    return "fabric";
  }

  @Override
  public List<String> folders() {
    return List.of("fabric");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (VectorJson.hasFields(json, "block", "endorser_ca", "orderer_ca")) {
      return VectorReading.cases(List.of(BlockCase.of(json)));
    }
    if (VectorJson.hasFields(json, "orderer_policy", "cases")) {
      return VectorReading.cases(EndorsementCases.of(json));
    }
    if (json.isObject() && json.has("view") && !json.has("node_ca") && ViewCase.isFabric(json)) {
      return VectorReading.cases(List.of(ViewCase.of(json)));
    }
    return VectorReading.foreign();
  }
}
