package dev.trestle.lightclient.bitcoin;

import java.math.BigInteger;

/**
 * How a network sets the target of the next block.
 *
 * @param powLimit easiest target
 * @param interval blocks between two retargets
 * @param spacingSeconds wanted time between two blocks
 * @param retargets false on regtest: every block has its parent's target
 * @param minDifficultyBlocks whether a block may use the easiest target when its time is more than
 *     twice the spacing after its parent's (test networks)
 * @param bip94 whether the retarget starts from the period's first target and a period may not
 *     start more than 600 s before its parent (testnet4)
 * @param fullPeriodTimespan whether a retarget measures {@code interval} block times, not one less
 *     (Litecoin), which also carries Litecoin's guard against a 257-bit product
 */
public record DifficultyParameters(
    BigInteger powLimit,
    int interval,
    long spacingSeconds,
    boolean retargets,
    boolean minDifficultyBlocks,
    boolean bip94,
    boolean fullPeriodTimespan) {
  public DifficultyParameters {
    if (powLimit.signum() <= 0 || interval < 2 || spacingSeconds <= 0) {
      throw new IllegalArgumentException("limit, interval and spacing are positive");
    }
  }

  /** Seconds that a period should take. */
  public long timespanSeconds() {
    return interval * spacingSeconds;
  }

  /** The easiest target in compact form. */
  public long powLimitBits() {
    return CompactTarget.encode(powLimit);
  }
}
