package dev.trestle.relay.node;

/**
 * How long the next block waits for transactions that are about to come. Where many senders each
 * wait for a block before they send again, every other block would hold one half of them, and what
 * a block costs would be paid twice; so after a full block the next one waits until about as many
 * senders are ready as were under way, for half as long as the last block took at most. Where
 * little is going on nothing waits.
 */
final class Gathering {
  /** A block of fewer senders is not full: the next one waits for nothing. */
  static final int FULL_BLOCK = 32;

  /** Longest wait, in milliseconds. */
  static final long MAX_MS = 50;

  private int wanted;
  private long decidedMs;
  private long untilMs;

  /**
   * A block is decided.
   *
   * @param included senders of its transactions
   * @param others senders not among them of whom a block could hold something now
   */
  void decided(int included, int others, long nowMs) {
    int underWay = included + others;
    wanted = included < FULL_BLOCK ? 0 : underWay - underWay / 8;
    untilMs = nowMs + Math.clamp((nowMs - decidedMs) / 2, 0, MAX_MS);
    decidedMs = nowMs;
  }

  /**
   * For how many more milliseconds a block with {@code ready} senders waits for others. For none
   * once the clock has been set back: nobody knows how long it has waited.
   */
  long waitMs(int ready, long nowMs) {
    return ready < wanted && nowMs >= decidedMs ? Math.max(0, untilMs - nowMs) : 0;
  }
}
