package dev.trestle.relay.ledger;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * How long a transfer may wait for its deposit, and how many may wait at once. To open one costs
 * nothing, and every relayer watches the home chain for each that is open.
 *
 * @param lifetimeMillis block time from the opening to the end of a transfer that was not paid;
 *     {@link #MIN_LIFETIME_MILLIS} to {@link #MAX_LIFETIME_MILLIS}
 * @param maxOpenOnRoute open transfers of one route, 4 to {@link #MAX_OPEN}
 * @param maxOpenOfSender open transfers of one sender on all routes, 1 to {@code maxOpenOnRoute}
 */
public record TransferLimits(long lifetimeMillis, int maxOpenOnRoute, int maxOpenOfSender) {
  /** One hour; where places are scarce a transfer has a quarter of it. */
  public static final long MIN_LIFETIME_MILLIS = 3_600_000;

  /** 30 days. */
  public static final long MAX_LIFETIME_MILLIS = 720 * MIN_LIFETIME_MILLIS;

  /** More than relayers watch: adapters bound that, at 100,000 scripts of a chain. */
  public static final int MAX_OPEN = 1_000_000;

  /** A day, 20,000 of a route, a quarter of them of one sender. */
  public static final TransferLimits DEFAULT =
      new TransferLimits(24 * MIN_LIFETIME_MILLIS, 20_000, 5_000);

  private static final int SCARCE_PART = 4;

  /**
   * @throws IllegalArgumentException if one is out of its range
   */
  public TransferLimits {
    if (lifetimeMillis < MIN_LIFETIME_MILLIS
        || lifetimeMillis > MAX_LIFETIME_MILLIS
        || maxOpenOnRoute < SCARCE_PART
        || maxOpenOnRoute > MAX_OPEN
        || maxOpenOfSender < 1
        || maxOpenOfSender > maxOpenOnRoute) {
      throw new IllegalArgumentException("limits of open transfers out of range");
    }
  }

  /**
   * Lifetime of the next transfer: a quarter once half of the places of its route, or of its
   * sender, are taken. Whoever wants to keep them taken has to open four times as many.
   *
   * @param onRoute open transfers of the route
   * @param ofSender open transfers of the sender
   */
  public long lifetimeMillis(long onRoute, long ofSender) {
    boolean scarce = 2 * onRoute >= maxOpenOnRoute || 2 * ofSender >= maxOpenOfSender;
    return scarce ? lifetimeMillis / SCARCE_PART : lifetimeMillis;
  }

  /** Whether there is a place for one more. */
  public boolean haveRoom(long onRoute, long ofSender) {
    return onRoute < maxOpenOnRoute && ofSender < maxOpenOfSender;
  }

  void write(CanonicalWriter out) {
    out.u64(lifetimeMillis).u32(maxOpenOnRoute).u32(maxOpenOfSender);
  }

  static TransferLimits read(CanonicalReader in) {
    return new TransferLimits(in.u64(), Math.toIntExact(in.u32()), Math.toIntExact(in.u32()));
  }
}
