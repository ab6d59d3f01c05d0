package dev.trestle.gateway.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error of the API as RFC 9457 has it. Thrown by handlers, written by {@link JsonHttp}.
 *
 * <p>Its message goes to the caller: it never holds secrets, paths or stack traces.
 */
public final class Problem extends RuntimeException {
  /** The media type of a problem. */
  public static final String MEDIA_TYPE = "application/problem+json";

  private final ProblemCode code;
  private final String reason;

  /**
   * @param reason stable code of the part that refused (a ledger or light-client code); the
   *     problem's own code where there is none
   */
  public Problem(ProblemCode code, String reason, String detail) {
    super(detail, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  public Problem(ProblemCode code, String detail) {
    this(code, code.code(), detail);
  }

  public ProblemCode code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  /** Members in the order in which they are written. */
  public Map<String, Object> toJson(String instance, String requestId) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("type", "/problems/" + code.code());
    json.put("title", code.title());
    json.put("status", code.status());
    json.put("code", reason);
    json.put("detail", String.valueOf(getMessage()));
    json.put("instance", instance);
    json.put("requestId", requestId);
    return json;
  }
}
