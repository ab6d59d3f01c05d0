package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.List;

/**
 * Verifies steps one after another, each against what the one before it made of the state.
 *
 * <p>Rejects with {@code stale-height}, {@code time-too-old}, {@code time-too-new}, {@code
 * bad-prev} (does not follow the latest ledger that is its parent), {@code malformed} (an empty
 * message) and the codes of {@link SignedList} and {@link ValidationRules}; ignored with {@code
 * nothing-new}. XRPL, "Ledger header".
 */
final class StepCheck {
  private final ClientView view;
  private final XrplState state;
  private final Budget budget;
  private final long now;
  private final List<KnownLedger> accepted = new ArrayList<>();
  private Publication publication;

  StepCheck(ClientView view, XrplState state, Budget budget, long now) {
    this.view = view;
    this.state = state;
    this.budget = budget;
    this.now = now;
    this.publication = state.publication();
  }

  /** What follows from all steps. */
  record Verified(List<KnownLedger> ledgers, Publication publication) implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return ledgers.getLast().ref();
    }
  }

  Verdict<Verified> verifyAll(List<LedgerStep> steps) {
    for (LedgerStep step : steps) {
      Verdict<KnownLedger> verdict = verify(step);
      if (!(verdict instanceof Verdict.Accepted<KnownLedger>(KnownLedger ledger))) {
        return verdict.then(none -> Verdict.reject(RejectionCode.MALFORMED, "not reached"));
      }
      accepted.add(ledger);
    }
    return Verdict.accept(new Verified(List.copyOf(accepted), publication));
  }

  private Verdict<KnownLedger> verify(LedgerStep step) {
    return isNew(step.header())
        .then(header -> members(step))
        .then(next -> next.inForce(now))
        .then(
            next ->
                ValidationRules.quorum(
                        next.list(),
                        step.header().hash(),
                        step.header().index(),
                        step.validations(),
                        budget)
                    .then(
                        count -> {
                          publication = next;
                          return Verdict.accept(KnownLedger.of(step.header()));
                        }));
  }

  private KnownLedger latest() {
    return accepted.isEmpty() ? state.latest() : accepted.getLast();
  }

  private Verdict<LedgerHeader> isNew(LedgerHeader header) {
    KnownLedger latest = latest();
    if (header.index() <= latest.index()) {
      boolean same =
          XrplState.ledger(view, header.index())
              .filter(known -> known.hash().equals(header.hash()))
              .isPresent();
      return same
          ? Verdict.ignore(RejectionCode.NOTHING_NEW, "ledger " + header.index() + " is known")
          : Verdict.reject(RejectionCode.STALE_HEIGHT, "ledger " + header.index());
    }
    if (header.closeSeconds() <= latest.seconds()) {
      return Verdict.reject(RejectionCode.TIME_TOO_OLD, "closed before a lower ledger");
    }
    if (header.closeSeconds() - state.rules().maxClockDrift() > now) {
      return Verdict.reject(RejectionCode.TIME_TOO_NEW, "closes in the future");
    }
    boolean follows = header.index() != latest.index() + 1 || header.parent().equals(latest.hash());
    return follows
        ? Verdict.accept(header)
        : Verdict.reject(RejectionCode.BAD_PREV, "follows " + header.parent());
  }

  private Verdict<Publication> members(LedgerStep step) {
    Verdict<Publication> next =
        step.list().isEmpty()
            ? Verdict.accept(publication)
            : publication.replaced(state.rules(), step.list().get(), budget);
    for (Bytes manifest : step.manifests()) {
      next = next.then(known -> known.with(manifest, budget));
    }
    return next;
  }
}
