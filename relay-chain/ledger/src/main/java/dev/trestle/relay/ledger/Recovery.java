package dev.trestle.relay.ledger;

import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import java.util.Optional;

/**
 * Recovery of a client by governance. The substitute is made here, from the anchor that governance
 * approved and headers that follow it; the family decides whether it is of the same chain.
 */
final class Recovery {
  private Recovery() {}

  /** A chain and its family, whatever the state of its client. */
  private record Subject(ChainRecord record, LightClient client, ClientView view) {}

  /** Whether there is something to recover. */
  static Verdict<ChainRecord> possible(Execution x, GovernanceAction.RecoverClient action) {
    return subject(x, action).then(subject -> Verdict.accept(subject.record));
  }

  private static Verdict<Subject> subject(Execution x, GovernanceAction.RecoverClient action) {
    Optional<ChainRecord> record = x.view().chain(action.chain());
    if (record.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_CHAIN, action.chain().toString());
    }
    Optional<LightClientFamily> family = x.families().get(record.get().clientType());
    return family.isPresent()
        ? Verdict.accept(
            new Subject(record.get(), family.get().client(), x.view().clientView(action.chain())))
        : Verdict.reject(LedgerCode.UNKNOWN_CLIENT_TYPE, record.get().clientType());
  }

  static Outcome recover(Execution x, GovernanceAction.RecoverClient action) {
    Verdict<Subject> found = subject(x, action);
    if (!(found instanceof Verdict.Accepted<Subject>(Subject subject))) {
      return Outcome.refuse(found);
    }
    LightClient client = subject.client;
    long now = x.block().seconds();
    ClientStatus status = client.status(subject.view, now);
    boolean attested =
        x.view().family(action.chain()).flatMap(LightClientFamily::attestations).isPresent();
    // an attested client also moves to another committee while it is well
    if (status.mayVerify() && !attested) {
      return Outcome.refuse(LedgerCode.CLIENT_IS_HEALTHY, status.name());
    }
    Verdict<ClientView> substitute = substitute(x.budget(), client, action, now);
    Verdict<ClientDelta> recovered =
        substitute.then(
            view -> Clients.guarded(() -> client.recover(subject.view, view, x.budget(), now)));
    if (!(recovered instanceof Verdict.Accepted<ClientDelta>(ClientDelta delta))) {
      return Outcome.refuse(recovered);
    }
    HeaderRef head = client.latest(delta.over(subject.view));
    if (!client.status(delta.over(subject.view), now).mayVerify()) {
      return Outcome.refuse(LedgerCode.CLIENT_FAULT, "the client may still not verify");
    }
    if (head.height() < subject.record.headHeight()) {
      return Outcome.refuse(
          LedgerCode.HEIGHT_REGRESSED, subject.record.headHeight() + " to " + head.height());
    }
    Clients.write(x, action.chain(), delta);
    ChainRecord next = subject.record.recovered(Digests.sha256(action.anchor()), head.height());
    x.put(StateKeys.chain(action.chain()), next.encode());
    x.emit(new LedgerEvent.ClientRecovered(action.chain(), head.height(), head.id()));
    return Outcome.APPLIED;
  }

  private static Verdict<ClientView> substitute(
      Budget budget, LightClient client, GovernanceAction.RecoverClient action, long now) {
    return Clients.guarded(() -> client.initialize(action.anchor(), budget))
        .then(
            start -> {
              ClientView fresh = start.over(key -> Optional.empty());
              if (action.sample().isEmpty()) {
                return Verdict.accept(fresh);
              }
              Verdict<VerifiedUpdate> verified =
                  Clients.guarded(() -> client.verify(fresh, action.sample(), budget, now));
              return verified.then(
                  update ->
                      Clients.guarded(() -> Verdict.accept(client.apply(fresh, update)))
                          .then(applied -> Verdict.accept(applied.over(fresh))));
            });
  }
}
