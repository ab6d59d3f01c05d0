package dev.trestle.relay.ledger;

import dev.trestle.base.TrestleException;
import dev.trestle.relay.ledger.record.PauseSubject;

/**
 * A step would break an invariant. It is a bug of the ledger or of a family that the same input
 * meets on every node: the step is undone and its subject is paused until a quorum has looked.
 */
public final class InvariantViolation extends TrestleException {
  private final Invariant invariant;
  private final transient PauseSubject subject;

  /**
   * @param subject what has to stop
   */
  InvariantViolation(Invariant invariant, String what, PauseSubject subject) {
    super(LedgerCode.INVARIANT_VIOLATED, invariant + ": " + what);
    this.invariant = invariant;
    this.subject = subject;
  }

  public Invariant invariant() {
    return invariant;
  }

  PauseSubject subject() {
    return subject;
  }
}
