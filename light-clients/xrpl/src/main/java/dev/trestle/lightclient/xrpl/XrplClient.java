package dev.trestle.lightclient.xrpl;

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
import java.util.List;
import java.util.Optional;

/**
 * Trusts a ledger that at least 80 % of the validators of the publisher's list validated
 * (documentation, "Consensus Protocol" and "Validator lists"). Ledgers may be skipped. Lists and
 * the validators' signing keys are followed.
 *
 * <p>Reasons of {@code initialize}: {@code malformed}, {@code budget-exceeded}, those of {@link
 * SignedList}, {@code unl-expired} and {@code unl-not-effective} (when the ledger closed). Of
 * {@code verify}: {@code unknown-height} (not initialised), {@code client-frozen}, {@code
 * client-expired}, {@code malformed}, {@code budget-exceeded}, {@code stale-height}, {@code
 * time-too-old} (not after the latest close), {@code time-too-new}, {@code bad-prev} (the next
 * ledger, with another parent), those of {@link SignedList}, {@code unl-sequence}, {@code
 * publisher-manifest}, {@code validator-manifest}, {@code unl-expired}, {@code unl-not-effective},
 * and those of {@link ValidationRules}; ignored with {@code nothing-new}. No validation names the
 * network, so what another one's validators signed is refused by their keys.
 *
 * <p>Of {@code checkMisbehaviour}: the first five, {@code unknown-height}, {@code not-misbehaviour}
 * (not two ledgers of one index) and those of {@link ValidationRules}. Of {@code membership} and
 * {@code nonMembership}: {@code unknown-height}, {@code client-frozen}, {@code malformed}, {@code
 * budget-exceeded} and those of {@link ShaMapProof}. A transaction that is in a ledger may have
 * failed: its result stands in the metadata, which are part of the value. Of {@code recover}: those
 * of {@link RecoveryRules}, {@code unknown-height}, {@code wrong-chain} (another network or
 * publisher), {@code value-mismatch} (other periods), {@code stale-height}, {@code
 * budget-exceeded}.
 */
final class XrplClient implements LightClient {
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    return Messages.decode(anchor, budget, XrplAnchor::read)
        .then(
            decoded ->
                Publication.first(decoded.rules(), decoded.list(), budget)
                    .then(first -> first.inForce(decoded.header().closeSeconds()))
                    .then(first -> Verdict.accept(XrplState.initial(decoded, first))));
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decodeUpdate(message, budget)
                    .then(steps -> new StepCheck(view, state, budget, nowSeconds).verifyAll(steps)))
        .then(Verdict::accept);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof StepCheck.Verified verified)) {
      throw new IllegalArgumentException("not an update of " + XrplFamily.TYPE);
    }
    XrplState state =
        XrplState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    ClientDelta.Builder delta = ClientDelta.builder();
    state.with(view, verified.ledgers(), verified.publication(), delta);
    return delta.build();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decode(evidence, budget, XrplEvidence::read)
                    .then(decoded -> contradiction(view, state, decoded, budget))
                    .then(proved -> Verdict.accept(state.freeze())));
  }

  private static Verdict<Integer> contradiction(
      ClientView view, XrplState state, XrplEvidence evidence, Budget budget) {
    return switch (evidence) {
      case XrplEvidence.Pair(XrplEvidence.Validated first, XrplEvidence.Validated second) ->
          differ(first.header(), second.header().index(), second.header().hash())
              .then(both -> validated(state, first, budget))
              .then(count -> validated(state, second, budget));
      case XrplEvidence.AgainstKnown(XrplEvidence.Validated ledger) ->
          known(view, ledger.header().index())
              .then(known -> differ(ledger.header(), known.index(), known.hash()))
              .then(both -> validated(state, ledger, budget));
    };
  }

  private static Verdict<Hash32> differ(LedgerHeader header, long index, Hash32 hash) {
    return header.index() == index && !header.hash().equals(hash)
        ? Verdict.accept(hash)
        : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "not two ledgers of one index");
  }

  private static Verdict<Integer> validated(
      XrplState state, XrplEvidence.Validated ledger, Budget budget) {
    return ValidationRules.quorum(
        state.publication().list(),
        ledger.header().hash(),
        ledger.header().index(),
        ledger.validations(),
        budget);
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return located(view, claim.path(), claim.value(), claim.proof(), budget)
        .then(
            at ->
                at.proof()
                    .present(at.path(), at.path().root(at.ledger()), claim.value())
                    .then(proof -> fact(claim.path(), claim.value(), at)));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return located(view, path, Bytes.EMPTY, proof, budget)
        .then(
            at ->
                at.proof()
                    .absent(at.path(), at.path().root(at.ledger()))
                    .then(checked -> fact(path, Bytes.EMPTY, at)));
  }

  private static Verdict<ProvenFact> fact(Bytes path, Bytes value, Located at) {
    return Verdict.accept(new ProvenFact(path, value, at.ledger().ref(), ProvenFact.FINAL));
  }

  private static Verdict<Located> located(
      ClientView view, Bytes path, Bytes value, Bytes proof, Budget budget) {
    return usable(view)
        .then(
            state -> {
              if (path.size() > Claim.MAX_PATH
                  || value.size() > Claim.MAX_VALUE
                  || proof.size() > Claim.MAX_PROOF) {
                return Verdict.reject(RejectionCode.MALFORMED, "path, value or proof is too large");
              }
              long nodes = 2L * ShaMap.BRANCHES * ShaMap.MAX_DEPTH;
              return budget.charge(
                      Messages.units(path)
                          + Messages.units(value)
                          + Messages.units(proof)
                          + Budget.HASH * nodes)
                  ? decode(path, proof)
                  : Verdict.<Located.Loose>reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
            })
        .then(
            at ->
                known(view, at.path().ledger())
                    .then(ledger -> Verdict.accept(new Located(at.path(), at.proof(), ledger))));
  }

  private static Verdict<Located.Loose> decode(Bytes path, Bytes proof) {
    try {
      return Verdict.accept(new Located.Loose(LedgerPath.decode(path), ShaMapProof.decode(proof)));
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return XrplState.load(view).map(state -> state.status(nowSeconds)).orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id if the client is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return XrplState.load(view)
        .map(state -> state.latest().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return known(view, height).then(ledger -> Verdict.accept(ledger.seconds()));
  }

  private static Verdict<KnownLedger> known(ClientView view, long index) {
    return XrplState.ledger(view, index)
        .<Verdict<KnownLedger>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "ledger " + index));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<XrplState> from = XrplState.load(subject);
    Optional<XrplState> to = XrplState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> mayReplace(from.get(), to.get()))
        .then(
            state ->
                budget.charge(Budget.HASH * 2 * XrplState.WINDOW)
                    ? Verdict.accept(XrplState.replace(subject, substitute))
                    : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "ledgers to move"));
  }

  private static Verdict<XrplState> mayReplace(XrplState from, XrplState to) {
    if (from.rules().networkId() != to.rules().networkId()
        || !from.rules().publisher().equals(to.rules().publisher())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "another network or publisher");
    }
    if (!from.rules().equals(to.rules())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "a substitute with other periods");
    }
    return to.latest().index() < from.latest().index()
        ? Verdict.reject(RejectionCode.STALE_HEIGHT, "a substitute that is behind")
        : Verdict.accept(to);
  }

  /** Joins {@link LedgerStep}s. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return Messages.update(rawHeaders);
  }

  private static Verdict<XrplState> trusted(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "trust ran out"));
  }

  private static Verdict<XrplState> usable(ClientView view) {
    Optional<XrplState> state = XrplState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  /** A decoded claim and the ledger that it is about. */
  private record Located(LedgerPath path, ShaMapProof proof, KnownLedger ledger) {
    private record Loose(LedgerPath path, ShaMapProof proof) {}
  }
}
