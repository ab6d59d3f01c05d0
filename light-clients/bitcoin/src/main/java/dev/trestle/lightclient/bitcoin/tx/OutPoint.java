package dev.trestle.lightclient.bitcoin.tx;

import dev.trestle.base.Hash32;
import java.util.Comparator;

/**
 * An output of a transaction.
 *
 * @param txId wire order
 * @param index from 0; {@link #NO_INDEX} in a coinbase
 */
public record OutPoint(Hash32 txId, long index) implements Comparable<OutPoint> {
  /** Index in the only input of a coinbase. */
  public static final long NO_INDEX = 0xffff_ffffL;

  private static final Comparator<OutPoint> ORDER =
      Comparator.comparing(OutPoint::txId).thenComparingLong(OutPoint::index);

  public OutPoint {
    if (index < 0 || index > 0xffff_ffffL) {
      throw new IllegalArgumentException("an output index has 32 bits");
    }
  }

  public boolean isNull() {
    return txId.isZero() && index == NO_INDEX;
  }

  @Override
  public int compareTo(OutPoint other) {
    return ORDER.compare(this, other);
  }
}
