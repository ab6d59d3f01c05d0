package dev.trestle.lightclient.corda;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Verifies transactions one after another, each against what is kept and those before it. Ignores
 * with {@code nothing-new}, rejects with {@code state-consumed} and the codes of {@link
 * NotaryRules}.
 *
 * <p>Corda, "Notaries".
 */
final class UpdateCheck {
  private final ClientView view;
  private final CordaState state;
  private final Budget budget;
  private final long now;
  private final List<KnownTransaction> accepted = new ArrayList<>();
  private final Set<Hash32> consumed = new HashSet<>();

  UpdateCheck(ClientView view, CordaState state, Budget budget, long now) {
    this.view = view;
    this.state = state;
    this.budget = budget;
    this.now = now;
  }

  /** What follows from all transactions. */
  record Verified(List<KnownTransaction> transactions) implements VerifiedUpdate {
    Verified {
      transactions = List.copyOf(transactions);
    }

    @Override
    public HeaderRef head() {
      return transactions.getLast().ref();
    }
  }

  Verdict<Verified> verifyAll(List<NotarisedTransaction> transactions) {
    Verdict<Verified> all = Verdict.accept(new Verified(accepted));
    for (NotarisedTransaction each : transactions) {
      all = all.then(before -> verify(each)).then(next -> Verdict.accept(new Verified(accepted)));
    }
    return all;
  }

  private Verdict<KnownTransaction> verify(NotarisedTransaction transaction) {
    return NotaryRules.spend(state.rules(), transaction, budget)
        .then(this::isNew)
        .then(
            spend ->
                NotaryRules.signed(state.rules(), transaction, spend.id(), budget)
                    .then(id -> accept(spend)));
  }

  private Verdict<NotaryRules.Spend> isNew(NotaryRules.Spend spend) {
    boolean known =
        CordaState.transaction(view, spend.id()).isPresent()
            || accepted.stream().anyMatch(each -> each.id().equals(spend.id()));
    return known
        ? Verdict.ignore(RejectionCode.NOTHING_NEW, "transaction " + spend.id() + " is known")
        : Verdict.accept(spend);
  }

  private Verdict<KnownTransaction> accept(NotaryRules.Spend spend) {
    for (Hash32 input : spend.inputs()) {
      if (consumed.contains(input) || CordaState.spender(view, input).isPresent()) {
        return Verdict.reject(CordaCode.STATE_CONSUMED, "the state " + input);
      }
    }
    KnownTransaction last = accepted.isEmpty() ? state.latest() : accepted.getLast();
    KnownTransaction next =
        new KnownTransaction(
            Math.addExact(last.height(), 1),
            spend.id(),
            Math.max(now, last.seconds()),
            spend.inputs());
    accepted.add(next);
    consumed.addAll(spend.inputs());
    return Verdict.accept(next);
  }
}
