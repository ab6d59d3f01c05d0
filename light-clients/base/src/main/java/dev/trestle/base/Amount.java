package dev.trestle.base;

import java.math.BigInteger;

/**
 * A quantity of an asset in its smallest unit (satoshi, wei, token base unit): an integer in {@code
 * [0, 2^256)}. Arithmetic never wraps; there is no floating point anywhere in money.
 */
public record Amount(BigInteger value) implements Comparable<Amount> {
  private static final int MAX_BITS = 256;

  public static final Amount ZERO = new Amount(BigInteger.ZERO);

  public Amount {
    if (value.signum() < 0 || value.bitLength() > MAX_BITS) {
      throw new AmountOutOfRange(value);
    }
  }

  public static Amount of(long smallestUnits) {
    return new Amount(BigInteger.valueOf(smallestUnits));
  }

  /**
   * Parses a decimal integer of smallest units without sign, spaces or leading zeros.
   *
   * @throws AmountOutOfRange if it is 2^256 or more
   * @throws NumberFormatException if it is not such a number
   */
  public static Amount parse(String decimal) {
    if (!decimal.matches("0|[1-9][0-9]{0,77}")) {
      throw new NumberFormatException("not a decimal integer of smallest units");
    }
    return new Amount(new BigInteger(decimal));
  }

  /**
   * @throws AmountOutOfRange on 2^256 or more
   */
  public Amount plus(Amount other) {
    return new Amount(value.add(other.value));
  }

  /**
   * @throws AmountOutOfRange if {@code other} is larger than this
   */
  public Amount minus(Amount other) {
    return new Amount(value.subtract(other.value));
  }

  public boolean isZero() {
    return value.signum() == 0;
  }

  public boolean isLessThan(Amount other) {
    return compareTo(other) < 0;
  }

  public boolean isMoreThan(Amount other) {
    return compareTo(other) > 0;
  }

  /**
   * @throws ArithmeticException if it does not fit a signed 64-bit integer
   */
  public long toLong() {
    return value.longValueExact();
  }

  @Override
  public int compareTo(Amount other) {
    return value.compareTo(other.value);
  }

  /** Decimal smallest units; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return value.toString();
  }

  /** An amount below zero or of more than 256 bits was about to come into being. */
  public static final class AmountOutOfRange extends ArithmeticException {
    public AmountOutOfRange(BigInteger value) {
      super("amount out of [0, 2^256): " + value);
    }
  }
}
