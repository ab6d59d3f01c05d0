package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.Async;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * What transactions pay. The rate is the median of what the nodes say, so that no single one sets
 * it, and never above the configured cap.
 */
final class FeePolicy {
  /** Satoshi per 1,000 virtual bytes below which nodes do not relay. */
  static final long MIN_RATE = 1_000;

  /** What a replacement must pay on top of what it replaces (BIP-125 rule 4), same unit. */
  static final long INCREMENTAL_RATE = 1_000;

  private static final int WEIGHT_PER_VBYTE = 4;

  private final EndpointPool pool;
  private final AdapterOptions options;

  FeePolicy(EndpointPool pool, AdapterOptions options) {
    this.pool = pool;
    this.options = options;
  }

  /** Satoshi per 1,000 virtual bytes, at most the cap. For what must be sent whatever it costs. */
  long cappedRate() {
    return Math.min(estimate(), cap());
  }

  /** The same for a confirmation target of its own, blocks. */
  long cappedRate(int target) {
    return Math.min(estimate(target), cap());
  }

  /**
   * As {@link #cappedRate}, for what can wait.
   *
   * @throws AdapterException FEE_CAP_EXCEEDED when the network asks for more than the cap
   */
  long rate() {
    long estimate = estimate();
    if (estimate > cap()) {
      throw new AdapterException(
          AdapterError.FEE_CAP_EXCEEDED,
          "the network asks for " + estimate / 1_000 + " sat/vB, fee.max is " + options.maxFee());
    }
    return estimate;
  }

  long cap() {
    return Math.multiplyExact(options.maxFee(), 1_000L);
  }

  private long estimate() {
    return estimate(options.feeTargetBlocks());
  }

  private long estimate(int target) {
    List<EndpointPool.Answer<Long>> answers = pool.all(rpc -> ask(rpc, target));
    EndpointPool.refuseWrongChain(answers);
    long[] rates =
        answers.stream()
            .map(EndpointPool.Answer::value)
            .flatMap(Optional::stream)
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    if (rates.length < pool.quorum()) {
      throw new AdapterException(AdapterError.UNREACHABLE, "too few nodes tell a fee");
    }
    return rates[rates.length / 2];
  }

  private long ask(BitcoinRpc rpc, int target) {
    JsonNode info = Async.await(rpc.call("getmempoolinfo")).orThrow("getmempoolinfo");
    long least = Math.max(MIN_RATE, BitcoinRpc.satoshi(info.path("mempoolminfee")));
    JsonNode estimate =
        Async.await(rpc.call("estimatesmartfee", target)).orThrow("estimatesmartfee");
    JsonNode rate = estimate.get("feerate");
    long wanted =
        rate == null ? options.fallbackFee() * 1_000 : Math.max(0, BitcoinRpc.satoshi(rate));
    return Math.max(least, wanted);
  }

  /** Fee of {@code weight} units at {@code rate} satoshi per 1,000 virtual bytes, rounded up. */
  static long fee(long weight, long rate) {
    long vbytes = Math.ceilDiv(weight, (long) WEIGHT_PER_VBYTE);
    return Math.ceilDiv(Math.multiplyExact(vbytes, rate), 1_000L);
  }

  /**
   * The rate that replaces a waiting transaction, and at least {@code rate}.
   *
   * @param paid its fee, if there is one
   * @param weight of the replacement
   */
  static long replacing(long rate, OptionalLong paid, long weight) {
    if (paid.isEmpty()) {
      return rate;
    }
    long vbytes = Math.ceilDiv(weight, (long) WEIGHT_PER_VBYTE);
    long replaced = Math.ceilDiv(Math.multiplyExact(paid.getAsLong(), 1_000L), vbytes);
    return Math.max(rate, replaced + INCREMENTAL_RATE);
  }
}
