package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.relay.consensus.SignGuardRules;
import dev.trestle.relay.consensus.SignPosition;
import dev.trestle.relay.consensus.StatementKind;
import java.util.Optional;

/**
 * What the sign guard remembers: {@code u8 version = 1 | u64 logNext | u64 abstainThrough | bool |
 * u64 height | u32 round | u8 step | b32 digest | 64 bytes signature}.
 *
 * @param logNext how many records the write-ahead log had held when this was written: a log that
 *     comes back shorter has lost some
 * @param abstainThrough heights up to this one are never signed, because what was signed there may
 *     be forgotten
 * @param last the newest signature
 */
record GuardState(long logNext, long abstainThrough, Optional<SignGuardRules.Last> last) {
  private static final int VERSION = 1;
  static final GuardState FRESH = new GuardState(0, 0, Optional.empty());

  Bytes encode() {
    return new CanonicalWriter()
        .u8(VERSION)
        .u64(logNext)
        .u64(abstainThrough)
        .optional(
            last,
            (out, record) ->
                out.u64(record.position().height())
                    .u32(record.position().round())
                    .u8(record.position().step().code())
                    .hash(record.digest())
                    .fixed(record.signature().bytes()))
        .toBytes();
  }

  static GuardState decode(Bytes bytes) {
    return CanonicalReader.decode(
        bytes,
        in -> {
          if (in.u8() != VERSION) {
            throw new IllegalArgumentException("unknown version of the sign guard");
          }
          return new GuardState(in.u64(), in.u64(), in.optional(GuardState::record));
        });
  }

  private static SignGuardRules.Last record(CanonicalReader in) {
    SignPosition position = new SignPosition(in.u64(), Math.toIntExact(in.u32()), step(in.u8()));
    return new SignGuardRules.Last(
        position, in.hash(), new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
  }

  private static StatementKind step(int code) {
    for (StatementKind kind : StatementKind.values()) {
      if (kind.code() == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no step " + code);
  }

  /** Height of the newest signature, 0 before the first. */
  long height() {
    return last.map(record -> record.position().height()).orElse(0L);
  }
}
