package dev.trestle.relay.ledger.record;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.lightclient.packet.Lane;
import dev.trestle.lightclient.packet.Packet;
import java.util.Optional;

/**
 * In which order the packets of a route are executed, and for how long they may be: {@code u8
 * ordering | optional (u8 clock | u64 value)}.
 *
 * @param lifetime empty for packets that do not expire
 */
public record LaneTerms(Lane.Ordering ordering, Optional<Lifetime> lifetime) {
  /** Any order, no end. */
  public static final LaneTerms DEFAULT = new LaneTerms(Lane.Ordering.UNORDERED, Optional.empty());

  /**
   * How long after it was sent a packet may be executed.
   *
   * @param value seconds or blocks of the destination, within the bounds of {@link #isInRange}
   */
  public record Lifetime(Packet.Timeout.Clock clock, long value) {
    /** Shortest lifetime in seconds: ten minutes. */
    public static final long MIN_SECONDS = 600;

    /** Longest lifetime in seconds: 30 days. */
    public static final long MAX_SECONDS = 30L * 24 * 3_600;

    /** Shortest lifetime in blocks. */
    public static final long MIN_BLOCKS = 10;

    /** Longest lifetime in blocks. */
    public static final long MAX_BLOCKS = 1_000_000;

    /** Whether a route may have it; a packet's clock is one of its destination. */
    public boolean isInRange() {
      return switch (clock) {
        case DESTINATION_TIME -> value >= MIN_SECONDS && value <= MAX_SECONDS;
        case DESTINATION_HEIGHT -> value >= MIN_BLOCKS && value <= MAX_BLOCKS;
        case RELAY_HEIGHT -> false;
      };
    }
  }

  public void write(CanonicalWriter out) {
    out.u8(ordering.code());
    writeLifetime(out, lifetime);
  }

  public static LaneTerms read(CanonicalReader in) {
    return new LaneTerms(Lane.Ordering.of(in.u8()), readLifetime(in));
  }

  static void writeLifetime(CanonicalWriter out, Optional<Lifetime> lifetime) {
    out.optional(lifetime, (w, each) -> w.u8(each.clock.code()).u64(each.value));
  }

  static Optional<Lifetime> readLifetime(CanonicalReader in) {
    return in.optional(r -> new Lifetime(Packet.Timeout.Clock.of(r.u8()), r.u64()));
  }
}
