package dev.trestle.relay.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A line without figure.
 *
 * @param why what is missing, and how to have it
 * @param target what was to be reached: it is not, as far as anybody knows
 */
record Unmeasured(String work, String title, String why, Optional<Double> target)
    implements Outcome {
  private static final JsonMapper JSON = new JsonMapper();

  @Override
  public boolean isReached() {
    return target.isEmpty();
  }

  @Override
  public String json(Machine machine) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("bench", "relay");
    fields.put("work", work);
    fields.put("measured", false);
    fields.put("why", why);
    target.ifPresent(
        wanted -> {
          fields.put("target", wanted);
          fields.put("reached", false);
        });
    fields.put("machine", machine.description());
    fields.put("commit", machine.commit());
    return JSON.writeValueAsString(fields);
  }

  @Override
  public String text() {
    return String.format(Locale.ROOT, "%-36s NOT MEASURED: %s", work, why);
  }
}
