package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.lightclient.LightClientFamily;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.FlowRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Releases, the coins that they spend, and the limits of what enters and leaves. */
final class ReleaseInvariants {
  private final Step step;
  private final AccountInvariants accounts;
  private final MoveInvariants moves;

  /** What enters and leaves by the records that changed, by the key of its flow. */
  private final TreeMap<Bytes, Moved> moved = new TreeMap<>();

  private final TreeMap<Bytes, Counted> counted = new TreeMap<>();

  /** Value that went one way through a chain in {@code times} parts. */
  private record Moved(ChainId chain, boolean inward, Amount amount, int times) {
    Moved plus(Moved more) {
      return new Moved(chain, inward, amount.plus(more.amount), times + more.times);
    }
  }

  /** How a flow was changed. */
  private record Counted(Optional<FlowRecord> was, FlowRecord now) {}

  ReleaseInvariants(Step step, AccountInvariants accounts) {
    this.step = step;
    this.accounts = accounts;
    this.moves = new MoveInvariants(step, accounts);
  }

  void release(Bytes key, Optional<ReleaseRecord> was, Optional<ReleaseRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I2, "a release was removed");
    ReleaseRecord release = now.get();
    Optional<RouteRecord> found = step.after().route(release.routeId());
    StepInvariants.require(found.isPresent(), Invariant.I6, "a release of no route");
    RouteRecord route = found.get();
    Check check = new Check(MoveInvariants.subject(release));
    check.that(key.equals(StateKeys.release(release.id())), Invariant.I6, "release key");
    boolean paused =
        switch (release.kind()) {
          case WITHDRAWAL, REFUND -> step.isPaused(route);
          case MERGE -> step.isPaused(release.chain());
          case SWEEP -> false;
        };
    check.that(!paused, Invariant.I15, "a release in a pause");
    transition(check, was, release);
    quorum(check, was, release);
    boolean planned =
        release.state() == ReleaseRecord.State.PLANNED
            && was.flatMap(ReleaseRecord::plan).isEmpty();
    if (planned && release.kind().pays()) {
      move(false, release.chain(), route.asset(), release.amount());
    }
    if (release.state() == ReleaseRecord.State.SETTLED) {
      settled(check, route, release);
    }
    if (release.kind().pays()) {
      pays(check, was, release);
      release.plan().ifPresent(plan -> further(check, planned, release, plan));
    } else {
      moves.move(was, release);
    }
  }

  private void pays(Check check, Optional<ReleaseRecord> was, ReleaseRecord release) {
    check.that(release.state() != ReleaseRecord.State.VOID, Invariant.I2, "a payout was given up");
    check.that(!release.amount().isZero(), Invariant.I17, "a release of nothing");
    Hash32 asset = accounts.asset(release.routeId());
    AccountDeltas recomputed = accounts.recomputed();
    if (was.isEmpty()) {
      recomputed.add(asset, AccountDeltas.Account.PENDING, release.amount());
      if (release.kind() == ReleaseRecord.Kind.REFUND) {
        recomputed.subtract(asset, AccountDeltas.Account.REFUNDABLE, release.amount());
      }
    }
    if (release.state() == ReleaseRecord.State.SETTLED) {
      recomputed.subtract(asset, AccountDeltas.Account.PENDING, release.amount());
      recomputed.subtract(asset, AccountDeltas.Account.LOCKED, release.amount());
    }
  }

  /** The reserve pays of a payout what its coins after the first cost, and nothing else. */
  private void further(
      Check check, boolean planned, ReleaseRecord release, CustodyRules.ReleasePlan plan) {
    boolean atLeast = !plan.payout().amount().isLessThan(release.amount());
    check.that(atLeast, Invariant.I17, "a payout of less than is owed");
    Amount paid = FurtherCoins.paid(release, plan);
    Hash32 asset = accounts.asset(release.routeId());
    if (planned) {
      Optional<Amount> owed =
          paid.isZero()
              ? Optional.of(paid)
              : rules(release.chain())
                  .flatMap(
                      rules ->
                          FurtherCoins.fee(
                              step.before(),
                              rules,
                              step.after().genesis().committee().custody(),
                              release.chain()))
                  .map(each -> FurtherCoins.owed(each, plan));
      check.that(
          Optional.of(paid).equals(owed) && (!paid.isZero() || plan.inputs().size() == 1),
          Invariant.I17,
          "the reserve pays " + paid + " of a payout of " + plan.inputs().size() + " coins");
      accounts.recomputed().add(asset, AccountDeltas.Account.PLANNED_FEES, paid);
    }
    if (release.state() == ReleaseRecord.State.SETTLED) {
      accounts.recomputed().subtract(asset, AccountDeltas.Account.PLANNED_FEES, paid);
    }
  }

  private static void transition(Check check, Optional<ReleaseRecord> was, ReleaseRecord release) {
    ReleaseRecord.State from = was.map(ReleaseRecord::state).orElse(ReleaseRecord.State.QUEUED);
    ReleaseRecord.State to = release.state();
    boolean follows =
        switch (from) {
          case QUEUED ->
              was.isEmpty()
                  ? to != ReleaseRecord.State.READY
                      && to != ReleaseRecord.State.SETTLED
                      && to != ReleaseRecord.State.VOID
                  : to == ReleaseRecord.State.PLANNED;
          case PLANNED ->
              to == ReleaseRecord.State.PLANNED
                  || to == ReleaseRecord.State.READY
                  || to == ReleaseRecord.State.SETTLED
                  || to == ReleaseRecord.State.VOID;
          case READY -> to == ReleaseRecord.State.SETTLED || to == ReleaseRecord.State.VOID;
          case SETTLED, UNPAYABLE, VOID -> false;
        };
    check.that(follows, Invariant.I2, "release " + from + " to " + to);
    was.ifPresent(
        old ->
            check.that(
                old.with(to, release.plan(), release.signatures(), release.transaction())
                        .equals(release)
                    && (old.plan().isEmpty() || old.plan().equals(release.plan())),
                Invariant.I2,
                "a release was altered"));
  }

  /** What is ready to be sent is signed by a quorum of distinct members. */
  private void quorum(Check check, Optional<ReleaseRecord> was, ReleaseRecord release) {
    long distinct =
        release.signatures().stream().map(CustodyRules.MemberSignatures::member).distinct().count();
    check.that(distinct == release.signatures().size(), Invariant.I7, "a member counted twice");
    boolean becomesReady =
        release.state() == ReleaseRecord.State.READY
            && was.filter(old -> old.state() == ReleaseRecord.State.READY).isEmpty();
    if (becomesReady) {
      int threshold = step.after().genesis().committee().threshold();
      check.that(distinct >= threshold, Invariant.I7, distinct + " of " + threshold + " signed");
    }
  }

  private void settled(Check check, RouteRecord route, ReleaseRecord release) {
    Optional<ProvenFact> fact = step.fact(release.chain(), route.confirmations());
    check.that(fact.isPresent(), Invariant.I1, "a release settled without proof");
    Verdict<Boolean> executes =
        Clients.guarded(
            () ->
                Verdict.accept(
                    rules(release.chain())
                        .filter(
                            rules ->
                                rules.executes(fact.get().value(), release.plan().orElseThrow()))
                        .isPresent()));
    check.that(
        executes instanceof Verdict.Accepted<Boolean>(Boolean yes) && yes,
        Invariant.I6,
        "the proven transaction is another one");
  }

  private Optional<CustodyRules> rules(ChainId chain) {
    return step.before().family(chain).flatMap(LightClientFamily::custody);
  }

  void coin(Bytes key, Optional<CoinRecord> was, Optional<CoinRecord> now) {
    was.ifPresent(
        coin ->
            accounts
                .recomputed()
                .subtract(
                    accounts.custodyAsset(coin.chain()),
                    AccountDeltas.Account.COINS,
                    coin.coin().amount()));
    now.ifPresent(
        coin ->
            accounts
                .recomputed()
                .add(
                    accounts.custodyAsset(coin.chain()),
                    AccountDeltas.Account.COINS,
                    coin.coin().amount()));
    was.filter(CoinRecord::isDeposit).filter(coin -> now.isEmpty()).ifPresent(moves::gone);
    now.filter(coin -> was.isEmpty()).ifPresent(coin -> created(key, coin));
    now.ifPresent(this::spender);
  }

  void merging(Bytes key, Optional<Bytes> brings) {
    moves.listed(key, brings);
  }

  /** A payout holds nothing that a depositor can take back; only that is swept. */
  private void spender(CoinRecord coin) {
    PauseSubject subject = new PauseSubject.Chain(coin.chain());
    coin.reservedFor()
        .ifPresent(
            id ->
                StepInvariants.requireFor(
                    subject,
                    step.after()
                        .release(id)
                        .map(release -> release.kind() == ReleaseRecord.Kind.SWEEP)
                        .filter(sweep -> sweep == coin.isDeposit())
                        .isPresent(),
                    Invariant.I2,
                    "a coin held by a release that may not spend it"));
  }

  /** A coin comes from an output that was proven; one that a depositor can take is a deposit. */
  private void created(Bytes key, CoinRecord record) {
    ChainId chain = record.chain();
    PauseSubject subject = new PauseSubject.Chain(chain);
    CustodyRules.Coin coin = record.coin();
    StepInvariants.requireFor(
        subject,
        key.equals(StateKeys.coin(chain, coin.txId(), coin.outputIndex())),
        Invariant.I6,
        "coin key");
    Optional<ProvenFact> fact = step.evidence(chain, 1);
    StepInvariants.requireFor(subject, fact.isPresent(), Invariant.I1, "a coin without proof");
    Verdict<List<CustodyRules.Coin>> paid =
        Clients.guarded(
            () -> rules(chain).orElseThrow().coinsPaidTo(fact.get().value(), coin.lock()));
    boolean there =
        paid instanceof Verdict.Accepted<List<CustodyRules.Coin>>(List<CustodyRules.Coin> coins)
            && coins.stream().anyMatch(each -> samePlace(each, coin));
    StepInvariants.requireFor(subject, there, Invariant.I6, "a coin that was not paid");
    if (record.refundDelay() > 0) {
      move(true, chain, step.after().custodyAsset(chain).orElseThrow(), coin.amount());
    }
  }

  private static boolean samePlace(CustodyRules.Coin one, CustodyRules.Coin other) {
    return one.txId().equals(other.txId())
        && one.outputIndex() == other.outputIndex()
        && one.amount().equals(other.amount());
  }

  void flow(Bytes key, Optional<FlowRecord> was, Optional<FlowRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I13, "a flow was removed");
    counted.put(key, new Counted(was, now.get()));
  }

  private void move(boolean inward, ChainId chain, AssetId asset, Amount amount) {
    moved.merge(
        StateKeys.flow(inward, chain, asset), new Moved(chain, inward, amount, 1), Moved::plus);
  }

  /** What was counted is what moved, and it was within the limit of the window. */
  void flows() {
    counted.forEach(
        (key, change) ->
            StepInvariants.require(
                moved.containsKey(key), Invariant.I13, "counted without being moved"));
    moved.forEach(
        (key, value) -> {
          Optional<Counted> change = Optional.ofNullable(counted.get(key));
          StepInvariants.requireFor(
              new PauseSubject.Chain(value.chain),
              change.isPresent(),
              Invariant.I13,
              "moved without being counted");
          within(value, change.get());
        });
  }

  private void within(Moved value, Counted change) {
    PauseSubject subject = new PauseSubject.Chain(value.chain);
    ChainLimits limits = step.after().chain(value.chain).map(ChainRecord::limits).orElseThrow();
    Amount most = value.inward ? limits.inflow() : limits.outflow();
    long window = step.block().timeMillis() / limits.windowMillis();
    Amount before = change.was.map(flow -> flow.usedIn(window, most)).orElse(Amount.ZERO);
    StepInvariants.requireFor(
        subject,
        change.now.window() == window && change.now.used().equals(before.plus(value.amount)),
        Invariant.I13,
        "counted " + change.now.used() + " after " + before + " and " + value.amount);
    // one release of more than the limit may leave alone, after its wait
    boolean alone = !value.inward && before.isZero() && !most.isZero() && value.times == 1;
    StepInvariants.requireFor(
        subject,
        !change.now.used().isMoreThan(most) || alone,
        Invariant.I13,
        change.now.used() + " of " + most);
  }

  /** What is paused when something does not hold. */
  private record Check(PauseSubject subject) {
    void that(boolean holds, Invariant invariant, String otherwise) {
      StepInvariants.requireFor(subject, holds, invariant, otherwise);
    }
  }
}
