package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.TransferRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Sweeps and merges: they pay the committee alone, and the reserve pays for them. */
final class MoveInvariants {
  private final Step step;
  private final AccountInvariants accounts;

  /** Chains on which this step plans a merge. */
  private final Set<ChainId> merging = new HashSet<>();

  MoveInvariants(Step step, AccountInvariants accounts) {
    this.step = step;
    this.accounts = accounts;
  }

  /** A sweep or a merge that was planned or changed. */
  void move(Optional<ReleaseRecord> was, ReleaseRecord release) {
    Optional<CustodyRules.ReleasePlan> plan = release.plan();
    require(release, plan.isPresent(), Invariant.I2, "a move without a plan");
    if (was.isEmpty()) {
      inward(release, plan.get());
      spends(release, plan.get());
    }
    if (release.state() == ReleaseRecord.State.VOID) {
      voided(release, plan.get());
    }
    Hash32 asset = accounts.asset(release.routeId());
    AccountDeltas recomputed = accounts.recomputed();
    if (was.isEmpty()) {
      recomputed.add(asset, AccountDeltas.Account.PLANNED_FEES, plan.get().fee());
    }
    if (release.state().isFinal()) {
      recomputed.subtract(asset, AccountDeltas.Account.PLANNED_FEES, plan.get().fee());
    }
    if (release.kind() == ReleaseRecord.Kind.MERGE) {
      Bytes key = StateKeys.merging(release.chain(), release.id());
      listed(key, step.after().value(key));
    }
  }

  /** What a merge brings is listed from its plan until it is proven. */
  void listed(Bytes key, Optional<Bytes> brings) {
    Optional<ReleaseRecord> merge =
        step.after()
            .release(new Hash32(key.slice(key.size() - Hash32.SIZE, key.size())))
            .filter(release -> release.kind() == ReleaseRecord.Kind.MERGE)
            .filter(release -> key.equals(StateKeys.merging(release.chain(), release.id())));
    StepInvariants.require(merge.isPresent(), Invariant.I6, "what no merge brings");
    StepInvariants.require(
        brings
            .map(value -> CanonicalReader.decode(value, CanonicalReader::amount))
            .equals(
                merge
                    .filter(release -> !release.state().isFinal())
                    .flatMap(ReleaseRecord::plan)
                    .map(plan -> Merges.brings(merge.get(), plan))),
        Invariant.I6,
        "what a merge brings is listed wrongly");
  }

  /** All that it spends goes to where coins rest, but for the network fee. */
  private void inward(ReleaseRecord release, CustodyRules.ReleasePlan plan) {
    CustodyRules.Payout all =
        new CustodyRules.Payout(release.id(), release.script(), release.amount());
    require(
        release,
        plan.payout().equals(all) && Custody.sum(plan.inputs()).equals(release.amount()),
        Invariant.I17,
        "a move of another amount");
    Verdict<Boolean> resting =
        Clients.guarded(
            () ->
                Verdict.accept(
                    step.before()
                        .family(release.chain())
                        .flatMap(LightClientFamily::custody)
                        .map(
                            rules ->
                                rules.restingLock(
                                    release.chain(), step.after().genesis().committee().custody()))
                        .filter(lock -> lock.script().equals(release.script()))
                        .isPresent()));
    require(
        release,
        resting instanceof Verdict.Accepted<Boolean>(Boolean yes) && yes,
        Invariant.I6,
        "a move to somebody else");
  }

  /** A sweep spends one deposit; a merge, the block's own work alone, many that are none. */
  private void spends(ReleaseRecord release, CustodyRules.ReleasePlan plan) {
    boolean merge = release.kind() == ReleaseRecord.Kind.MERGE;
    List<CustodyRules.Coin> inputs = plan.inputs();
    require(
        release,
        merge ? inputs.size() == Merges.INPUTS : inputs.size() == 1,
        Invariant.I2,
        inputs.size() + " coins moved");
    for (CustodyRules.Coin coin : inputs) {
      require(
          release,
          step.before()
              .coin(release.chain(), coin.txId(), coin.outputIndex())
              .filter(record -> record.isDeposit() != merge && record.reservedFor().isEmpty())
              .isPresent(),
          Invariant.I2,
          "a move of a coin that is not its to spend");
      require(
          release,
          step.after()
              .coin(release.chain(), coin.txId(), coin.outputIndex())
              .flatMap(CoinRecord::reservedFor)
              .equals(Optional.of(release.id())),
          Invariant.I2,
          "a coin that is moved is left to others");
    }
    require(
        release,
        !merge || (step.body().isEmpty() && merging.add(release.chain())),
        Invariant.I9,
        "more than the block's one merge");
  }

  /** Only a sweep whose deposit was taken back; nothing else may free or lose what it holds. */
  private void voided(ReleaseRecord release, CustodyRules.ReleasePlan plan) {
    CustodyRules.Coin deposit = plan.inputs().getFirst();
    require(
        release,
        release.kind() == ReleaseRecord.Kind.SWEEP
            && step.before()
                .creditedTo(release.chain(), deposit.txId(), deposit.outputIndex())
                .flatMap(step.after()::transfer)
                .filter(transfer -> transfer.state() == TransferRecord.State.TAKEN_BACK)
                .isPresent(),
        Invariant.I2,
        "a release was given up");
  }

  /** A deposit that is not there any more is sent, or written off, in the same step. */
  void gone(CoinRecord deposit) {
    StepInvariants.requireFor(
        new PauseSubject.Chain(deposit.chain()),
        step.before()
            .creditedTo(deposit.chain(), deposit.coin().txId(), deposit.coin().outputIndex())
            .flatMap(step.after()::transfer)
            .filter(
                transfer ->
                    transfer.state() == TransferRecord.State.SENT
                        || transfer.state() == TransferRecord.State.TAKEN_BACK)
            .isPresent(),
        Invariant.I2,
        "a deposit was swept and not sent");
  }

  /** What is paused when a release is wrong; no pause of a route stops a merge. */
  static PauseSubject subject(ReleaseRecord release) {
    return release.kind() == ReleaseRecord.Kind.MERGE
        ? new PauseSubject.Chain(release.chain())
        : new PauseSubject.Route(release.routeId());
  }

  private static void require(
      ReleaseRecord release, boolean holds, Invariant invariant, String otherwise) {
    StepInvariants.requireFor(subject(release), holds, invariant, otherwise);
  }
}
