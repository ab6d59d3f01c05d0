package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.RejectionCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An update or a piece of evidence: {@code u32 count} and as many 80-byte headers. Of a signet:
 * {@code u32 count} and as many {@link SignetHeader}s, each as {@code bytes}.
 *
 * <p>Splitting rejects with {@code malformed} (no header, too many, too few bytes) and {@code
 * trailing-bytes}.
 *
 * <p>Headers as in a {@code headers} message (BIP-130).
 */
final class HeaderMessage {
  /** As many as one P2P {@code headers} message holds. */
  static final int MAX_HEADERS = 2_000;

  private HeaderMessage() {}

  /**
   * @throws IllegalArgumentException if these are not some headers of one kind
   */
  static Bytes encode(List<Bytes> rawHeaders) {
    if (rawHeaders.isEmpty() || rawHeaders.size() > MAX_HEADERS) {
      throw new IllegalArgumentException("between 1 and 2000 headers in a message");
    }
    boolean signet = rawHeaders.getFirst().size() > BlockHeader.SIZE;
    CanonicalWriter out = new CanonicalWriter().u32(rawHeaders.size());
    for (Bytes raw : rawHeaders) {
      if (signet ? raw.size() <= BlockHeader.SIZE : raw.size() != BlockHeader.SIZE) {
        throw new IllegalArgumentException("a header has 80 bytes, not " + raw.size());
      }
      if (signet) {
        out.bytes(raw);
      } else {
        out.fixed(raw);
      }
    }
    return out.toBytes();
  }

  /** Cuts the message up without hashing anything. */
  static Verdict<List<Bytes>> split(Bytes message) {
    return split(message, in -> in.fixed(BlockHeader.SIZE));
  }

  /** The same for a signet; the parts are not decoded yet. */
  static Verdict<List<Bytes>> splitSignet(Bytes message) {
    return split(message, in -> in.bytes(SignetHeader.MAX_SIZE));
  }

  private static Verdict<List<Bytes>> split(Bytes message, Function<CanonicalReader, Bytes> next) {
    try {
      CanonicalReader in = new CanonicalReader(message);
      long count = in.u32();
      if (count < 1 || count > MAX_HEADERS) {
        return Verdict.reject(RejectionCode.MALFORMED, count + " headers");
      }
      List<Bytes> raw = new ArrayList<>((int) count);
      for (long i = 0; i < count; i++) {
        raw.add(next.apply(in));
      }
      return in.remaining() == 0
          ? Verdict.accept(raw)
          : Verdict.reject(RejectionCode.TRAILING_BYTES, in.remaining() + " bytes");
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }
}
