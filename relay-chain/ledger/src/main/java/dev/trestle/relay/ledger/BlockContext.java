package dev.trestle.relay.ledger;

import dev.trestle.crypto.EvmAddress;
import java.util.List;

/**
 * What a block gives to its transactions.
 *
 * @param height of the block; the first is 1
 * @param timeMillis Unix milliseconds that the block states; the only clock there is
 * @param faults of validators, from the block's evidence. Consensus has checked that each is
 *     signed; the header commits to them
 */
public record BlockContext(long height, long timeMillis, List<Fault> faults) {
  public BlockContext {
    faults = List.copyOf(faults);
    if (height < 1 || timeMillis < 0) {
      throw new IllegalArgumentException("blocks count from 1 and have a time");
    }
  }

  /** A block without evidence. */
  public BlockContext(long height, long timeMillis) {
    this(height, timeMillis, List.of());
  }

  /**
   * A validator contradicted itself.
   *
   * @param height of the two statements
   */
  public record Fault(EvmAddress validator, long height) {}

  /** Unix seconds, rounded down. */
  public long seconds() {
    return timeMillis / 1000;
  }
}
