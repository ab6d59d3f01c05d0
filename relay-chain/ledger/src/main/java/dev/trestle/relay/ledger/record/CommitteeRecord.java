package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.PublicKey;
import java.util.List;
import java.util.Optional;

/**
 * Who attests for the committee. The seats are those of genesis, with their custody keys; only the
 * keys with which they attest are changed.
 *
 * @param epoch counts the changes, from that of genesis
 * @param attestKeys one a seat
 * @param previous the keys before, whose word still counts for a while
 */
public record CommitteeRecord(long epoch, List<PublicKey> attestKeys, Optional<Previous> previous) {
  private static final int VERSION = 1;
  private static final int MAX_SEATS = 255;

  public CommitteeRecord {
    attestKeys = List.copyOf(attestKeys);
  }

  /**
   * @param untilMillis block time from which they count for nothing
   */
  public record Previous(List<PublicKey> attestKeys, long untilMillis) {
    public Previous {
      attestKeys = List.copyOf(attestKeys);
    }
  }

  /** With other keys; these are good for {@code overlapMillis} more. */
  public CommitteeRecord rotated(List<PublicKey> next, long nowMillis, long overlapMillis) {
    return new CommitteeRecord(
        Math.addExact(epoch, 1),
        next,
        Optional.of(new Previous(attestKeys, Math.addExact(nowMillis, overlapMillis))));
  }

  /** The keys of an epoch whose word counts; empty for one that is over or has not begun. */
  public Optional<List<PublicKey>> keysOf(long wanted, long nowMillis) {
    return wanted == epoch
        ? Optional.of(attestKeys)
        : previous
            .filter(before -> wanted == epoch - 1 && nowMillis < before.untilMillis)
            .map(Previous::attestKeys);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(epoch);
    write(out, attestKeys);
    out.optional(
        previous,
        (w, before) -> {
          write(w, before.attestKeys);
          w.u64(before.untilMillis);
        });
    return out.toBytes();
  }

  public static CommitteeRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new CommitteeRecord(
              in.u64(), read(in), in.optional(r -> new Previous(read(r), r.u64())));
        });
  }

  private static void write(CanonicalWriter out, List<PublicKey> keys) {
    out.list(keys, (w, key) -> w.fixed(key.compressed()));
  }

  private static List<PublicKey> read(CanonicalReader in) {
    return in.list(MAX_SEATS, r -> new PublicKey(r.fixed(PublicKey.SIZE)));
  }
}
