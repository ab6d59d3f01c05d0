package dev.trestle.lightclient.xrpl.vectors;

import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Vectors of the XRP Ledger: proofs of payment (XLS-41), alone or as a list of cases. */
public final class XrplVectors implements VectorFormat {
  @Override
  public String family() {
    return "xrpl";
  }

  @Override
  public List<String> folders() {
    return List.of("xrpl");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    if (VectorJson.hasFields(json, "xpop")) {
      return VectorReading.cases(List.of(XpopCase.of("xpop", json)));
    }
    if (isXpop(json)) {
      return VectorReading.cases(List.of(XpopCase.bare(json)));
    }
    JsonNode list = json.isArray() ? json : VectorJson.optional(json, "cases").orElse(json);
    Optional<JsonNode> first = VectorJson.first(list);
    if (first.filter(each -> VectorJson.hasFields(each, "xpop")).isEmpty()) {
      return VectorReading.foreign();
    }
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      String comment =
          VectorJson.optional(each, "comment").map(text -> ": " + text.asString()).orElse("");
      cases.add(XpopCase.of(cases.size() + comment, each));
    }
    return VectorReading.cases(cases);
  }

  private static boolean isXpop(JsonNode json) {
    return VectorJson.hasFields(json, "ledger", "transaction", "validation");
  }
}
