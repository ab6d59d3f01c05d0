package dev.trestle.lightclient.cometbft;

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
import dev.trestle.proofs.ics23.CommitmentProof;
import dev.trestle.proofs.ics23.Ics23Code;
import dev.trestle.proofs.ics23.MerkleProof;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * ICS-07: trusts a header when enough of the validators that a trusted header named, and more than
 * two thirds of its own, signed it. Headers come in ascending order, with gaps as long as trust
 * reaches. Everything below the header is proved against its application hash.
 *
 * <p>Reasons of {@code verify} besides those of {@link HeaderRules}: {@code unknown-height} (not
 * initialised, or no such trusted header), {@code client-frozen}, {@code client-expired}, {@code
 * malformed}, {@code budget-exceeded}, {@code wrong-chain} (another revision), {@code
 * stale-height}, {@code time-too-old} (not after the latest header); ignored with {@code
 * nothing-new}. Of {@code checkMisbehaviour} (ICS-07 "Misbehaviour"): the same, and {@code
 * not-misbehaviour}. Of {@code membership} and {@code nonMembership}: {@code unknown-height},
 * {@code client-frozen}, {@code malformed}, {@code budget-exceeded} and the {@link Ics23Code}s. Of
 * {@code recover}: those of {@link RecoveryRules}, {@code wrong-chain}, {@code value-mismatch}
 * (other parameters) and {@code stale-height} (a substitute that is behind).
 */
final class CometClient implements LightClient {
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (!budget.charge(CometMessages.units(anchor))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(CometState.initial(CometAnchor.decode(anchor)));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    Instant now = instant(nowSeconds);
    return usable(view)
        .then(
            state ->
                state.status(now).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.<CometState>reject(RejectionCode.CLIENT_EXPIRED, "trust ran out"))
        .then(
            state ->
                CometMessages.decodeUpdate(message, budget)
                    .then(headers -> new UpdateCheck(view, state, budget, now).verifyAll(headers)))
        .then(headers -> Verdict.accept(new Verified(headers)));
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof Verified verified)) {
      throw new IllegalArgumentException("not an update of " + CometFamily.TYPE);
    }
    CometState state =
        CometState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    ClientDelta.Builder delta = ClientDelta.builder();
    state.with(view, verified.headers(), delta);
    return delta.build();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                CometMessages.decodeEvidence(evidence, budget)
                    .then(
                        decoded ->
                            contradiction(
                                view,
                                new UpdateCheck(view, state, budget, instant(nowSeconds)),
                                decoded))
                    .then(proved -> Verdict.accept(state.freeze())));
  }

  private static Verdict<KnownHeader> contradiction(
      ClientView view, UpdateCheck check, CometMessages.Evidence evidence) {
    return switch (evidence) {
      case CometMessages.Evidence.Pair(UpdateHeader first, UpdateHeader second) ->
          check
              .verifyEvidence(first)
              .then(one -> check.verifyEvidence(second).then(two -> contradicting(one, two)));
      case CometMessages.Evidence.AgainstKnown(UpdateHeader header, long height) ->
          known(view, height)
              .then(known -> check.verifyEvidence(header).then(one -> contradicting(one, known)));
    };
  }

  private static Verdict<KnownHeader> contradicting(KnownHeader one, KnownHeader other) {
    return one.contradicts(other)
        ? Verdict.accept(one)
        : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "one chain can hold both headers");
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return located(view, claim.path(), claim.proof(), budget)
        .then(
            at ->
                budget.charge(CometMessages.units(claim.value()))
                    ? Verdict.accept(at)
                    : Verdict.<Located>reject(RejectionCode.BUDGET_EXCEEDED, "before hashing"))
        .then(
            at ->
                at.proof()
                    .verifyMembership(
                        StorePath.SPECS, at.header().appHash(), at.path().keys(), claim.value())
                    .then(proof -> fact(claim.path(), claim.value(), at)));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return located(view, path, proof, budget)
        .then(CometClient::namesItsKey)
        .then(
            at ->
                at.proof()
                    .verifyNonMembership(StorePath.SPECS, at.header().appHash(), at.path().keys())
                    .then(checked -> fact(path, Bytes.EMPTY, at)));
  }

  /** So that a proof is of one key only, although its neighbours show the absence of more. */
  private static Verdict<Located> namesItsKey(Located at) {
    boolean other =
        !at.proof().proofs().isEmpty()
            && at.proof().proofs().getFirst() instanceof CommitmentProof.Nonexist(var absent)
            && !absent.key().equals(at.path().key());
    return other
        ? Verdict.reject(Ics23Code.KEY_MISMATCH, "a proof for another key")
        : Verdict.accept(at);
  }

  private static Verdict<ProvenFact> fact(Bytes path, Bytes value, Located at) {
    return Verdict.accept(new ProvenFact(path, value, at.header().ref(), ProvenFact.FINAL));
  }

  private static Verdict<Located> located(ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(
            state -> {
              if (path.size() > Claim.MAX_PATH || proof.size() > Claim.MAX_PROOF) {
                return Verdict.reject(RejectionCode.MALFORMED, "path or proof is too large");
              }
              // twice, since that of absence computes the root of the lower tree before it is
              // checked
              return budget.charge(2 * (CometMessages.units(path) + CometMessages.units(proof)))
                  ? decode(path, proof)
                  : Verdict.<Located.Undated>reject(
                      RejectionCode.BUDGET_EXCEEDED, "before decoding");
            })
        .then(
            at ->
                known(view, at.path().height())
                    .then(header -> Verdict.accept(new Located(at.path(), at.proof(), header))));
  }

  private static Verdict<Located.Undated> decode(Bytes path, Bytes proof) {
    try {
      return Verdict.accept(new Located.Undated(StorePath.decode(path), MerkleProof.decode(proof)));
    } catch (DecodeException e) {
      return malformed(e);
    }
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return CometState.load(view)
        .map(state -> state.status(instant(nowSeconds)))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id if the client is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return CometState.load(view)
        .map(state -> state.latest().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return known(view, height).then(header -> Verdict.accept(header.time().getEpochSecond()));
  }

  private static Verdict<KnownHeader> known(ClientView view, long height) {
    return (height < 0 ? Optional.<KnownHeader>empty() : CometState.header(view, height))
        .<Verdict<KnownHeader>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "height " + height));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<CometState> from = CometState.load(subject);
    Optional<CometState> to = CometState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> mayReplace(from.get(), to.get()))
        .then(
            state ->
                budget.charge(Budget.HASH * 2 * CometState.WINDOW)
                    ? Verdict.accept(CometState.replace(subject, substitute))
                    : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "headers to move"));
  }

  private static Verdict<CometState> mayReplace(CometState from, CometState to) {
    if (!from.anchor().chainId().equals(to.anchor().chainId())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "a substitute of " + to.anchor().chainId());
    }
    if (!from.anchor().sameRules(to.anchor())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "a substitute with other parameters");
    }
    return to.latest().height() < from.latest().height()
        ? Verdict.reject(RejectionCode.STALE_HEIGHT, "a substitute that is behind")
        : Verdict.accept(to);
  }

  /** Joins {@link UpdateHeader}s in their protobuf encoding. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return CometMessages.update(rawHeaders);
  }

  private static Verdict<CometState> usable(ClientView view) {
    Optional<CometState> state = CometState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }

  /** Times outside of what a header can state are as good as its bounds. */
  private static Instant instant(long seconds) {
    return Instant.ofEpochSecond(
        Math.clamp(seconds, ProtoWriter.MIN_SECONDS, ProtoWriter.MAX_SECONDS));
  }

  private static <T> Verdict<T> malformed(DecodeException e) {
    return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
  }

  /** A decoded claim and the header that it is about. */
  private record Located(StorePath path, MerkleProof proof, KnownHeader header) {
    private record Undated(StorePath path, MerkleProof proof) {}
  }

  private record Verified(List<KnownHeader> headers) implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return headers.getLast().ref();
    }
  }
}
