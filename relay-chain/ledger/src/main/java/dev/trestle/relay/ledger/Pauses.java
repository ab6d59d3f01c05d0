package dev.trestle.relay.ledger;

import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.PauseRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.tx.Approvals;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Optional;

/** One may stop; only a quorum may go on. */
final class Pauses {
  private Pauses() {}

  static Outcome pause(Execution x, PublicKey sender, TransactionBody.Pause body) {
    if (!Governance.mayPause(x, sender)) {
      return Outcome.refuse(LedgerCode.NOT_AUTHORISED, "may not pause");
    }
    PauseSubject subject = body.subject();
    boolean known =
        switch (subject) {
          case PauseSubject.Everything everything -> true;
          case PauseSubject.Chain(var chain) -> x.view().chain(chain).isPresent();
          case PauseSubject.Route(var routeId) -> x.view().route(routeId).isPresent();
        };
    if (!known) {
      return Outcome.refuse(
          subject instanceof PauseSubject.Chain
              ? LedgerCode.UNKNOWN_CHAIN
              : LedgerCode.UNKNOWN_ROUTE,
          "no such subject");
    }
    Optional<PauseRecord> before = x.view().pause(subject);
    if (before.filter(PauseRecord::active).isPresent()) {
      return Outcome.refuse(LedgerCode.ALREADY_PAUSED, "pause " + before.get().number());
    }
    long number = before.map(PauseRecord::number).orElse(0L) + 1;
    PauseRecord record =
        new PauseRecord(subject, number, true, Optional.of(sender), x.block().height());
    x.put(StateKeys.pause(subject), record.encode());
    x.emit(new LedgerEvent.Paused(subject, sender));
    return Outcome.APPLIED;
  }

  /** Pauses what a violated invariant concerns; a quorum lifts it like any other pause. */
  static void trip(Execution x, InvariantViolation violation) {
    PauseSubject subject = violation.subject();
    Optional<PauseRecord> before = x.view().pause(subject);
    if (before.filter(PauseRecord::active).isEmpty()) {
      long number = before.map(PauseRecord::number).orElse(0L) + 1;
      x.put(
          StateKeys.pause(subject),
          new PauseRecord(subject, number, true, Optional.empty(), x.block().height()).encode());
    }
    x.emit(new LedgerEvent.CircuitBroken(subject, violation.invariant().name()));
  }

  static Outcome resume(Execution x, TransactionBody.Resume body) {
    Optional<PauseRecord> before = x.view().pause(body.subject()).filter(PauseRecord::active);
    if (before.isEmpty()) {
      return Outcome.refuse(LedgerCode.NOT_PAUSED, "nothing to lift");
    }
    PauseRecord pause = before.get();
    Verdict<Integer> approved =
        Governance.approve(
            x,
            Approvals.resume(
                x.hubId(), x.view().governance().epoch(), body.subject(), pause.number()),
            body.approvals());
    if (!approved.isAccepted()) {
      return Outcome.refuse(approved);
    }
    PauseRecord lifted =
        new PauseRecord(pause.subject(), pause.number(), false, pause.by(), x.block().height());
    x.put(StateKeys.pause(body.subject()), lifted.encode());
    x.emit(new LedgerEvent.Resumed(body.subject()));
    return Outcome.APPLIED;
  }
}
