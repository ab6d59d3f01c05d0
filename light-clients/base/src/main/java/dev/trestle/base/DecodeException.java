package dev.trestle.base;

/**
 * Bytes do not follow the format: truncated, trailing, out of range or over a limit. Thrown by
 * {@link CanonicalReader} and turned into a {@link Verdict.Rejected} by the entry point that was
 * given the bytes.
 */
public final class DecodeException extends TrestleException {
  /** The one reason a decoder has. */
  public enum Reason implements ReasonCode {
    MALFORMED;

    @Override
    public String code() {
      return "malformed";
    }
  }

  public DecodeException(String message) {
    super(Reason.MALFORMED, message);
  }
}
