package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * What went one way through a chain in the current window.
 *
 * @param window block time divided by the window's length
 */
public record FlowRecord(long window, Amount used) {
  private static final int VERSION = 1;

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
