package dev.trestle.lightclient.vectors;

import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;

/**
 * What our verifier says of a case.
 *
 * @param code of a rejection; {@link #OK} when accepted
 * @param reason for people
 */
public record Outcome(boolean accepted, String code, String reason) {
  /** Code of everything that is accepted. */
  public static final String OK = "accepted";

  /** Code of a case that could not be judged: an exception, an unreadable file. Never matches. */
  public static final String FAULT = "fault";

  /** Code of a file of a known family that cannot be read. Never matches. */
  public static final String UNREADABLE = "unreadable";

  public static Outcome ok() {
    return new Outcome(true, OK, "");
  }

  public static Outcome rejected(ReasonCode code, String reason) {
    return new Outcome(false, code.code(), reason);
  }

  /** Only {@link Verdict.Accepted} is accepted. */
  public static Outcome of(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> ok();
      case Verdict.Ignored<?>(ReasonCode reason, String detail) -> rejected(reason, detail);
      case Verdict.Rejected<?>(ReasonCode reason, String detail) -> rejected(reason, detail);
      case Verdict.Later<?>(ReasonCode reason, String detail) -> rejected(reason, detail);
    };
  }

  /** {@link #ok} if {@code holds}. */
  public static Outcome check(boolean holds, ReasonCode code, String reason) {
    return holds ? ok() : rejected(code, reason);
  }

  static Outcome fault(Throwable thrown) {
    return new Outcome(false, FAULT, thrown.toString());
  }

  static Outcome unreadable(String reason) {
    return new Outcome(false, UNREADABLE, reason);
  }

  boolean isFault() {
    return code.equals(FAULT) || code.equals(UNREADABLE);
  }

  /** {@code ok CODE} or {@code rejected CODE reason}, on one line. */
  @Override
  public String toString() {
    String oneLine = reason.strip().replaceAll("\\s+", " ");
    return accepted
        ? "ok " + code
        : "rejected " + code + " " + (oneLine.isEmpty() ? code.replace('-', ' ') : oneLine);
  }
}
