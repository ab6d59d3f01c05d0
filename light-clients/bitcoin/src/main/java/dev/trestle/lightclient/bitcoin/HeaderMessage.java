package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;

/** An update or a piece of evidence: {@code u32 count} and as many 80-byte headers. */
final class HeaderMessage {
  /** As many as one P2P {@code headers} message holds. */
  static final int MAX_HEADERS = 2_000;

  private HeaderMessage() {}

  static Bytes encode(List<Bytes> rawHeaders) {
    if (rawHeaders.isEmpty() || rawHeaders.size() > MAX_HEADERS) {
      throw new IllegalArgumentException("between 1 and 2000 headers in a message");
    }
    CanonicalWriter out = new CanonicalWriter().u32(rawHeaders.size());
    for (Bytes raw : rawHeaders) {
      if (raw.size() != BlockHeader.SIZE) {
        throw new IllegalArgumentException("a header has 80 bytes, not " + raw.size());
      }
      out.fixed(raw);
    }
    return out.toBytes();
  }

  /** Cuts the message up without hashing anything. */
  static Verdict<List<Bytes>> split(Bytes message) {
    try {
      CanonicalReader in = new CanonicalReader(message);
      long count = in.u32();
      if (count < 1 || count > MAX_HEADERS) {
        return Verdict.reject(RejectionCode.MALFORMED, count + " headers");
      }
      List<Bytes> raw = new ArrayList<>((int) count);
      for (long i = 0; i < count; i++) {
        raw.add(in.fixed(BlockHeader.SIZE));
      }
      return in.remaining() == 0
          ? Verdict.accept(raw)
          : Verdict.reject(RejectionCode.TRAILING_BYTES, in.remaining() + " bytes");
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }
}
