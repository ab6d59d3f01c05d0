package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Signing of planned releases, and proof that they were executed. */
final class Settlement {
  private Settlement() {}

  /**
   * A release with a plan, on a chain that carries value and is not paused unless it is a sweep. A
   * merge is no concern of the route that lends it its rate: only a pause of the chain holds it.
   */
  private record Planned(
      ReleaseRecord release,
      CustodyRules.ReleasePlan plan,
      RouteRecord route,
      Clients.Usable home,
      CustodyRules rules) {}

  /**
   * @param sweepsAnyway whether a sweep, which pays nobody but the committee, goes on while its
   *     route is paused or the client may not verify: its depositor's delay runs on as well
   */
  private static Verdict<Planned> planned(Execution x, Hash32 releaseId, boolean sweepsAnyway) {
    Optional<ReleaseRecord> found = x.view().release(releaseId);
    if (found.isEmpty()) {
      return Verdict.reject(LedgerCode.UNKNOWN_RELEASE, releaseId.toHex());
    }
    ReleaseRecord release = found.get();
    if (release.state() == ReleaseRecord.State.SETTLED) {
      return Verdict.reject(LedgerCode.RELEASE_SETTLED, releaseId.toHex());
    }
    if (release.plan().isEmpty() || release.state() == ReleaseRecord.State.VOID) {
      return Verdict.reject(LedgerCode.RELEASE_NOT_PLANNED, release.state().name());
    }
    RouteRecord route = x.view().route(release.routeId()).orElseThrow();
    boolean anyway = sweepsAnyway && release.kind() == ReleaseRecord.Kind.SWEEP;
    boolean merge = release.kind() == ReleaseRecord.Kind.MERGE;
    if (!anyway && !merge && x.isPaused(route)) {
      return Verdict.reject(LedgerCode.PAUSED, release.routeId().toHex());
    }
    return (anyway ? Clients.registered(x, release.chain()) : Clients.carrying(x, release.chain()))
        .then(
            home ->
                Custody.rules(home.family())
                    .then(
                        rules ->
                            Verdict.accept(
                                new Planned(release, release.plan().get(), route, home, rules))));
  }

  static Outcome sign(Execution x, TransactionBody.SignRelease body) {
    Verdict<Planned> verdict = planned(x, body.releaseId(), true);
    if (!(verdict instanceof Verdict.Accepted<Planned>(Planned p))) {
      return Outcome.refuse(verdict);
    }
    if (p.release().state() != ReleaseRecord.State.PLANNED) {
      return Outcome.refuse(LedgerCode.RELEASE_NOT_PLANNED, p.release().state().name());
    }
    if (body.member() >= x.committee().members().size()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_MEMBER, "member " + body.member());
    }
    if (x.view().suspension(body.member()).isPresent()) {
      return Outcome.refuse(LedgerCode.MEMBER_SUSPENDED, "member " + body.member());
    }
    List<CustodyRules.MemberSignatures> collected = new ArrayList<>(p.release().signatures());
    if (collected.stream().anyMatch(each -> each.member() == body.member())) {
      return Outcome.refuse(LedgerCode.ALREADY_SIGNED, "member " + body.member());
    }
    int inputs = p.plan().inputs().size();
    if (!x.budget().charge(Math.multiplyExact(Budget.SIGNATURE, inputs))) {
      return Outcome.refuse(LedgerCode.BUDGET_EXHAUSTED, "signatures");
    }
    Verdict<Boolean> valid =
        x.ask(
            new Question.PlanSignatures(
                p.home().family(), x.committee(), p.plan(), body.member(), body.signatures()),
            p.home().view());
    boolean signed =
        body.signatures().size() == inputs
            && valid instanceof Verdict.Accepted<Boolean>(Boolean ok)
            && ok;
    if (!signed) {
      return Outcome.refuse(LedgerCode.BAD_SIGNATURE, "member " + body.member());
    }
    collected.add(new CustodyRules.MemberSignatures(body.member(), body.signatures()));
    collected.sort(Comparator.comparingInt(CustodyRules.MemberSignatures::member));
    return store(x, p, collected, body.member());
  }

  private static Outcome store(
      Execution x, Planned p, List<CustodyRules.MemberSignatures> collected, int member) {
    x.emit(new LedgerEvent.ReleaseSigned(p.release().id(), member, collected.size()));
    if (collected.size() < x.committee().threshold()) {
      Releases.put(
          x,
          p.release()
              .with(
                  ReleaseRecord.State.PLANNED, Optional.of(p.plan()), collected, Optional.empty()));
      return Outcome.APPLIED;
    }
    Verdict<Bytes> assembled =
        Clients.guarded(() -> p.rules().assemble(x.committee(), p.plan(), collected));
    if (!(assembled instanceof Verdict.Accepted<Bytes>(Bytes transaction))) {
      return Outcome.refuse(assembled);
    }
    Releases.put(
        x,
        p.release()
            .with(
                ReleaseRecord.State.READY,
                Optional.of(p.plan()),
                collected,
                Optional.of(transaction)));
    x.emit(new LedgerEvent.ReleaseReady(p.release().id()));
    return Outcome.APPLIED;
  }

  static Outcome submit(Execution x, TransactionBody.SubmitRelease body) {
    Verdict<Planned> verdict = planned(x, body.releaseId(), false);
    if (!(verdict instanceof Verdict.Accepted<Planned>(Planned p))) {
      return Outcome.refuse(verdict);
    }
    Verdict<ProvenFact> proven =
        Clients.prove(x, p.home(), body.claim(), p.route().confirmations());
    if (!(proven instanceof Verdict.Accepted<ProvenFact>(ProvenFact fact))) {
      return Outcome.refuse(proven);
    }
    Verdict<List<CustodyRules.Coin>> left = Clients.guarded(() -> left(x, p, fact.value()));
    if (!(left
        instanceof Verdict.Accepted<List<CustodyRules.Coin>>(List<CustodyRules.Coin> change))) {
      return Outcome.refuse(left);
    }
    boolean sweep = p.release().kind() == ReleaseRecord.Kind.SWEEP;
    boolean pays = p.release().kind().pays();
    Optional<HeaderRef> destination = Optional.empty();
    if (sweep) {
      // the packet of the swept deposit goes out with this
      Verdict<Clients.Usable> far = Clients.carrying(x, p.route().destination());
      if (!(far instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable usable))) {
        return Outcome.refuse(far);
      }
      destination = Optional.of(usable.head());
    }
    Amount fee = pays ? FurtherCoins.paid(p.release(), p.plan()) : p.plan().fee();
    Amount gone = pays ? p.release().amount().plus(fee) : fee;
    if (!Custody.sum(p.plan().inputs()).equals(Custody.sum(change).plus(gone))) {
      return Outcome.refuse(LedgerCode.PLAN_MISMATCH, "inputs and change do not add up");
    }
    p.plan().inputs().forEach(coin -> Custody.remove(x, p.home().chain(), coin));
    for (CustodyRules.Coin coin : change) {
      Custody.put(
          x, new CoinRecord(p.home().chain(), coin, fact.block().height(), 0, Optional.empty()));
    }
    Custody.supply(
        x,
        p.route().asset(),
        (SupplyRecord supply) ->
            pays ? supply.released(p.release().amount()).feePaid(fee) : supply.feePaid(fee));
    Releases.put(x, p.release().with(ReleaseRecord.State.SETTLED));
    destination.ifPresent(head -> Deposits.send(x, p.route(), head, swept(x, p)));
    if (p.release().kind() == ReleaseRecord.Kind.REFUND) {
      TransferRecord transfer = x.view().transfer(p.release().cause()).orElseThrow();
      x.put(
          StateKeys.transfer(p.release().cause()),
          transfer.with(TransferRecord.State.REFUNDED).encode());
    }
    if (p.release().kind() == ReleaseRecord.Kind.MERGE) {
      x.overlay().delete(StateKeys.merging(p.home().chain(), p.release().id()));
    }
    x.emit(new LedgerEvent.ReleaseSettled(p.release().id(), fact.block().id()));
    return Outcome.APPLIED;
  }

  private static TransferRecord swept(Execution x, Planned p) {
    CustodyRules.Coin coin = p.plan().inputs().getFirst();
    return x.view()
        .creditedTo(p.home().chain(), coin.txId(), coin.outputIndex())
        .flatMap(x.view()::transfer)
        .orElseThrow();
  }

  /** The coins that the executed plan leaves in custody. */
  private static Verdict<List<CustodyRules.Coin>> left(Execution x, Planned p, Bytes transaction) {
    if (!p.rules().executes(transaction, p.plan())) {
      return Verdict.reject(LedgerCode.PLAN_MISMATCH, p.release().id().toHex());
    }
    return p.release().kind().pays()
        ? Verdict.accept(p.rules().change(x.committee(), p.plan()))
        : p.rules()
            .coinsPaidTo(transaction, p.rules().restingLock(p.home().chain(), x.committee()));
  }
}
