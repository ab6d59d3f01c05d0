package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
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
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Merging of coins at rest, at the cost of the custody reserve: without it a release that takes
 * more coins than one transaction may spend would never be paid.
 */
final class Merges {
  /**
   * Coins that one merge spends: always as many as one transaction may, the largest. So its fee is
   * at most what the coins that it removes have brought to the reserve.
   */
  static final int INPUTS = Releases.MAX_INPUTS;

  /** Most coins that are counted for one release; what needs more of them needs a merge. */
  static final int MAX_COUNTED = 4_096;

  private Merges() {}

  /**
   * Plans at most one merge, for the first of {@code lacking} that needs it.
   *
   * @param lacking releases that may leave and that the free coins do not pay, the oldest first
   */
  static void plan(Execution x, Clients.Usable home, List<ReleaseRecord> lacking) {
    if (lacking.isEmpty()) {
      return;
    }
    ChainId chain = home.chain();
    List<Amount> free = free(x, chain);
    Coins coins = new Coins(free, merging(x, chain));
    if (free.size() >= INPUTS
        && lacking.stream().anyMatch(release -> coins.needMergeFor(release.amount()))) {
      merge(x, home);
    }
  }

  private static List<Amount> free(Execution x, ChainId chain) {
    return x.overlay().scan(StateKeys.freeCoins(chain), Bytes.EMPTY, MAX_COUNTED).stream()
        .map(entry -> StateKeys.freeCoinAmount(chain, entry.key()))
        .toList();
  }

  /** The coins that merges bring which are planned and not proven. */
  private static List<Amount> merging(Execution x, ChainId chain) {
    return x.overlay().scan(StateKeys.merging(chain), Bytes.EMPTY, MAX_COUNTED).stream()
        .map(entry -> CanonicalReader.decode(entry.value(), CanonicalReader::amount))
        .toList();
  }

  /** What a chain's coins at rest are worth once all that is being merged is merged. */
  static final class Coins {
    private final boolean isMerging;
    private final boolean isEnough;
    private final boolean isMore;
    private final int count;
    private final BigInteger most;
    private final BigInteger total;

    /**
     * @param free amounts of the free coins, as far as they are counted
     * @param merging amounts of the coins that merges bring
     */
    Coins(List<Amount> free, List<Amount> merging) {
      List<BigInteger> later =
          Stream.concat(free.stream(), merging.stream())
              .map(Amount::value)
              .sorted(Comparator.reverseOrder())
              .toList();
      isMerging = !merging.isEmpty();
      isEnough = merging.size() >= INPUTS;
      isMore = free.size() == MAX_COUNTED;
      count = later.size();
      most = sum(later.subList(0, Math.min(INPUTS, count)));
      total = sum(later);
    }

    private static BigInteger sum(List<BigInteger> amounts) {
      return amounts.stream().reduce(BigInteger.ZERO, BigInteger::add);
    }

    /**
     * Whether a release that could not be planned is worth more than the largest coins of one
     * transaction and not more than all coins. Not while as many merges are under way as one
     * transaction spends coins: where there are more coins than are counted, all of them may be too
     * few, and merge after merge would hold what others can be paid with.
     */
    boolean needMergeFor(Amount owed) {
      // With nothing being merged, what is large enough was refused as a plan: for its change, or
      // because so many small coins cost more than they pay.
      boolean suffices = isMerging && most.compareTo(owed.value()) >= 0;
      return count > INPUTS
          && !isEnough
          && !suffices
          && (isMore || total.compareTo(owed.value()) >= 0);
    }
  }

  /**
   * The route at whose rate coins of a chain are merged: its cheapest, since no coin has brought
   * less to the reserve than that route's share. It lends its rate and no more: when it is paused,
   * or the chain at its other end, the payouts of other routes must not wait for that.
   */
  static Optional<RouteRecord> route(LedgerView view, ChainId chain) {
    return view.routes().stream()
        .filter(route -> route.home().equals(chain))
        .min(Comparator.comparingLong(RouteRecord::feeRate).thenComparing(RouteRecord::id));
  }

  private static void merge(Execution x, Clients.Usable home) {
    ChainId chain = home.chain();
    Optional<RouteRecord> cheapest = route(x.view(), chain);
    if (cheapest.isEmpty()
        || !(Custody.rules(home.family())
            instanceof Verdict.Accepted<CustodyRules>(CustodyRules rules))) {
      return;
    }
    RouteRecord route = cheapest.get();
    List<CoinRecord> chosen = Releases.candidates(x, chain).subList(0, INPUTS);
    List<CustodyRules.Coin> coins = chosen.stream().map(CoinRecord::coin).toList();
    ReleaseRecord release =
        new ReleaseRecord(
            ReleaseRecord.Kind.MERGE,
            route.id(),
            chain,
            rules.restingLock(chain, x.committee()).script(),
            Custody.sum(coins),
            cause(coins),
            x.block().height(),
            x.block().timeMillis(),
            ReleaseRecord.State.QUEUED,
            Optional.empty(),
            List.of(),
            Optional.empty());
    CustodyRules.Payout all =
        new CustodyRules.Payout(release.id(), release.script(), release.amount());
    if (!(Custody.plan(x, rules, chain, coins, all, route.feeRate())
            instanceof Verdict.Accepted<CustodyRules.ReleasePlan>(CustodyRules.ReleasePlan plan))
        || plan.fee().isMoreThan(x.view().supply(route.asset()).reserve())) {
      return;
    }
    Custody.supply(x, route.asset(), (SupplyRecord supply) -> supply.feePlanned(plan.fee()));
    Releases.reserve(x, release, chosen, plan);
    x.put(
        StateKeys.merging(chain, release.id()),
        new CanonicalWriter().amount(brings(release, plan)).toBytes());
  }

  /** The coin that a merge makes of those that it spends. */
  static Amount brings(ReleaseRecord merge, CustodyRules.ReleasePlan plan) {
    return merge.amount().minus(plan.fee());
  }

  /** SHA-256 of the outpoints in their order: a coin is spent once, so it names one merge. */
  static Hash32 cause(List<CustodyRules.Coin> coins) {
    return Digests.sha256(
        coins.stream()
            .map(coin -> Custody.outpoint(coin.txId().bytes(), coin.outputIndex()))
            .sorted()
            .toArray(Bytes[]::new));
  }
}
