package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.relay.ledger.record.CoinRecord;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.SupplyRecord;
import dev.trestle.relay.ledger.record.TransferRecord;
import dev.trestle.relay.ledger.state.StateReader;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Planning of releases: which coins pay for which release, fixed in consensus. */
final class Releases {
  /**
   * Most coins that one release spends. What takes more waits for a merge ({@link Merges}); not
   * fewer, so that who splits deposits into many small coins makes others wait as little as can be.
   */
  static final int MAX_INPUTS = 64;

  /**
   * Most plans that are tried for one release with a single coin, and with more: a second coin more
   * makes it only dearer.
   */
  static final int MAX_PLANS = 3;

  /**
   * The same for many coins together: where coins are worth little more than the reserve pays for
   * them, it takes several until their change is no dust.
   */
  static final int MAX_TOGETHER = 8;

  /** Most free coins that are looked at for one release, the largest first. */
  static final int MAX_CANDIDATES = 128;

  /** Waiting releases of a chain that one block looks at: so many of the oldest, and of others. */
  static final int MAX_ATTEMPTS = 16;

  private static final Bytes PRESENT = Bytes.of(new byte[] {1});

  private Releases() {}

  /** Stores a release in its state and keeps the index by state in step. */
  static void put(Execution x, ReleaseRecord release) {
    Hash32 id = release.id();
    x.view()
        .release(id)
        .ifPresent(before -> x.overlay().delete(StateKeys.releaseState(before.state(), id)));
    x.put(StateKeys.release(id), release.encode());
    x.put(StateKeys.releaseState(release.state(), id), PRESENT);
  }

  /** Stores a new release; one that can be paid waits for the end of the block. */
  static void enqueue(Execution x, ReleaseRecord release) {
    put(x, release);
    if (release.state() != ReleaseRecord.State.QUEUED) {
      x.emit(new LedgerEvent.ReleaseUnpayable(release.id()));
      return;
    }
    long position = queueEnd(x, release.chain()) + 1;
    x.putNumber(StateKeys.queueEnd(release.chain()), position);
    x.put(StateKeys.queue(release.chain(), position), release.id().bytes());
    x.emit(new LedgerEvent.ReleaseQueued(release.id()));
  }

  private static long queueEnd(Execution x, ChainId chain) {
    return x.view()
        .value(StateKeys.queueEnd(chain))
        .map(value -> CanonicalReader.decode(value, in -> in.u64()))
        .orElse(0L);
  }

  /**
   * The oldest, and some behind them that change with the height: releases that cannot be planned
   * for long must not keep all others from their turn.
   */
  private static List<StateReader.Entry> waiting(Execution x, ChainId chain) {
    Bytes prefix = StateKeys.queue(chain);
    List<StateReader.Entry> found =
        new ArrayList<>(x.overlay().scan(prefix, Bytes.EMPTY, MAX_ATTEMPTS));
    if (found.size() < MAX_ATTEMPTS) {
      return found;
    }
    Bytes lastKey = found.getLast().key();
    long last =
        CanonicalReader.decode(lastKey.slice(prefix.size(), lastKey.size()), in -> in.u64());
    long behind = queueEnd(x, chain) - last;
    if (behind > 0) {
      long after = last + Math.floorMod(x.block().height() * MAX_ATTEMPTS, behind);
      found.addAll(x.overlay().scan(prefix, StateKeys.queue(chain, after), MAX_ATTEMPTS));
    }
    return found;
  }

  /**
   * The block's own work on one chain: plans what waits there, as far as there are coins, and a
   * merge for what takes too many of them.
   */
  static void planWaiting(Execution x, ChainId chain) {
    List<StateReader.Entry> waiting = waiting(x, chain);
    if (waiting.isEmpty()
        || !(Clients.carrying(x, chain)
            instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable home))) {
      return;
    }
    List<ReleaseRecord> lacking = new ArrayList<>();
    for (StateReader.Entry entry : waiting) {
      ReleaseRecord release = x.view().release(new Hash32(entry.value())).orElseThrow();
      switch (plan(x, home, release)) {
        case PLANNED -> x.overlay().delete(entry.key());
        case NO_COINS -> lacking.add(release);
        case NOT_NOW -> {}
      }
    }
    Merges.plan(x, home, lacking);
  }

  /** What became of an attempt to plan a release. */
  private enum Attempt {
    PLANNED,
    /** It may leave, and the free coins do not pay it. */
    NO_COINS,
    /** A pause or a limit holds it. */
    NOT_NOW
  }

  private static Attempt plan(Execution x, Clients.Usable home, ReleaseRecord release) {
    RouteRecord route = x.view().route(release.routeId()).orElseThrow();
    if (x.isPaused(route)
        || !Flows.mayLeave(
            x, home.record(), route.asset(), release.amount(), release.createdMillis())
        || !(Custody.rules(home.family())
            instanceof Verdict.Accepted<CustodyRules>(CustodyRules rules))) {
      return Attempt.NOT_NOW;
    }
    Amount reserve = x.view().supply(route.asset()).reserve();
    Planner planner =
        (chosen, further) -> {
          CustodyRules.Payout payout =
              new CustodyRules.Payout(
                  release.id(), release.script(), release.amount().plus(further));
          List<CustodyRules.Coin> coins = chosen.stream().map(CoinRecord::coin).toList();
          return further.isMoreThan(reserve)
              ? Verdict.reject(LedgerCode.RESERVE_TOO_LOW, further.toString())
              : Custody.plan(x, rules, home.chain(), coins, payout, route.feeRate());
        };
    List<CoinRecord> candidates = candidates(x, home.chain());
    Optional<Chosen> chosen =
        smallest(candidates, release.amount(), planner)
            .or(
                () ->
                    FurtherCoins.fee(x.view(), rules, x.committee(), home.chain())
                        .flatMap(each -> largest(candidates, release.amount(), each, planner)));
    if (chosen.isEmpty()) {
      return Attempt.NO_COINS;
    }
    CustodyRules.ReleasePlan plan = chosen.get().plan();
    Custody.supply(
        x,
        route.asset(),
        (SupplyRecord supply) -> supply.feePlanned(FurtherCoins.paid(release, plan)));
    reserve(x, release, chosen.get().coins(), plan);
    Flows.takeOut(x, home.record(), route.asset(), release.amount());
    return Attempt.PLANNED;
  }

  /** Plans a release over coins, of which the reserve pays {@code further}. */
  private interface Planner {
    Verdict<CustodyRules.ReleasePlan> plan(List<CoinRecord> coins, Amount further);
  }

  /** Coins for a release and the plan that spends them. */
  private record Chosen(List<CoinRecord> coins, CustodyRules.ReleasePlan plan) {}

  /**
   * The smallest coin that pays the release alone: a stream of small releases must not hold the
   * large coins, each until it is settled, that a large release waits for.
   *
   * @param candidates the largest first
   */
  private static Optional<Chosen> smallest(
      List<CoinRecord> candidates, Amount amount, Planner planner) {
    return candidates.reversed().stream()
        .filter(coin -> !coin.coin().amount().isLessThan(amount))
        .limit(MAX_PLANS)
        .map(List::of)
        .flatMap(coins -> planned(coins, Amount.ZERO, planner).stream())
        .findFirst();
  }

  /**
   * The largest coins, until they pay the release together. The recipient pays for a transaction of
   * one coin, the reserve for the others: what a holder burned must not be lost to the fees of many
   * small coins.
   *
   * @param each what the reserve pays for each coin after the first
   */
  private static Optional<Chosen> largest(
      List<CoinRecord> candidates, Amount amount, Amount each, Planner planner) {
    List<CoinRecord> coins = new ArrayList<>();
    Amount total = Amount.ZERO;
    Amount further = Amount.ZERO;
    int plans = 0;
    for (CoinRecord candidate : candidates) {
      if (coins.size() == MAX_INPUTS || plans == MAX_TOGETHER) {
        break;
      }
      further = coins.isEmpty() ? further : further.plus(each);
      coins.add(candidate);
      total = total.plus(candidate.coin().amount());
      if (total.isLessThan(amount.plus(further))) {
        continue;
      }
      plans++;
      // Refused when the change would be dust: one more coin makes it larger.
      Optional<Chosen> chosen = planned(List.copyOf(coins), further, planner);
      if (chosen.isPresent()) {
        return chosen;
      }
    }
    return Optional.empty();
  }

  private static Optional<Chosen> planned(List<CoinRecord> coins, Amount further, Planner planner) {
    return planner.plan(coins, further)
            instanceof Verdict.Accepted<CustodyRules.ReleasePlan>(CustodyRules.ReleasePlan plan)
        ? Optional.of(new Chosen(coins, plan))
        : Optional.empty();
  }

  /**
   * Free coins, the largest first. Deposits are not among them before they are swept: a release
   * that stalls, by a pause or a low fee, must not hold a coin that its depositor can take back.
   */
  static List<CoinRecord> candidates(Execution x, ChainId chain) {
    Bytes prefix = StateKeys.freeCoins(chain);
    List<CoinRecord> candidates = new ArrayList<>();
    for (StateReader.Entry entry : x.overlay().scan(prefix, Bytes.EMPTY, MAX_CANDIDATES)) {
      // behind the prefix: amount, 32 bytes; transaction, 32 bytes; index, 4 bytes
      Bytes outpoint = entry.key().slice(prefix.size() + 32, entry.key().size());
      candidates.add(
          x.view()
              .value(Bytes.concat(StateKeys.coins(chain), outpoint))
              .map(CoinRecord::decode)
              .orElseThrow());
    }
    return candidates;
  }

  /** Fixes the plan of a release, and that nothing else spends its coins. */
  static void reserve(
      Execution x, ReleaseRecord release, List<CoinRecord> coins, CustodyRules.ReleasePlan plan) {
    for (CoinRecord coin : coins) {
      Custody.put(x, coin.reserved(Optional.of(release.id())));
    }
    put(
        x,
        release.with(ReleaseRecord.State.PLANNED, Optional.of(plan), List.of(), Optional.empty()));
    x.emit(new LedgerEvent.ReleasePlanned(release.id(), release.kind()));
  }

  /**
   * Moves a deposit coin out of its depositor's reach, at the cost of the custody reserve, as soon
   * as it is credited. The depositor's delay runs on while the ledger stands still, so a sweep,
   * which pays nobody but the committee, is possible in a pause and with a client that may not
   * verify.
   */
  static Outcome planSweep(Execution x, TransactionBody.PlanSweep body) {
    Verdict<Clients.Usable> registered = Clients.registered(x, body.chain());
    if (!(registered instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable home))) {
      return Outcome.refuse(registered);
    }
    Optional<CoinRecord> found = x.view().coin(body.chain(), body.txId(), body.outputIndex());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_COIN, body.txId().toHex());
    }
    CoinRecord coin = found.get();
    if (coin.reservedFor().isPresent()) {
      return Outcome.refuse(LedgerCode.COIN_RESERVED, coin.reservedFor().get().toHex());
    }
    if (!coin.isDeposit()) {
      return Outcome.refuse(LedgerCode.SWEEP_NOT_NEEDED, "nobody else can take it");
    }
    TransferRecord transfer =
        x.view()
            .creditedTo(body.chain(), body.txId(), body.outputIndex())
            .flatMap(x.view()::transfer)
            .orElseThrow();
    RouteRecord route = x.view().route(transfer.routeId()).orElseThrow();
    Verdict<CustodyRules> custody = Custody.rules(home.family());
    if (!(custody instanceof Verdict.Accepted<CustodyRules>(CustodyRules rules))) {
      return Outcome.refuse(custody);
    }
    ReleaseRecord release = sweep(x, coin, transfer.routeId(), rules);
    Verdict<CustodyRules.ReleasePlan> planned =
        Custody.plan(
            x,
            rules,
            body.chain(),
            List.of(coin.coin()),
            new CustodyRules.Payout(release.id(), release.script(), release.amount()),
            route.feeRate());
    if (!(planned
        instanceof Verdict.Accepted<CustodyRules.ReleasePlan>(CustodyRules.ReleasePlan plan))) {
      return Outcome.refuse(planned);
    }
    if (plan.fee().isMoreThan(x.view().supply(route.asset()).reserve())) {
      return Outcome.refuse(LedgerCode.RESERVE_TOO_LOW, plan.fee().toString());
    }
    Custody.supply(x, route.asset(), (SupplyRecord supply) -> supply.feePlanned(plan.fee()));
    reserve(x, release, List.of(coin), plan);
    return Outcome.APPLIED;
  }

  private static ReleaseRecord sweep(
      Execution x, CoinRecord coin, Hash32 routeId, CustodyRules rules) {
    ChainId chain = coin.chain();
    return new ReleaseRecord(
        ReleaseRecord.Kind.SWEEP,
        routeId,
        chain,
        rules.restingLock(chain, x.committee()).script(),
        coin.coin().amount(),
        Digests.sha256(Custody.outpoint(coin.coin().txId().bytes(), coin.coin().outputIndex())),
        x.block().height(),
        x.block().timeMillis(),
        ReleaseRecord.State.QUEUED,
        Optional.empty(),
        List.of(),
        Optional.empty());
  }
}
