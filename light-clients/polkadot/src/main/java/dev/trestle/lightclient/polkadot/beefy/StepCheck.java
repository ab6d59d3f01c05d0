package dev.trestle.lightclient.polkadot.beefy;

import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.HeaderRef;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.polkadot.KnownHeader;
import dev.trestle.lightclient.polkadot.Messages;
import dev.trestle.lightclient.polkadot.PolkadotCode;
import dev.trestle.lightclient.polkadot.StateFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verifies steps one after another, each against what the one before it made of the state.
 *
 * <p>Rejects with {@code stale-height}, {@code wrong-epoch} (signed by neither the current nor the
 * next set), {@code no-mmr-root}, {@code mmr-leaf} (not under the root, or of another block),
 * {@code next-set} (a set that does not follow), {@code header-mismatch} (another header than the
 * leaf names), {@code malformed} (an empty message) and the codes of {@link CommitmentRules};
 * ignored with {@code nothing-new}. Polkadot specification, "BEEFY"; Snowbridge {@code
 * BeefyClient.sol}.
 */
final class StepCheck {
  private final BeefyState state;
  private final Budget budget;
  private final long now;
  private final List<RangeHeader> accepted = new ArrayList<>();
  private BeefyState.Validators validators;

  StepCheck(BeefyState state, Budget budget, long now) {
    this.state = state;
    this.budget = budget;
    this.now = now;
    this.validators = state.validators();
  }

  /** What follows from all steps. */
  record Verified(List<RangeHeader> headers, BeefyState.Validators validators)
      implements VerifiedUpdate {
    @Override
    public HeaderRef head() {
      return headers.getLast().header().ref();
    }
  }

  /** The content of one step that holds. */
  private record Proved(RangeHeader header, ValidatorSet next) {}

  Verdict<Verified> verifyAll(List<Step> steps) {
    for (Step step : steps) {
      Verdict<Proved> verdict = verify(step);
      if (!(verdict instanceof Verdict.Accepted<Proved>(Proved proved))) {
        return verdict.then(none -> Verdict.reject(RejectionCode.MALFORMED, "not reached"));
      }
      validators = after(proved.next());
      accepted.add(proved.header());
    }
    return Verdict.accept(new Verified(List.copyOf(accepted), validators));
  }

  /** The next set of a leaf follows the set that signed; so it tells whether that one changed. */
  private BeefyState.Validators after(ValidatorSet next) {
    if (next.id() == validators.next().id()) {
      return new BeefyState.Validators(validators.current(), next, validators.retired());
    }
    return new BeefyState.Validators(
        validators.next(),
        next,
        Optional.of(new BeefyState.Retired(validators.current(), latest().header().seconds())));
  }

  private RangeHeader latest() {
    return accepted.isEmpty() ? state.latest() : accepted.getLast();
  }

  private Verdict<Proved> verify(Step step) {
    return SignedCommitment.decode(step.signed())
        .then(this::isNew)
        .then(
            signed ->
                signers(signed.commitment())
                    .then(
                        set ->
                            CommitmentRules.verify(set, step.validators(), signed, budget)
                                .then(commitment -> prove(step, commitment, set))));
  }

  private Verdict<SignedCommitment> isNew(SignedCommitment signed) {
    Commitment commitment = signed.commitment();
    if (commitment.blockNumber() > latest().block()) {
      return Verdict.accept(signed);
    }
    boolean same =
        commitment.blockNumber() == latest().block()
            && commitment.mmrRoot().equals(Optional.of(latest().mmrRoot()));
    return same
        ? Verdict.ignore(RejectionCode.NOTHING_NEW, "block " + commitment.blockNumber())
        : Verdict.reject(RejectionCode.STALE_HEIGHT, "block " + commitment.blockNumber());
  }

  private Verdict<ValidatorSet> signers(Commitment commitment) {
    long id = commitment.validatorSetId();
    if (id == validators.current().id()) {
      return Verdict.accept(validators.current());
    }
    return id == validators.next().id()
        ? Verdict.accept(validators.next())
        : Verdict.reject(RejectionCode.WRONG_EPOCH, "set " + id);
  }

  private Verdict<Proved> prove(Step step, Commitment commitment, ValidatorSet signers) {
    return leaf(step, commitment)
        .then(
            leaf ->
                leaf.nextSet().id() == signers.id() + 1
                    ? Verdict.accept(leaf)
                    : Verdict.<MmrLeaf>reject(
                        PolkadotCode.NEXT_SET, leaf.nextSet().id() + " after " + signers.id()))
        .then(leaf -> header(step, leaf, commitment));
  }

  private Verdict<MmrLeaf> leaf(Step step, Commitment commitment) {
    Optional<Hash32> root = commitment.mmrRoot();
    if (root.isEmpty()) {
      return Verdict.reject(PolkadotCode.NO_MMR_ROOT, "in the payload");
    }
    MmrLeaf leaf;
    try {
      leaf = MmrLeaf.decode(step.leaf());
    } catch (DecodeException e) {
      return Messages.malformed(e);
    }
    return Mmr.root(step.leafIndex(), step.leafCount(), leaf.hash(), step.items())
        .then(
            folded -> {
              if (!folded.equals(root.get())) {
                return Verdict.reject(PolkadotCode.MMR_LEAF, "not under the root");
              }
              boolean last =
                  step.leafIndex() == step.leafCount() - 1
                      && leaf.version() == MmrLeaf.VERSION
                      && leaf.parentNumber() + 1 == commitment.blockNumber();
              return last
                  ? Verdict.accept(leaf)
                  : Verdict.reject(PolkadotCode.MMR_LEAF, "of block " + leaf.parentNumber());
            });
  }

  private Verdict<Proved> header(Step step, MmrLeaf leaf, Commitment commitment) {
    if (!step.header().hash().equals(leaf.parentHash())
        || step.header().number() != leaf.parentNumber()) {
      return Verdict.reject(PolkadotCode.HEADER_MISMATCH, "block " + step.header().number());
    }
    return StateFacts.seconds(step.header(), step.timeProof())
        .then(seconds -> state.rules().checkTime(seconds, latest().header().seconds(), now))
        .then(
            seconds ->
                Verdict.accept(
                    new Proved(
                        new RangeHeader(
                            KnownHeader.of(step.header(), seconds),
                            commitment.mmrRoot().orElseThrow(),
                            leaf.parachainHeads()),
                        leaf.nextSet())));
  }
}
