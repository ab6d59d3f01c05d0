package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.math.BigInteger;

/**
 * What went one way through a chain; every window that passes takes one limit's worth off it.
 *
 * @param window block time divided by the window's length
 */
public record FlowRecord(long window, Amount used) {
  private static final int VERSION = 1;

  /** What is left of it in a later window. */
  public Amount usedIn(long laterWindow, Amount limit) {
    BigInteger passed = BigInteger.valueOf(laterWindow - window).max(BigInteger.ZERO);
    return new Amount(used.value().subtract(limit.value().multiply(passed)).max(BigInteger.ZERO));
  }

  public Bytes encode() {
    return new CanonicalWriter().u8(VERSION).u64(window).amount(used).toBytes();
  }

  public static FlowRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new FlowRecord(in.u64(), in.amount());
        });
  }
}
