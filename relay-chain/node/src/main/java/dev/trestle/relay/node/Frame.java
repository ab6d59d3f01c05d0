package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import io.vertx.core.buffer.Buffer;

/**
 * One message between peers: {@code u32 length | u8 version = 1 | u8 type | payload}, big-endian;
 * the length counts everything after itself.
 */
record Frame(FrameType type, Bytes payload) {
  static final int VERSION = 1;

  /** Bytes before the payload. */
  static final int HEADER_BYTES = 6;

  Frame {
    if (payload.size() > type.maxBytes()) {
      throw new IllegalArgumentException(type + " of " + payload.size() + " bytes");
    }
  }

  int wireSize() {
    return HEADER_BYTES + payload.size();
  }

  /** What it takes from the allowance of the peer that sent it. */
  int cost() {
    return Math.max(wireSize(), type.costBytes());
  }

  Buffer encode() {
    return Buffer.buffer(wireSize())
        .appendInt(payload.size() + 2)
        .appendByte((byte) VERSION)
        .appendByte((byte) type.code())
        .appendBytes(payload.toArray());
  }
}
