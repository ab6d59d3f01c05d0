package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.ChainId;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.CustodyRules;
import dev.trestle.relay.ledger.record.ReleaseRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import java.math.BigInteger;
import java.util.Optional;

/**
 * What the custody reserve pays of a payout: every coin that it spends after the first, at the rate
 * of the chain's cheapest route. That is no more than the coin has brought to the reserve as its
 * share of merges, and a payout leaves at most one coin for all that it spends, so the reserve
 * never lacks it. The recipient pays for a transaction that spends one coin, however many it takes.
 */
final class FurtherCoins {
  private FurtherCoins() {}

  /** For each coin after the first, smallest units; empty on a chain without routes. */
  static Optional<Amount> fee(
      LedgerView view, CustodyRules rules, CustodyRules.Committee committee, ChainId chain) {
    return Merges.route(view, chain)
        .map(RouteRecord::feeRate)
        .flatMap(
            rate ->
                Clients.guarded(() -> Verdict.accept(rules.inputFee(chain, committee, rate)))
                        instanceof Verdict.Accepted<Amount>(Amount each)
                    ? Optional.of(each)
                    : Optional.empty());
  }

  /** What the reserve pays of a plan. */
  static Amount paid(ReleaseRecord payout, CustodyRules.ReleasePlan plan) {
    return plan.payout().amount().minus(payout.amount());
  }

  /** What it has to pay of a plan, where each coin after the first costs {@code each}. */
  static Amount owed(Amount each, CustodyRules.ReleasePlan plan) {
    return new Amount(each.value().multiply(BigInteger.valueOf(plan.inputs().size() - 1L)));
  }
}
