package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * What one route has brought to its destination, smallest units. A burn there cannot exceed it, so
 * that a broken destination cannot drain what other destinations hold.
 */
public record RouteSupply(Amount inFlight, Amount minted) {
  private static final int VERSION = 1;

  public static final RouteSupply NONE = new RouteSupply(Amount.ZERO, Amount.ZERO);

  public Bytes encode() {
    return new CanonicalWriter().u8(VERSION).amount(inFlight).amount(minted).toBytes();
  }

  public static RouteSupply decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new RouteSupply(in.amount(), in.amount());
        });
  }
}
