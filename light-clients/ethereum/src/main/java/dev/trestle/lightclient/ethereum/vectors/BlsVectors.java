package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Bls12381;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** {@code FastAggregateVerify}: lists of {pubkeys, message, signature, expect}. */
public final class BlsVectors implements VectorFormat {
  @Override
  public String family() {
    return "bls12-381";
  }

  @Override
  public List<String> folders() {
    return List.of("bls12-381");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    List<VectorCase> cases = new ArrayList<>();
    JsonNode json = file.json();
    if (json.isArray()) {
      addAll(cases, "case", json);
    } else {
      for (String name : json.propertyNames()) {
        addAll(cases, name, json.get(name));
      }
    }
    return cases.isEmpty() ? VectorReading.foreign() : VectorReading.cases(cases);
  }

  private static void addAll(List<VectorCase> cases, String name, JsonNode list) {
    boolean ours =
        VectorJson.first(list)
            .map(item -> VectorJson.hasFields(item, "pubkeys", "message", "signature", "expect"))
            .orElse(false);
    if (ours) {
      int number = 0;
      for (JsonNode each : VectorJson.list(list)) {
        String comment =
            VectorJson.optional(each, "comment").map(text -> ": " + text.asString()).orElse("");
        cases.add(
            new VectorCase(
                name + " " + number++ + comment,
                Expected.of(VectorJson.bool(each, "expect")),
                () -> verify(each)));
      }
    }
  }

  private static Outcome verify(JsonNode node) {
    List<Bytes> keys = VectorJson.list(node, "pubkeys").stream().map(VectorJson::hex).toList();
    return Outcome.check(
        Bls12381.fastAggregateVerify(
            keys, VectorJson.hex(node, "message"), VectorJson.hex(node, "signature")),
        RejectionCode.BAD_SIGNATURE,
        keys.size() + " keys");
  }
}
