package dev.trestle.lightclient.contract.toy;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.contract.ClientState;
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

/** The example of {@code light-clients/docs/adding-a-family.md}. */
public final class ToyVectors implements VectorFormat {
  private static final long UNITS = 1_000_000;

  @Override
  public String family() {
    return "toy";
  }

  @Override
  public List<String> folders() {
    return List.of("toy");
  }

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson() || !VectorJson.hasFields(file.json(), "toy_anchor", "cases")) {
      return VectorReading.foreign();
    }
    Bytes anchor = VectorJson.hex(file.json(), "toy_anchor");
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode each : VectorJson.list(file.json(), "cases")) {
      Bytes update = VectorJson.hex(each, "update");
      long now = VectorJson.number(each, "now");
      Expected expected =
          VectorJson.bool(each, "valid")
              ? Expected.ACCEPT
              : Expected.reject(VectorJson.text(each, "reason"));
      cases.add(
          new VectorCase(
              VectorJson.text(each, "comment"), expected, () -> judge(anchor, update, now)));
    }
    return VectorReading.cases(cases);
  }

  private static Outcome judge(Bytes anchor, Bytes update, long now) {
    LightClient client = new ToyFamily().client();
    Budget budget = new Budget(UNITS);
    return Outcome.of(
        client
            .initialize(anchor, budget)
            .then(first -> client.verify(ClientState.EMPTY.with(first), update, budget, now)));
  }
}
