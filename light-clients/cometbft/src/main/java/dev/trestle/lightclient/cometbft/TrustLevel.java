package dev.trestle.lightclient.cometbft;

import java.math.BigInteger;

/**
 * More than this part of the trusted validators' power must sign a header that is not the next one.
 * From 1/3, below which no honest validator need be among the signers, to 1.
 */
public record TrustLevel(long numerator, long denominator) {
  public static final TrustLevel ONE_THIRD = new TrustLevel(1, 3);

  /** What must sign of a header's own validators. */
  static final TrustLevel TWO_THIRDS = new TrustLevel(2, 3);

  private static final long MAX_DENOMINATOR = 1_000_000;

  public TrustLevel {
    if (denominator < 1
        || denominator > MAX_DENOMINATOR
        || numerator > denominator
        || numerator * 3 < denominator) {
      throw new IllegalArgumentException("trust level " + numerator + "/" + denominator);
    }
  }

  /** Whether {@code power} is strictly more than this part of {@code total}. */
  boolean isExceeded(long power, long total) {
    return BigInteger.valueOf(power)
            .multiply(BigInteger.valueOf(denominator))
            .compareTo(BigInteger.valueOf(total).multiply(BigInteger.valueOf(numerator)))
        > 0;
  }
}
