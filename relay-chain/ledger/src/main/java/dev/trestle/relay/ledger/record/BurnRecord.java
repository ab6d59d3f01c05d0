package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;

/** A burn that was accounted for; one for each lane and sequence, for ever. */
public record BurnRecord(Hash32 routeId, Amount amount, Hash32 releaseId) {
  private static final int VERSION = 1;

  public Bytes encode() {
    return new CanonicalWriter().u8(VERSION).hash(routeId).amount(amount).hash(releaseId).toBytes();
  }

  public static BurnRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new BurnRecord(in.hash(), in.amount(), in.hash());
        });
  }
}
