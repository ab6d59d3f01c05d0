package dev.trestle.relay.ledger.record;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.Optional;

/**
 * How far a lane has come besides its last sequence. An unordered lane has one only once it is
 * closed.
 *
 * @param nextEnd sequence whose outcome comes next on an ordered lane; 1 and unused on an unordered
 * @param closed why and when nothing is sent on it any more; it is never opened again
 */
public record LaneRecord(long nextEnd, Optional<Closing> closed) {
  private static final int VERSION = 1;

  /** A lane on which nothing has ended. */
  public static final LaneRecord NEW = new LaneRecord(1, Optional.empty());

  /** Who closed it. */
  public enum Cause {
    /** A packet of an ordered lane timed out: those behind it can never be executed. */
    TIMEOUT,
    /** Governance decided. */
    GOVERNANCE
  }

  /**
   * @param height relay height
   */
  public record Closing(Cause cause, long height) {}

  /** The outcome of the next packet is known. */
  public LaneRecord ended() {
    return new LaneRecord(Math.addExact(nextEnd, 1), closed);
  }

  public LaneRecord closed(Cause cause, long height) {
    return new LaneRecord(nextEnd, Optional.of(new Closing(cause, height)));
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).u64(nextEnd);
    return out.optional(closed, (w, each) -> Fields.constant(w, each.cause).u64(each.height))
        .toBytes();
  }

  public static LaneRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new LaneRecord(
              in.u64(), in.optional(r -> new Closing(Fields.constant(r, Cause.values()), r.u64())));
        });
  }
}
