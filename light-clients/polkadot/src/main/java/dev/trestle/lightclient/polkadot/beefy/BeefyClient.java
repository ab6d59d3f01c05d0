package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
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
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.StateFacts;
import dev.trestle.lightclient.polkadot.StatePath;
import java.util.List;
import java.util.Optional;

/**
 * Trusts a root of the mountain range that more than two thirds of the validators in charge signed,
 * the range's last leaf, and the header that the leaf names (BEEFY, Polkadot specification 5.5).
 * Sets follow one another through the leaves; within a set, commitments may be skipped.
 *
 * <p>Reasons of {@code verify}: {@code unknown-height} (not initialised), {@code client-frozen},
 * {@code client-expired}, {@code malformed}, {@code budget-exceeded}, {@code bits-beyond-set},
 * {@code stale-height}, {@code wrong-epoch} (neither the current set nor the next), those of {@link
 * CommitmentRules}, {@code no-mmr-root}, {@code index-out-of-range} and {@code branch-length} (of
 * {@link Mmr}), {@code mmr-leaf}, {@code next-set}, {@code header-mismatch}, those of {@link
 * dev.trestle.lightclient.polkadot.trie.StorageProof} and {@code no-timestamp} (of the time),
 * {@code time-too-old}, {@code time-too-new}; ignored with {@code nothing-new}. No signature names
 * the chain, so what another chain's validators signed is refused by their keys and set number.
 *
 * <p>Of {@code checkMisbehaviour}: the first five, {@code bits-beyond-set}, {@code wrong-epoch} (a
 * set that is not known or no longer trusted), those of the signatures, {@code unknown-height},
 * {@code no-mmr-root}, and {@code not-misbehaviour}. Of {@code membership} and {@code
 * nonMembership}: {@code unknown-height}, {@code client-frozen}, {@code malformed}, {@code
 * budget-exceeded}, {@code value-mismatch}, {@code not-supported} (absence of a head, keys of child
 * tries), those of the storage proof and of {@link HeadProof}. Of {@code recover}: those of {@link
 * RecoveryRules}, {@code unknown-height}, {@code wrong-chain} (another genesis), {@code
 * value-mismatch} (other periods), {@code stale-height}, {@code budget-exceeded}.
 */
final class BeefyClient implements LightClient {
  @Override
  public Verdict<ClientDelta> initialize(Bytes anchor, Budget budget) {
    if (anchor.size() > Messages.MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, "an anchor of " + anchor.size() + " bytes");
    }
    if (!budget.charge(Messages.units(anchor))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(BeefyState.initial(BeefyAnchor.decode(anchor)));
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
                Messages.decodeUpdate(message, budget, Step::read)
                    .then(steps -> new StepCheck(state, budget, nowSeconds).verifyAll(steps)))
        .then(Verdict::accept);
  }

  @Override
  public ClientDelta apply(ClientView view, VerifiedUpdate update) {
    if (!(update instanceof StepCheck.Verified verified)) {
      throw new IllegalArgumentException("not an update of " + BeefyFamily.TYPE);
    }
    BeefyState state =
        BeefyState.load(view).orElseThrow(() -> new IllegalStateException("not initialised"));
    ClientDelta.Builder delta = ClientDelta.builder();
    state.with(view, verified.headers(), verified.validators(), delta);
    return delta.build();
  }

  @Override
  public Verdict<ClientDelta> checkMisbehaviour(
      ClientView view, Bytes evidence, Budget budget, long nowSeconds) {
    return trusted(view, nowSeconds)
        .then(
            state ->
                Messages.decode(evidence, budget, BeefyEvidence::read)
                    .then(decoded -> contradiction(view, state, decoded, budget, nowSeconds))
                    .then(proved -> Verdict.accept(state.freeze())));
  }

  private static Verdict<Commitment> contradiction(
      ClientView view, BeefyState state, BeefyEvidence evidence, Budget budget, long now) {
    return switch (evidence) {
      case BeefyEvidence.Pair(List<EvmAddress> validators, Bytes first, Bytes second) ->
          SignedCommitment.decode(first)
              .then(
                  one ->
                      SignedCommitment.decode(second)
                          .then(
                              two ->
                                  differ(
                                          one.commitment(),
                                          two.commitment().blockNumber(),
                                          two.commitment().mmrRoot())
                                      .then(both -> signed(state, validators, one, budget, now))
                                      .then(sure -> signed(state, validators, two, budget, now))));
      case BeefyEvidence.AgainstKnown(List<EvmAddress> validators, Bytes signed, long number) ->
          SignedCommitment.decode(signed)
              .then(
                  one ->
                      known(view, number)
                          .then(
                              header ->
                                  differ(
                                      one.commitment(),
                                      header.block(),
                                      Optional.of(header.mmrRoot())))
                          .then(both -> signed(state, validators, one, budget, now)));
    };
  }

  private static Verdict<Commitment> differ(
      Commitment commitment, long block, Optional<Hash32> root) {
    boolean conflict =
        commitment.blockNumber() == block
            && commitment.mmrRoot().isPresent()
            && root.isPresent()
            && !commitment.mmrRoot().equals(root);
    return conflict
        ? Verdict.accept(commitment)
        : Verdict.reject(RejectionCode.NOT_MISBEHAVIOUR, "not two roots of one block");
  }

  private static Verdict<Commitment> signed(
      BeefyState state,
      List<EvmAddress> validators,
      SignedCommitment signed,
      Budget budget,
      long now) {
    long id = signed.commitment().validatorSetId();
    BeefyState.Validators known = state.validators();
    Optional<ValidatorSet> set =
        known
            .retired()
            .filter(retired -> state.rules().trusts(retired.seconds(), now))
            .map(BeefyState.Retired::set)
            .filter(each -> each.id() == id)
            .or(() -> Optional.of(known.current()).filter(each -> each.id() == id))
            .or(() -> Optional.of(known.next()).filter(each -> each.id() == id));
    return set.map(each -> CommitmentRules.verify(each, validators, signed, budget))
        .orElseGet(() -> Verdict.reject(RejectionCode.WRONG_EPOCH, "set " + id));
  }

  @Override
  public Verdict<ProvenFact> membership(ClientView view, Claim claim, Budget budget) {
    return usable(view)
        .then(state -> StateFacts.path(claim.path(), claim.value(), claim.proof(), budget))
        .then(
            path ->
                known(view, path.number())
                    .then(
                        known ->
                            switch (path.kind()) {
                              case STORAGE -> StateFacts.stored(claim, path, known.header());
                              case PARACHAIN_HEAD ->
                                  HeadProof.verify(claim, path, known.parachainHeads())
                                      .then(
                                          proof ->
                                              Verdict.accept(
                                                  new ProvenFact(
                                                      claim.path(),
                                                      claim.value(),
                                                      known.header().ref(),
                                                      ProvenFact.FINAL)));
                            }));
  }

  @Override
  public Verdict<ProvenFact> nonMembership(
      ClientView view, Bytes path, Bytes proof, Budget budget) {
    return usable(view)
        .then(state -> StateFacts.path(path, Bytes.EMPTY, proof, budget))
        .then(
            decoded ->
                decoded.kind() == StatePath.Kind.STORAGE
                    ? Verdict.accept(decoded)
                    : Verdict.<StatePath>reject(
                        RejectionCode.NOT_SUPPORTED, "heads have no proof of absence"))
        .then(
            decoded ->
                known(view, decoded.number())
                    .then(known -> StateFacts.absent(path, proof, decoded, known.header())));
  }

  @Override
  public ClientStatus status(ClientView view, long nowSeconds) {
    return BeefyState.load(view)
        .map(state -> state.status(nowSeconds))
        .orElse(ClientStatus.EXPIRED);
  }

  /** Height 0 with a zero id if the client is not initialised. */
  @Override
  public HeaderRef latest(ClientView view) {
    return BeefyState.load(view)
        .map(state -> state.latest().header().ref())
        .orElse(new HeaderRef(0, Hash32.ZERO, 0));
  }

  @Override
  public Verdict<Long> timestampAt(ClientView view, long height) {
    return known(view, height).then(known -> Verdict.accept(known.header().seconds()));
  }

  private static Verdict<RangeHeader> known(ClientView view, long number) {
    return BeefyState.header(view, number)
        .<Verdict<RangeHeader>>map(Verdict::accept)
        .orElseGet(() -> Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "block " + number));
  }

  @Override
  public Verdict<ClientDelta> recover(
      ClientView subject, ClientView substitute, Budget budget, long nowSeconds) {
    Optional<BeefyState> from = BeefyState.load(subject);
    Optional<BeefyState> to = BeefyState.load(substitute);
    if (from.isEmpty() || to.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "not initialised");
    }
    return RecoveryRules.check(this, subject, substitute, nowSeconds)
        .then(healthy -> mayReplace(from.get(), to.get()))
        .then(
            state ->
                budget.charge(Budget.HASH * 2 * HeaderRing.WINDOW)
                    ? Verdict.accept(BeefyState.replace(subject, substitute))
                    : Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "headers to move"));
  }

  private static Verdict<BeefyState> mayReplace(BeefyState from, BeefyState to) {
    if (!from.rules().genesis().equals(to.rules().genesis())) {
      return Verdict.reject(RejectionCode.WRONG_CHAIN, "genesis " + to.rules().genesis());
    }
    if (!from.rules().equals(to.rules())) {
      return Verdict.reject(RejectionCode.VALUE_MISMATCH, "a substitute with other periods");
    }
    return to.latest().block() < from.latest().block()
        ? Verdict.reject(RejectionCode.STALE_HEIGHT, "a substitute that is behind")
        : Verdict.accept(to);
  }

  /** Joins {@link Step}s. */
  @Override
  public Bytes encodeUpdate(List<Bytes> rawHeaders) {
    return Messages.update(rawHeaders);
  }

  private static Verdict<BeefyState> trusted(ClientView view, long nowSeconds) {
    return usable(view)
        .then(
            state ->
                state.status(nowSeconds).mayVerify()
                    ? Verdict.accept(state)
                    : Verdict.reject(RejectionCode.CLIENT_EXPIRED, "trust ran out"));
  }

  private static Verdict<BeefyState> usable(ClientView view) {
    Optional<BeefyState> state = BeefyState.load(view);
    if (state.isEmpty()) {
      return Verdict.reject(RejectionCode.UNKNOWN_HEIGHT, "the client is not initialised");
    }
    return state.get().frozen()
        ? Verdict.reject(RejectionCode.CLIENT_FROZEN, "misbehaviour was proved")
        : Verdict.accept(state.get());
  }
}
