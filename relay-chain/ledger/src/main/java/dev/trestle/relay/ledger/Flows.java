package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.FlowRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import java.math.BigInteger;

/**
 * Limits of what may enter and leave custody on a chain. Each window takes one limit's worth off
 * what was used. A release of more than the limit first waits as many windows as it is limits
 * large, and then uses them all up.
 */
final class Flows {
  private Flows() {}

  /** Counts a deposit; false, and nothing counted, when the limit does not allow it. */
  static boolean takeIn(Execution x, ChainRecord chain, AssetId asset, Amount amount) {
    ChainLimits limits = chain.limits();
    Bytes key = StateKeys.flow(true, chain.chain(), asset);
    Amount used = used(x, key, limits, limits.inflow());
    if (used.plus(amount).isMoreThan(limits.inflow())) {
      return false;
    }
    x.put(key, new FlowRecord(window(x, limits), used.plus(amount)).encode());
    return true;
  }

  /**
   * Whether a release may leave now.
   *
   * @param sinceMillis block time at which it was asked for
   */
  static boolean mayLeave(
      Execution x, ChainRecord chain, AssetId asset, Amount amount, long sinceMillis) {
    ChainLimits limits = chain.limits();
    if (limits.outflow().isZero() || amount.isZero()) {
      return false;
    }
    BigInteger limit = limits.outflow().value();
    BigInteger wait = amount.value().subtract(BigInteger.ONE).divide(limit);
    long waited = window(x, limits) - sinceMillis / limits.windowMillis();
    if (wait.compareTo(BigInteger.valueOf(waited)) > 0) {
      return false;
    }
    Amount used = used(x, StateKeys.flow(false, chain.chain(), asset), limits, limits.outflow());
    return used.value().add(amount.value().min(limit)).compareTo(limit) <= 0;
  }

  /** Counts a release that {@link #mayLeave}. */
  static void takeOut(Execution x, ChainRecord chain, AssetId asset, Amount amount) {
    ChainLimits limits = chain.limits();
    Bytes key = StateKeys.flow(false, chain.chain(), asset);
    Amount used = used(x, key, limits, limits.outflow());
    x.put(key, new FlowRecord(window(x, limits), used.plus(amount)).encode());
  }

  private static Amount used(Execution x, Bytes key, ChainLimits limits, Amount limit) {
    return x.view()
        .value(key)
        .map(FlowRecord::decode)
        .map(flow -> flow.usedIn(window(x, limits), limit))
        .orElse(Amount.ZERO);
  }

  private static long window(Execution x, ChainLimits limits) {
    return x.block().timeMillis() / limits.windowMillis();
  }
}
