package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * What a unit of gas may cost (EIP-1559), wei.
 *
 * @param max most that is paid in all
 * @param priority most that goes to the block's builder
 */
record Fees(BigInteger max, BigInteger priority) {
  private static final BigInteger DEFAULT_PRIORITY = BigInteger.valueOf(1_000_000_000);

  /**
   * Twice the base fee, which holds for six full blocks, and the usual priority fee.
   *
   * @throws AdapterException with FEE_CAP_EXCEEDED if even the current base fee is above {@code
   *     cap}
   */
  static Fees suggest(EndpointPool pool, BigInteger cap) {
    BigInteger base =
        median(
            pool.values(
                rpc ->
                    Json.integer(
                        rpc.require("eth_getBlockByNumber", "latest", false), "baseFeePerGas")));
    BigInteger priority = median(pool.values(Fees::priority)).min(cap);
    if (base.add(priority).compareTo(cap) > 0) {
      throw new AdapterException(
          AdapterError.FEE_CAP_EXCEEDED,
          "base fee " + base + " and priority fee " + priority + " wei are above the cap " + cap);
    }
    return new Fees(base.shiftLeft(1).add(priority).min(cap), priority);
  }

  private static BigInteger priority(EvmRpc rpc) {
    return switch (rpc.call("eth_maxPriorityFeePerGas")) {
      case EvmRpc.Reply.Result(var value) -> value.map(Json::integer).orElse(DEFAULT_PRIORITY);
      case EvmRpc.Reply.Failed failed -> DEFAULT_PRIORITY; // not every node has the method
    };
  }

  private static BigInteger median(List<BigInteger> values) {
    List<BigInteger> sorted = new ArrayList<>(values);
    sorted.sort(null);
    return sorted.get(sorted.size() / 2);
  }
}
