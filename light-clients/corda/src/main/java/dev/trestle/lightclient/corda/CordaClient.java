package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.LightClient;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.RecoveryRules;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Trusts transactions that one notary of a Corda 4 network signed (documentation, "Notaries",
 * "Transaction tear-offs"). Corda has no blocks: what other families call a header is a transaction
 * here, and its height is how many the client had accepted with it. A notary says that no state is
 * consumed twice; whether a transaction obeys its contracts it says only if it is a validating one.
 *
 * <p>Reasons of {@code initialize}: {@code malformed}, {@code budget-exceeded}. Of {@code verify}:
 * {@code unknown-height} (not initialised), {@code client-frozen}, {@code client-expired}, {@code
 * malformed}, {@code budget-exceeded}, {@code state-consumed} (by a transaction that is kept; both
 * together are evidence) and those of {@link NotaryRules}; ignored with {@code nothing-new}. Of
 * {@code checkMisbehaviour}: the first five, {@code not-misbehaviour} (not two transactions, or
 * none that consumes a state of the other) and those of {@link NotaryRules}.
 *
 * <p>Of {@code membership}: {@code unknown-height} (not initialised, or a transaction that is not
 * kept), {@code client-frozen}, {@code malformed}, {@code budget-exceeded} and those of {@link
 * ComponentProof}. Of {@code nonMembership}: {@code unknown-height}, {@code client-frozen}, else
 * always {@code not-supported}: a transaction commits to its own components only, and nothing that
 * a notary signs says what it did not sign. Of {@code timestampAt}: {@code unknown-height}. Of
 * {@code recover}: those of {@link RecoveryRules}, {@code unknown-height}, {@code wrong-chain}
 * (another network or notary), {@code value-mismatch} (batches or more groups allowed), {@code
 * stale-height} (fewer transactions, or trust that ends sooner), {@code budget-exceeded}.
 */
final class CordaClient implements LightClient {
  /** Hashes of moving one transaction to another client. */
  private static final long MOVE = 2L * NotarisedTransaction.MAX_INPUTS;

  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    return Messages.decode(anchor, budget, CordaAnchor::read)
        .then(decoded -> Verdict.accept(CordaState.initial(decoded)));
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decodeUpdate(message, budget)
                    .then(all -> new UpdateCheck(view, state, budget, nowSeconds).verifyAll(all)))
        .then(Verdict::accept);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof UpdateCheck.Verified verified)) {
      throw new IllegalArgumentException("not an update of " + CordaFamily.TYPE);
    }
    return CordaState.load(view)
        .orElseThrow(() -> new IllegalStateException("not initialised"))
        .with(view, verified.transactions());
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decode(evidence, budget, CordaEvidence::read)
                    .then(decoded -> contradiction(view, state.rules(), decoded, budget))
                    .then(proved -> Verdict.accept(state.freeze())));
  }

  private static Verdict<Hash32> contradiction(
      ClientView view, CordaRules rules, CordaEvidence evidence, Budget budget) {
    return switch (evidence) {
      case CordaEvidence.Pair(NotarisedTransaction first, NotarisedTransaction second) ->
          NotaryRules.spend(rules, first, budget)
              .then(
                  one ->
                      NotaryRules.spend(rules, second, budget)
                          .then(other -> conflict(one, other))
                          .then(both -> NotaryRules.signed(rules, first, one.id(), budget))
                          .then(
                              id ->
                                  NotaryRules.signed(rules, second, second.groups().id(), budget)));
      case CordaEvidence.AgainstKnown(NotarisedTransaction transaction) ->
          NotaryRules.spend(rules, transaction, budget)
              .then(spend -> conflict(view, spend))
              .then(id -> NotaryRules.signed(rules, transaction, id, budget));
    };
  }

  private static Verdict<Hash32> conflict(NotaryRules.Spend one, NotaryRules.Spend other) {
    Set<Hash32> both = new HashSet<>(one.inputs());
    both.retainAll(new HashSet<>(other.inputs()));
    return one.id().equals(other.id()) || both.isEmpty()
        ? Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "no state is consumed by both")
        : Verdict.accept(other.id());
  }

  private static Verdict<Hash32> conflict(ClientView view, NotaryRules.Spend spend) {
    boolean twice =
        spend.inputs().stream()
            .flatMap(input -> CordaState.spender(view, input).stream())
            .anyMatch(other -> !other.equals(spend.id()));
    return twice
        ? Verdict.accept(spend.id())
        : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "no state is consumed by a known one");
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view)
        .then(state -> decode(claim, budget))
        .then(
            located ->
                known(view, located.path().id())
                    .then(
                        transaction ->
                            located
                                .proof()
                                .shows(located.path(), claim.value())
                                .then(
                                    shown ->
                                        Verdict.accept(
                                            new ProvenFact(
                                                claim.path(),
                                                claim.value(),
                                                transaction.ref(),
                                                ProvenFact.FINAL)))));
  }

  private static Verdict<Located> decode(Claim claim, Budget budget) {
    if (claim.path().size() > Claim.MAX_PATH
        || claim.value().size() > Claim.MAX_VALUE
        || claim.proof().size() > Claim.MAX_PROOF) {
      return Verdict.reject(RejectionCode.MALFORMED, "path, value or proof is too large");
    }
    long units =
        Messages.units(claim.path())
            + Messages.units(claim.value())
            + Messages.units(claim.proof());
    if (!budget.charge(units)) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      Located located =
          new Located(ComponentPath.decode(claim.path()), ComponentProof.decode(claim.proof()));
      return budget.charge(Budget.HASH * located.proof().hashes())
          ? Verdict.accept(located)
          : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before hashing");
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  private static Verdict<KnownTransaction> known(ClientView view, Hash32 id) {
    return CordaState.transaction(view, id)
        .<Verdict<KnownTransaction>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "transaction " + id));
  }

  /** Corda can prove no absence. */
  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(state -> Verdict.reject(RejectionCode.NOT_SUPPORTED, "Corda proves no absence"));
  }

  /** By the end of trust that the anchor states; nothing on Corda prolongs it. */
  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return CordaState.load(view)
        .map(state -> state.status(nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id if the client is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return CordaState.load(view)
        .map(state -> state.latest().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  /**
   * When this client accepted the transaction: no signature of a notary says when it was made, and
   * this is never before.
   */
  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return CordaState.load(view)
        .map(CordaState::latest)
        .filter(latest -> latest.height() == height)
        .or(() -> CordaState.transaction(view, height))
        .<Verdict<Long>>map(known -> Verdict.accept(known.seconds()))
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "transaction " + height));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<CordaState> from = CordaState.load(subject);
    Optional<CordaState> to = CordaState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> mayReplace(from.get(), to.get()))
        .then(
            state ->
                budget.charge(Budget.HASH * 2 * MOVE * CordaState.WINDOW)
                    ? Verdict.accept(CordaState.replace(subject, substitute))
                    : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "transactions to move"));
  }

  private static Verdict<CordaState> mayReplace(CordaState from, CordaState to) {
    if (!from.rules().network().equals(to.rules().network())
        || !from.rules().party().equals(to.rules().party())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "another network or notary");
    }
    if (from.rules().maxGroups() < to.rules().maxGroups()
        || (!from.rules().batches() && to.rules().batches())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "a substitute with weaker rules");
    }
    return to.latest().height() < from.latest().height()
            || to.rules().until() < from.rules().until()
        ? Verdict.reject(RejectionCode.STALE_HEIGHT, "a substitute that is behind")
        : Verdict.accept(to);
  }

  /** Joins {@link NotarisedTransaction}s. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return Messages.update(rawHeaders);
  }

  private static Verdict<CordaState> trusted(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "trust ran out"));
  }

  private static Verdict<CordaState> usable(ClientView view) {
    Optional<CordaState> state = CordaState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  /** A decoded claim. */
  private record Located(ComponentPath path, ComponentProof proof) {}
}
