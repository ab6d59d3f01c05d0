package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.relay.ledger.Genesis;
import java.util.List;

/**
 * A set of validators.
 *
 * @param epoch how often the set had changed before
 * @param since height of the first block that it certifies
 * @param members ascending by address
 */
public record ValidatorsRecord(long epoch, long since, List<Genesis.Validator> members) {
  private static final int VERSION = 1;

  public ValidatorsRecord {
    members = Genesis.validators(members);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(epoch).u64(since);
    return out.list(members, (w, each) -> each.write(w)).toBytes();
  }

  public static ValidatorsRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new ValidatorsRecord(
              in.u64(), in.u64(), in.list(Genesis.MAX_MEMBERS, Genesis.Validator::read));
        });
  }
}
