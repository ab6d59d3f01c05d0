package dev.trestle.lightclient.trestle;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * Where a fact stands in a relay chain: a packet in the outbox of a block, or an entry of the state
 * after a block.
 *
 * <p>Canonical bytes: {@code u8 version = 1 | u64 height | u8 kind}, then {@code b32 packetId} for
 * kind 1 and {@code bytes key} for kind 2. The value of a packet's claim is the packet as its
 * format has it; that of an entry's claim the entry's value.
 */
public sealed interface TrestlePath {
  /** Longest key of an entry in bytes. */
  int MAX_KEY = 512;

  /** Height of the block. */
  long height();

  /** The block emitted this packet. */
  record InOutbox(long height, Hash32 packetId) implements TrestlePath {}

  /** What stands under {@code key} after the block. */
  record InState(long height, Bytes key) implements TrestlePath {}

  /** Canonical bytes. */
  default Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(1).u64(height());
    return switch (this) {
      case InOutbox packet -> out.u8(1).hash(packet.packetId()).toBytes();
      case InState entry -> out.u8(2).bytes(entry.key()).toBytes();
    };
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a path
   */
  static TrestlePath decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          int version = in.u8();
          if (version != 1) {
            throw new DecodeException("path version " + version);
          }
          long height = in.u64();
          int kind = in.u8();
          return switch (kind) {
            case 1 -> new InOutbox(height, in.hash());
            case 2 -> new InState(height, in.bytes(MAX_KEY));
            default -> throw new DecodeException("path of kind " + kind);
          };
        });
  }
}
