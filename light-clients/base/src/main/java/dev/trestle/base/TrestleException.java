package dev.trestle.base;

/**
 * Root of all our exceptions. Thrown for faults (a bug, corruption, I/O), never for untrusted input
 * that is merely wrong: that is a {@link Verdict}.
 */
public class TrestleException extends RuntimeException {
  private final transient ReasonCode code;

  public TrestleException(ReasonCode code, String message) {
    super(code.code() + ": " + message);
    this.code = code;
  }

  public TrestleException(ReasonCode code, String message, Throwable cause) {
    super(code.code() + ": " + message, cause);
    this.code = code;
  }

  public ReasonCode code() {
    return code;
  }
}
