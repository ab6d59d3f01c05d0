package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;

/** Asks for decided blocks {@code from .. from + count - 1}: {@code u64 from | u16 count}. */
record SyncRequest(long from, int count) {
  /** Most blocks that one request may ask for. */
  static final int MAX_BLOCKS = 16;

  SyncRequest {
    if (from < 1 || count < 1 || count > MAX_BLOCKS) {
      throw new IllegalArgumentException("a sync request for " + count + " blocks from " + from);
    }
  }

  Bytes encode() {
    return new CanonicalWriter().u64(from).u16(count).toBytes();
  }

  static SyncRequest decode(Bytes bytes) {
    return CanonicalReader.decode(bytes, in -> new SyncRequest(in.u64(), in.u16()));
  }
}
