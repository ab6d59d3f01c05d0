package dev.trestle.relay.node;

/**
 * Versions of the peer protocol that a node speaks. Two nodes use the newest one that both speak,
 * so that nodes of two releases run side by side while they are replaced one by one.
 *
 * <ul>
 *   <li>1: one transaction a frame
 *   <li>2: {@link TransactionBatch} as well
 *   <li>3: proposals that name their transactions, and {@link BlockTransactions}
 *   <li>4: {@link SnapshotMessages}
 * </ul>
 *
 * @param oldest at least 1
 * @param newest not below {@code oldest}
 */
public record ProtocolRange(int oldest, int newest) {
  /** Spoken by everybody. */
  static final int FIRST = 1;

  /** From here on a frame may carry many transactions. */
  static final int BATCHES = 2;

  /** From here on a proposal names its transactions instead of carrying them. */
  static final int COMPACT_PROPOSALS = 3;

  /** From here on nodes give each other snapshots. */
  static final int SNAPSHOTS = 4;

  /** What this release speaks. */
  public static final ProtocolRange CURRENT = new ProtocolRange(FIRST, SNAPSHOTS);

  public ProtocolRange {
    if (oldest < 1 || newest < oldest || newest > 0xffff) {
      throw new IllegalArgumentException("protocols " + oldest + " to " + newest);
    }
  }

  /** The version to speak with a node of this other range; 0 if there is none. */
  int common(ProtocolRange other) {
    int best = Math.min(newest, other.newest);
    return best >= oldest && best >= other.oldest ? best : 0;
  }
}
