package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import java.util.List;

/**
 * Decided blocks in ascending order, each with the certificate that proves it: {@code u64 from |
 * u32 count | (bytes block, bytes certificate)...}. Empty when the sender has none from there on.
 */
record SyncResponse(long from, List<Item> items) {
  /** A response stops growing when it has this many bytes. */
  static final int SOFT_LIMIT_BYTES = 4 << 20;

  record Item(Bytes block, Bytes certificate) {}

  SyncResponse {
    items = List.copyOf(items);
  }

  Bytes encode() {
    return new CanonicalWriter()
        .u64(from)
        .list(items, (out, item) -> out.bytes(item.block()).bytes(item.certificate()))
        .toBytes();
  }

  static SyncResponse decode(Bytes bytes) {
    int limit = FrameType.BLOCKS.maxBytes();
    return CanonicalReader.decode(
        bytes,
        in ->
            new SyncResponse(
                in.u64(),
                in.list(SyncRequest.MAX_BLOCKS, r -> new Item(r.bytes(limit), r.bytes(limit)))));
  }
}
