package dev.trestle.lightclient;

/**
 * Bounds the work of one verification. Charged before the work is done, so that a hostile proof is
 * refused before it costs anything. One unit is about one SHA-256 compression; a signature check is
 * {@link #SIGNATURE} units. Not thread-safe.
 */
public final class Budget {
  /** Units of one hash of a short input. */
  public static final long HASH = 1;

  /** Units of one signature verification. */
  public static final long SIGNATURE = 300;

  /** Units of one scrypt(1024,1,1) evaluation. */
  public static final long SCRYPT = 4_000;

  /** Units of one BLS12-381 signature verification with keys that are decoded. */
  public static final long BLS_SIGNATURE = 13_000;

  /** Units of decoding and validating one BLS12-381 key. */
  public static final long BLS_KEY = 550;

  private long left;

  public Budget(long units) {
    if (units < 0) {
      throw new IllegalArgumentException("a budget is not negative");
    }
    this.left = units;
  }

  /** Takes {@code units}; false, and nothing left, when there are not enough. */
  public boolean charge(long units) {
    if (units < 0) {
      throw new IllegalArgumentException("work is not negative");
    }
    if (units > left) {
      left = 0;
      return false;
    }
    left -= units;
    return true;
  }

  public long left() {
    return left;
  }
}
