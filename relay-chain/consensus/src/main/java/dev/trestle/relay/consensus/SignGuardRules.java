package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import java.util.Optional;

/**
 * Second line of defence against signing two contradicting statements, independent of the
 * write-ahead log: positions only grow. Pure; the caller keeps the newest {@link Last} durable.
 */
public final class SignGuardRules {
  /** What the guard remembers: the newest signature this key ever made. */
  public record Last(SignPosition position, Hash32 digest, EcdsaSignature signature) {}

  /** What to do with an allowed request. */
  public sealed interface Decision {
    /** Sign, store the new record durably, then return the signature. */
    record SignNew() implements Decision {}

    /** This statement was signed before: return this signature, sign nothing. */
    record Repeat(EcdsaSignature signature) implements Decision {}
  }

  private SignGuardRules() {}

  /** Rejects a position before the last one, and another digest at the last one. */
  public static Verdict<Decision> decide(
      Optional<Last> last, SignPosition position, Hash32 digest) {
    if (last.isEmpty()) {
      return Verdict.accept(new Decision.SignNew());
    }
    Last newest = last.get();
    int order = position.compareTo(newest.position());
    if (order > 0) {
      return Verdict.accept(new Decision.SignNew());
    }
    if (order == 0 && digest.equals(newest.digest())) {
      return Verdict.accept(new Decision.Repeat(newest.signature()));
    }
    return Verdict.reject(ConsensusCode.SIGN_REFUSED, position + " after " + newest.position());
  }
}
