package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.PublicKey;
import java.util.Optional;

/**
 * A pause, also after it was lifted.
 *
 * @param number counts the pauses of this subject from 1; approvals to resume name it
 * @param active whether it holds
 * @param by who paused; empty when a violated invariant did
 * @param since relay height
 */
public record PauseRecord(
    PauseSubject subject, long number, boolean active, Optional<PublicKey> by, long since) {
  private static final int VERSION = 2;

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    subject.write(out);
    out.u64(number).bool(active).optional(by, (w, key) -> w.fixed(key.compressed()));
    return out.u64(since).toBytes();
  }

  public static PauseRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new PauseRecord(
              PauseSubject.read(in),
              in.u64(),
              in.bool(),
              in.optional(r -> new PublicKey(r.fixed(PublicKey.SIZE))),
              in.u64());
        });
  }
}
