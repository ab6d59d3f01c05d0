package dev.trestle.adapter.bitcoin;

/**
 * What the spending of a lock pays, the more the nearer its deadline comes. Pure. The cap on the
 * share of the value keeps a fee spike, or nodes that lie about it, from eating the swap; the last
 * blocks may cost half of it, since losing the race costs all.
 */
final class FeeCurve {
  /** Blocks before the deadline from which on every block costs a tenth more. */
  static final int URGENT_BLOCKS = 10;

  /** Longest confirmation target, blocks. */
  static final int MAX_TARGET = 9;

  private static final int EARLY_PERCENT = 5;
  private static final int URGENT_PERCENT = 50;

  private FeeCurve() {}

  /** The confirmation target to ask the nodes for: half of the time that is left. */
  static int target(long blocksLeft) {
    return Math.clamp(blocksLeft / 2, 1, MAX_TARGET);
  }

  /**
   * @param estimate of the nodes for {@link #target}, satoshi per 1,000 virtual bytes
   * @param blocksLeft until the deadline; 0 when it is over
   * @param value of the lock, satoshi
   * @param weight of the transaction
   * @param cap rate that is never exceeded
   * @return satoshi per 1,000 virtual bytes, not below what nodes relay
   */
  static long rate(long estimate, long blocksLeft, long value, long weight, long cap) {
    long rate = Math.min(estimate, cap);
    for (long left = Math.max(0, blocksLeft); left < URGENT_BLOCKS; left++) {
      rate = Math.min(cap, Math.ceilDiv(rate * 11, 10L));
    }
    int percent = blocksLeft > URGENT_BLOCKS ? EARLY_PERCENT : URGENT_PERCENT;
    long share = Math.multiplyExact(value / 100 * percent, 1_000L) / Math.ceilDiv(weight, 4L);
    return Math.max(FeePolicy.MIN_RATE, Math.min(rate, share));
  }
}
