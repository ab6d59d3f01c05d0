package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.relay.ledger.Genesis;

/**
 * Who governs.
 *
 * @param epoch how often the set had changed before; approvals name it, so that those of an older
 *     set are worth nothing
 */
public record GovernanceRecord(long epoch, Genesis.Governance set) {
  private static final int VERSION = 1;

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(epoch);
    set.write(out);
    return out.toBytes();
  }

  public static GovernanceRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new GovernanceRecord(in.u64(), Genesis.Governance.read(in));
        });
  }
}
