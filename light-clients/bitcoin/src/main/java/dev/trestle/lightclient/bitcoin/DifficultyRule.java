package dev.trestle.lightclient.bitcoin;

import java.math.BigInteger;

/** The target that the next block must state, bit for bit. */
public final class DifficultyRule {
  /** A retarget changes the target by at most this factor either way. */
  private static final int MAX_ADJUSTMENT = 4;

  private final DifficultyParameters rules;
  private final long limitBits;

  public DifficultyRule(DifficultyParameters rules) {
    this.rules = rules;
    this.limitBits = rules.powLimitBits();
  }

  /** Compact target of the child of {@code parent} that states the time {@code time}. */
  public long nextBits(StoredHeader parent, long time) {
    if (!rules.retargets()) {
      return parent.header().bits();
    }
    if ((parent.height() + 1) % rules.interval() == 0) {
      long base = rules.bip94() ? parent.periodBits() : parent.header().bits();
      return retarget(base, parent.header().time() - parent.spanStart());
    }
    if (!rules.minDifficultyBlocks()) {
      return parent.header().bits();
    }
    return time > parent.header().time() + 2 * rules.spacingSeconds()
        ? limitBits
        : parent.lastRealBits();
  }

  /**
   * The target of a new period.
   *
   * @param bits target that is adjusted; decodable
   * @param actualSeconds time that the measured blocks took; may be negative
   */
  public long retarget(long bits, long actualSeconds) {
    long wanted = rules.timespanSeconds();
    long span = Math.clamp(actualSeconds, wanted / MAX_ADJUSTMENT, wanted * MAX_ADJUSTMENT);
    BigInteger target = CompactTarget.magnitude(bits);
    // Litecoin Core: the product must fit its 256-bit arithmetic, so one bit is dropped for it.
    boolean shift =
        rules.fullPeriodTimespan() && target.bitLength() > rules.powLimit().bitLength() - 1;
    if (shift) {
      target = target.shiftRight(1);
    }
    target = target.multiply(BigInteger.valueOf(span)).divide(BigInteger.valueOf(wanted));
    if (shift) {
      target = target.shiftLeft(1);
    }
    return CompactTarget.encode(target.min(rules.powLimit()));
  }
}
