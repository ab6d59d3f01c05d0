package dev.trestle.relay.node;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param key the key, or the file itself
 * @param value what stands there, shortened; never something that looks like a secret
 * @param problem what is wrong with it
 * @param allowed what may stand there
 */
public record ConfigProblem(String key, String value, String problem, String allowed) {
  private static final int MAX_VALUE = 80;
  private static final int MAX_PROBLEM = 400;

  /** Somebody put a key where the name of its file belongs. */
  private static final Pattern SECRET = Pattern.compile("(?i)(0x)?[0-9a-f]{64,}");

  private static final Pattern UNPRINTABLE = Pattern.compile("\\p{C}");

  static ConfigProblem of(String key, JsonNode value, String problem, String allowed) {
    String text = value.isMissingNode() ? "" : value.isString() ? value.asString() : "" + value;
    return of(key, text, problem, allowed);
  }

  static ConfigProblem of(String key, String value, String problem, String allowed) {
    return new ConfigProblem(
        shown(key, MAX_VALUE), shown(value, MAX_VALUE), shown(problem, MAX_PROBLEM), allowed);
  }

  private static String shown(String text, int most) {
    if (SECRET.matcher(text).find()) {
      return "(looks like a key: not shown)";
    }
    String plain = UNPRINTABLE.matcher(text).replaceAll("?");
    return plain.length() <= most ? plain : plain.substring(0, most) + "...";
  }

  /** For people: key, value, problem and what is allowed, in one line. */
  public String line() {
    return key + (value.isEmpty() ? "" : " = " + value) + ": " + problem + "; allowed: " + allowed;
  }
}
