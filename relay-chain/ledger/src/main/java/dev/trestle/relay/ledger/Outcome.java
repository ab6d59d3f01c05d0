package dev.trestle.relay.ledger;

import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;

/** What a transaction's body came to. */
sealed interface Outcome {
  record Applied() implements Outcome {}

  /** Asked for before and done: nothing was written. */
  record Existing() implements Outcome {}

  /** Refused, but what was written (proof against the signer) stays. */
  record Evidence(ReasonCode code, String detail) implements Outcome {}

  /** Refused: what was written is discarded. */
  record Refused(ReasonCode code, String detail) implements Outcome {}

  Outcome APPLIED = new Applied();

  static Outcome refuse(ReasonCode code, String detail) {
    return new Refused(code, detail);
  }

  /** The refusal that a verdict other than accepted stands for. */
  static Outcome refuse(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted ->
          throw new IllegalStateException("an accepted verdict is no refusal");
      case Verdict.Ignored<?>(ReasonCode reason, String detail) -> new Refused(reason, detail);
      case Verdict.Rejected<?>(ReasonCode reason, String detail) -> new Refused(reason, detail);
      case Verdict.Later<?>(ReasonCode reason, String detail) -> new Refused(reason, detail);
    };
  }
}
