package dev.trestle.lightclient.polkadot.grandpa;

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
import dev.trestle.lightclient.polkadot.HeaderRing;
import dev.trestle.lightclient.polkadot.KnownHeader;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.StateFacts;
import dev.trestle.lightclient.polkadot.StatePath;
import java.util.List;
import java.util.Optional;

/**
 * Trusts a header that more than two thirds of the weight of the authorities in charge finalised
 * (GRANDPA, Polkadot specification 6). Headers between two changes of the authorities may be
 * skipped; those that change them may not, since each vote is bound to the number of its set. The
 * time of a block stands in its state and is proved with it.
 *
 * <p>Reasons of {@code verify}: {@code unknown-height} (not initialised), {@code client-frozen},
 * {@code client-expired}, {@code malformed}, {@code budget-exceeded}, {@code stale-height}, {@code
 * wrong-epoch} (after the last block of the set in charge), those of {@link JustificationRules},
 * {@code trailing-bytes} (of a justification), those of {@link
 * dev.trestle.lightclient.polkadot.trie.StorageProof} and {@code no-timestamp} (of the time),
 * {@code time-too-old}, {@code time-too-new}, {@code forced-change}, {@code authorities-paused},
 * {@code change-pending}; ignored with {@code nothing-new}. No signature names the chain, so what
 * another chain finalised is refused by its keys and set number.
 *
 * <p>Of {@code checkMisbehaviour}: the first five, {@code wrong-epoch} (a set that is not known or
 * no longer trusted), those of the justification, {@code unknown-height} and {@code
 * not-misbehaviour} (one chain can hold both blocks). Of {@code membership} and {@code
 * nonMembership}: {@code unknown-height}, {@code client-frozen}, {@code malformed}, {@code
 * budget-exceeded}, {@code not-supported} (heads of parachains, keys of child tries), {@code
 * value-mismatch} and those of the storage proof. Of {@code recover}: those of {@link
 * RecoveryRules}, {@code unknown-height}, {@code wrong-chain} (another genesis), {@code
 * value-mismatch} (other periods), {@code stale-height}, {@code budget-exceeded}.
 */
final class GrandpaClient implements LightClient {
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (anchor.size() > Messages.MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, "an anchor of " + anchor.size() + " bytes");
    }
    if (!budget.charge(Messages.units(anchor))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(GrandpaState.initial(GrandpaAnchor.decode(anchor)));
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
  }

  @Override
  public Verdict<VerifiedUpdate> verify(
      ClientView view, Bytes message, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decodeUpdate(message, budget, Fragment::read)
                    .then(
                        fragments ->
                            new UpdateCheck(view, state, budget, nowSeconds).verifyAll(fragments)))
        .then(Verdict::accept);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof UpdateCheck.Verified verified)) {
      throw new IllegalArgumentException("not an update of " + GrandpaFamily.TYPE);
    }
    GrandpaState state =
        GrandpaState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    ClientDelta.Builder delta = ClientDelta.builder();
    state.with(view, verified.headers(), verified.tip(), verified.authorities(), delta);
    return delta.build();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decode(evidence, budget, GrandpaEvidence::read)
                    .then(decoded -> contradiction(view, state, decoded, budget, nowSeconds))
                    .then(proved -> Verdict.accept(state.freeze())));
  }

  private static Verdict<Hash32> contradiction(
      ClientView view, GrandpaState state, GrandpaEvidence evidence, Budget budget, long now) {
    return switch (evidence) {
      case GrandpaEvidence.Pair(Finality first, Finality second) ->
          differ(first, second.block().number(), second.block().hash())
              .then(both -> finalised(state, first, budget, now))
              .then(one -> finalised(state, second, budget, now));
      case GrandpaEvidence.AgainstKnown(Finality finality, long number) ->
          known(view, number)
              .then(header -> differ(finality, header.number(), header.hash()))
              .then(both -> finalised(state, finality, budget, now));
    };
  }

  private static Verdict<Hash32> differ(Finality finality, long number, Hash32 hash) {
    boolean conflict = finality.block().number() == number && !finality.block().hash().equals(hash);
    return conflict
        ? Verdict.accept(hash)
        : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "one chain can hold both blocks");
  }

  private static Verdict<Hash32> finalised(
      GrandpaState state, Finality finality, Budget budget, long now) {
    return signers(state, finality.setId(), now)
        .then(
            set ->
                Justification.decode(finality.justification())
                    .then(
                        justification ->
                            JustificationRules.verify(
                                set,
                                justification,
                                finality.justified().hash(),
                                finality.justified().number(),
                                budget)))
        .then(verified -> Verdict.accept(finality.block().hash()));
  }

  private static Verdict<AuthoritySet> signers(GrandpaState state, long setId, long now) {
    if (state.authorities().current().id() == setId) {
      return Verdict.accept(state.authorities().current());
    }
    return state
        .authorities()
        .retired()
        .filter(retired -> retired.set().id() == setId)
        .filter(retired -> state.rules().trusts(retired.seconds(), now))
        .<Verdict<AuthoritySet>>map(retired -> Verdict.accept(retired.set()))
        .orElseGet(() -> Verdict.reject(RejectionCode.WRONG_EPOCH, "set " + setId));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view)
        .then(state -> StateFacts.path(claim.path(), claim.value(), claim.proof(), budget))
        .then(GrandpaClient::storage)
        .then(
            path ->
                known(view, path.number()).then(header -> StateFacts.stored(claim, path, header)));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(state -> StateFacts.path(path, Bytes.EMPTY, proof, budget))
        .then(GrandpaClient::storage)
        .then(
            decoded ->
                known(view, decoded.number())
                    .then(header -> StateFacts.absent(path, proof, decoded, header)));
  }

  private static Verdict<StatePath> storage(StatePath path) {
    return path.kind() == StatePath.Kind.STORAGE
        ? Verdict.accept(path)
        : Verdict.reject(RejectionCode.NOT_SUPPORTED, "no heads of parachains under a header");
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return GrandpaState.load(view)
        .map(state -> state.status(nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id if the client is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return GrandpaState.load(view)
        .map(state -> state.latest().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return known(view, height).then(header -> Verdict.accept(header.seconds()));
  }

  private static Verdict<KnownHeader> known(ClientView view, long number) {
    return GrandpaState.header(view, number)
        .<Verdict<KnownHeader>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "block " + number));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<GrandpaState> from = GrandpaState.load(subject);
    Optional<GrandpaState> to = GrandpaState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> mayReplace(from.get(), to.get()))
        .then(
            state ->
                budget.charge(Budget.HASH * 2 * HeaderRing.WINDOW)
                    ? Verdict.accept(GrandpaState.replace(subject, substitute))
                    : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "headers to move"));
  }

  private static Verdict<GrandpaState> mayReplace(GrandpaState from, GrandpaState to) {
    if (!from.rules().genesis().equals(to.rules().genesis())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "genesis " + to.rules().genesis());
    }
    if (!from.rules().equals(to.rules())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "a substitute with other periods");
    }
    return to.latest().number() < from.latest().number()
        ? Verdict.reject(RejectionCode.STALE_HEIGHT, "a substitute that is behind")
        : Verdict.accept(to);
  }

  /** Joins {@link Fragment}s. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return Messages.update(rawHeaders);
  }

  private static Verdict<GrandpaState> trusted(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "trust ran out"));
  }

  private static Verdict<GrandpaState> usable(ClientView view) {
    Optional<GrandpaState> state = GrandpaState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }
}
