package dev.trestle.relay.ledger;

/**
 * What a block gives to its transactions.
 *
 * @param height of the block; the first is 1
 * @param timeMillis Unix milliseconds that the block states; the only clock there is
 */
public record BlockContext(long height, long timeMillis) {
  public BlockContext {
    if (height < 1 || timeMillis < 0) {
      throw new IllegalArgumentException("blocks count from 1 and have a time");
    }
  }

  /** Unix seconds, rounded down. */
  public long seconds() {
    return timeMillis / 1000;
  }
}
