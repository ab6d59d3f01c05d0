package dev.trestle.lightclient.vectors;

import dev.trestle.base.ReasonCode;
import java.util.Optional;

/**
 * What a vector file expects of a case.
 *
 * @param code the rejection's code where the file fixes one
 */
public record Expected(Kind kind, Optional<String> code) {
  /** Which outcomes match. */
  public enum Kind {
    ACCEPT,
    REJECT,
    /** A quirk on which the file does not take a side: any outcome but a fault matches. */
    EITHER
  }

  /** The case must be accepted. */
  public static final Expected ACCEPT = new Expected(Kind.ACCEPT, Optional.empty());

  /** The case must be rejected, for whatever reason. */
  public static final Expected REJECT = new Expected(Kind.REJECT, Optional.empty());

  public static final Expected EITHER = new Expected(Kind.EITHER, Optional.empty());

  /** The case must be rejected with this code. */
  public static Expected reject(ReasonCode code) {
    return reject(code.code());
  }

  /** The case must be rejected with this code, a {@link ReasonCode#code}. */
  public static Expected reject(String code) {
    return new Expected(Kind.REJECT, Optional.of(code));
  }

  /** Accepted or rejected for whatever reason. */
  public static Expected of(boolean valid) {
    return valid ? ACCEPT : REJECT;
  }

  public boolean matches(Outcome actual) {
    if (actual.isFault()) {
      return false;
    }
    return switch (kind) {
      case ACCEPT -> actual.accepted();
      case REJECT -> !actual.accepted() && code.map(actual.code()::equals).orElse(true);
      case EITHER -> true;
    };
  }

  /** {@code ok}, {@code rejected}, {@code rejected CODE} or {@code any}. */
  @Override
  public String toString() {
    return switch (kind) {
      case ACCEPT -> "ok";
      case REJECT -> "rejected" + code.map(each -> " " + each).orElse("");
      case EITHER -> "any";
    };
  }
}
