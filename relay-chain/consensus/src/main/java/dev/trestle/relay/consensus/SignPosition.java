package dev.trestle.relay.consensus;

import java.util.Comparator;

/**
 * Where a signature stands in the only order in which a validator may sign: height, then round,
 * then the order of {@link StatementKind}.
 */
public record SignPosition(long height, int round, StatementKind step)
    implements Comparable<SignPosition> {
  private static final Comparator<SignPosition> ORDER =
      Comparator.comparingLong(SignPosition::height)
          .thenComparingInt(SignPosition::round)
          .thenComparing(SignPosition::step);

  @Override
  public int compareTo(SignPosition other) {
    return ORDER.compare(this, other);
  }
}
