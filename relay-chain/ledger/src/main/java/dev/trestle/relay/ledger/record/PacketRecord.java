package dev.trestle.relay.ledger.record;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import dev.trestle.lightclient.packet.Packet;

/**
 * A packet that the ledger emitted.
 *
 * @param sentAt relay height of the block whose outbox holds it
 * @param outboxIndex its leaf there
 * @param amount that it carries, smallest units
 */
public record PacketRecord(
    Packet packet,
    State state,
    long sentAt,
    int outboxIndex,
    Hash32 transferId,
    Hash32 routeId,
    Amount amount) {
  private static final int VERSION = 1;
  private static final int MAX_PACKET = 1_200_000;

  /** Exactly one of the others follows SENT, once. */
  public enum State {
    SENT,
    /** The destination executed it. */
    ACKNOWLEDGED,
    /** The destination received it and refused what it asks for. */
    FAILED,
    /** The destination did not receive it before its timeout, and never will. */
    TIMED_OUT
  }

  public PacketRecord with(State next) {
    return new PacketRecord(packet, next, sentAt, outboxIndex, transferId, routeId, amount);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).bytes(packet.encode());
    Fields.constant(out, state).u64(sentAt).u32(outboxIndex);
    return out.hash(transferId).hash(routeId).amount(amount).toBytes();
  }

  public static PacketRecord decode(Bytes stored) {
    return CanonicalReader.decode(
        stored,
        in -> {
          Fields.version(in, VERSION);
          return new PacketRecord(
              Packet.decode(in.bytes(MAX_PACKET)),
              Fields.constant(in, State.values()),
              in.u64(),
              Math.toIntExact(in.u32()),
              in.hash(),
              in.hash(),
              in.amount());
        });
  }
}
