package dev.trestle.lightclient.bitcoin;

import java.math.BigInteger;
import java.util.Optional;

/**
 * The 32-bit floating-point form of a proof-of-work target ("nBits"), read and written as Bitcoin
 * Core's {@code arith_uint256::SetCompact} and {@code GetCompact} do.
 */
public final class CompactTarget {
  private static final BigInteger TWO_256 = BigInteger.ONE.shiftLeft(256);
  private static final int MANTISSA = 0x007f_ffff;
  private static final int SIGN = 0x0080_0000;

  private CompactTarget() {}

  /** The target; empty if it is zero, negative or does not fit 256 bits. */
  public static Optional<BigInteger> decode(long bits) {
    if (isNegative(bits) || overflows(bits)) {
      return Optional.empty();
    }
    BigInteger target = magnitude(bits);
    return target.signum() == 0 ? Optional.empty() : Optional.of(target);
  }

  /** What the exponent and the mantissa without its sign give; only to be used when they fit. */
  public static BigInteger magnitude(long bits) {
    int exponent = (int) (bits >>> 24);
    BigInteger mantissa = BigInteger.valueOf(bits & MANTISSA);
    return exponent <= 3
        ? mantissa.shiftRight(8 * (3 - exponent))
        : mantissa.shiftLeft(8 * (exponent - 3));
  }

  /**
   * Negative; also where the exponent shifts the whole mantissa out: that is zero, and as useless.
   */
  public static boolean isNegative(long bits) {
    return (bits & MANTISSA) != 0 && (bits & SIGN) != 0;
  }

  /** Whether the target does not fit 256 bits. */
  public static boolean overflows(long bits) {
    int exponent = (int) (bits >>> 24);
    long mantissa = bits & MANTISSA;
    return mantissa != 0
        && (exponent > 34
            || (mantissa > 0xff && exponent > 33)
            || (mantissa > 0xffff && exponent > 32));
  }

  /** The compact form of {@code target}, truncating what does not fit the mantissa. */
  public static long encode(BigInteger target) {
    int size = (target.bitLength() + 7) / 8;
    long mantissa =
        size <= 3
            ? target.longValue() << (8 * (3 - size))
            : target.shiftRight(8 * (size - 3)).longValue();
    if ((mantissa & SIGN) != 0) {
      mantissa >>>= 8;
      size++;
    }
    return mantissa | ((long) size << 24);
  }

  /** Expected number of hashes to meet {@code target}: floor(2^256 / (target + 1)). */
  public static BigInteger work(BigInteger target) {
    return TWO_256.divide(target.add(BigInteger.ONE));
  }
}
