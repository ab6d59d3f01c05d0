package dev.trestle.notary;

import dev.trestle.base.Hash32;
import dev.trestle.notary.CommitteeLedger.RouteFee;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which routes pay more than this member signs for. It signs no sweep and no payout of them, and
 * all of these stop when more members than the threshold can spare do so: it says it once it sees
 * such a route, and not only when coins depend on it.
 */
final class FeeLimit {
  private static final Logger LOG = LoggerFactory.getLogger(FeeLimit.class);

  private final long maxFeeRate;

  /** By route: the rate of which the log speaks. */
  private final Map<Hash32, Long> told = new TreeMap<>();

  private volatile Map<Hash32, Boolean> routes = Map.of();

  /**
   * @param maxFeeRate satoshi per virtual byte
   */
  FeeLimit(long maxFeeRate) {
    this.maxFeeRate = maxFeeRate;
  }

  boolean allows(long feeRate) {
    return feeRate <= maxFeeRate;
  }

  /** Looks at all routes; warns of each that is new here, or has another rate than before. */
  synchronized void look(List<RouteFee> all) {
    Map<Hash32, Boolean> seen = new TreeMap<>();
    for (RouteFee route : all) {
      boolean allowed = allows(route.feeRate());
      seen.put(route.routeId(), allowed);
      if (allowed) {
        told.remove(route.routeId());
      } else if (!Long.valueOf(route.feeRate())
          .equals(told.put(route.routeId(), route.feeRate()))) {
        LOG.warn(
            "route {} of {} pays {} satoshi per virtual byte and maxFeeRate is {}: this member signs"
                + " none of its sweeps and payouts",
            route.routeId(),
            route.asset(),
            route.feeRate(),
            maxFeeRate);
      }
    }
    routes = Map.copyOf(seen);
  }

  /** By route, as of the last look: whether its fee rate is within the limit. */
  Map<Hash32, Boolean> routes() {
    return routes;
  }
}
