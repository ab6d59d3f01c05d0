package dev.trestle.adapter.ethereum;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import java.math.BigInteger;

/**
 * What a unit of gas may cost (EIP-1559), wei.
 *
 * @param max most that is paid in all
 * @param priority most that goes to the block's builder
 */
record Fees(BigInteger max, BigInteger priority) {
  private static final BigInteger DEFAULT_PRIORITY = BigInteger.valueOf(1_000_000_000);

  /** Full blocks in a row raise the base fee by an eighth each: twice is 6 of them. */
  private static final int HEADROOM = 2;

  /** For what has a deadline: eight times is 18 full blocks. Only the real base fee is paid. */
  private static final int URGENT_HEADROOM = 8;

  /**
   * Room for the base fee to rise, and the usual priority fee.
   *
   * @param affordable more than the sender can pay a unit of gas; lowers the room, never the price
   *     of now
   * @throws AdapterException with FEE_CAP_EXCEEDED if even the current price is above {@code cap}
   */
  static Fees suggest(EndpointPool pool, BigInteger cap, boolean urgent, BigInteger affordable) {
    BigInteger base =
        pool.median(
            rpc ->
                Json.integer(
                    rpc.require("eth_getBlockByNumber", "latest", false), "baseFeePerGas"));
    BigInteger priority = pool.median(Fees::priority).min(cap);
    BigInteger now = base.add(priority);
    if (now.compareTo(cap) > 0) {
      throw new AdapterException(
          AdapterError.FEE_CAP_EXCEEDED,
          "base fee " + base + " and priority fee " + priority + " wei are above the cap " + cap);
    }
    BigInteger room =
        base.multiply(BigInteger.valueOf(urgent ? URGENT_HEADROOM : HEADROOM)).add(priority);
    return new Fees(room.min(cap).min(affordable.max(now)), priority);
  }

  private static BigInteger priority(EvmRpc rpc) {
    return switch (rpc.call("eth_maxPriorityFeePerGas")) {
      case EvmRpc.Reply.Result(var value) -> value.map(Json::integer).orElse(DEFAULT_PRIORITY);
      case EvmRpc.Reply.Failed failed -> DEFAULT_PRIORITY; // not every node has the method
    };
  }
}
