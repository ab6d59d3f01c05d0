package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * How much value may enter and leave through one chain.
 *
 * @param inflow most deposits per asset and window, smallest units; 0 closes the way in
 * @param outflow most releases per asset and window, smallest units; 0 closes the way out
 * @param windowMillis length of a window, milliseconds of block time
 */
public record ChainLimits(Amount inflow, Amount outflow, long windowMillis) {
  public ChainLimits {
    if (windowMillis < 1) {
      throw new IllegalArgumentException("a window is at least one millisecond");
    }
  }

  public void write(CanonicalWriter out) {
    out.amount(inflow).amount(outflow).u64(windowMillis);
  }

  public static ChainLimits read(CanonicalReader in) {
    return new ChainLimits(in.amount(), in.amount(), in.u64());
  }
}
