package dev.trestle.htlc;

import dev.trestle.base.ReasonCode;
import dev.trestle.base.TrestleException;

/** The journal cannot be trusted or written: nothing may be signed or sent any more. */
public final class JournalException extends TrestleException {
  /** What is wrong with the journal. */
  public enum Fault implements ReasonCode {
    /** Bytes that were durable have changed. */
    CORRUPT,
    /** The disk refuses. */
    IO,
    /** Another process holds it. */
    IN_USE,
    CLOSED;

    @Override
    public String code() {
      return "journal-" + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  public JournalException(Fault fault, String message) {
    super(fault, message);
  }

  public JournalException(Fault fault, String message, Throwable cause) {
    super(fault, message, cause);
  }
}
