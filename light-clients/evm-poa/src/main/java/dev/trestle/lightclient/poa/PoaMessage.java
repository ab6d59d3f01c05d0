package dev.trestle.lightclient.poa;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import java.util.List;

/**
 * Headers in ascending order: {@code u8 version = 1 | list (u32 count, each with a u32 length) of
 * header RLPs}, seals included. Of Clique, the last ones serve to bury those before them and are
 * sent again next time.
 */
record PoaMessage(List<Bytes> headers) {
  /** Most headers of one message. */
  static final int MAX_HEADERS = 1_024;

  private static final int VERSION = 1;

  PoaMessage {
    headers = List.copyOf(headers);
    if (headers.isEmpty() || headers.size() > MAX_HEADERS) {
      throw new IllegalArgumentException(headers.size() + " headers");
    }
  }

  Bytes encode() {
    return new CanonicalWriter().u8(VERSION).list(headers, CanonicalWriter::bytes).toBytes();
  }

  /**
   * @throws DecodeException unless {@code encoded} is exactly the canonical form of a message
   */
  static PoaMessage decode(Bytes encoded) {
    return CanonicalReader.decode(
        encoded,
        in -> {
          int version = in.u8();
          if (version != VERSION) {
            throw new DecodeException("message version " + version);
          }
          return new PoaMessage(in.list(MAX_HEADERS, each -> each.bytes(PoaHeader.MAX_SIZE)));
        });
  }
}
