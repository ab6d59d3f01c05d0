package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/**
 * A validator that signed two statements of which no correct one signs both: its key certifies
 * nothing from the next epoch on, for ever.
 *
 * @param height of the statements
 * @param recordedAt height of the block with the evidence
 */
public record ConvictionRecord(long height, long recordedAt) {
  private static final int VERSION = 1;

  public Bytes encode() {
    return new CanonicalWriter().u8(VERSION).u64(height).u64(recordedAt).toBytes();
  }

  public static ConvictionRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new ConvictionRecord(in.u64(), in.u64());
        });
  }
}
