package dev.trestle.lightclient.cometbft;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.RejectionCode;
import java.util.List;
import java.util.function.Function;

/**
 * Encodings of what the client is sent. An update is {@code u8 version = 1 | list of bytes header},
 * one to {@link #MAX_HEADERS} headers in ascending order, each an encoded {@link UpdateHeader}.
 * Evidence is {@code u8 version = 1 | u8 kind}, then for kind 1 {@code bytes header | bytes
 * header}, for kind 2 {@code bytes header | u64 height of a known header}.
 *
 * <p>Decoding rejects with {@code malformed} (over the largest size, or another form) and {@code
 * budget-exceeded} (by size, before anything is decoded).
 *
 * <p>The headers are ICS-07 {@code Header}.
 */
public final class CometMessages {
  /** Most headers of one update. */
  public static final int MAX_HEADERS = 64;

  /** Largest message in bytes. */
  public static final int MAX_SIZE = 2_000_000;

  private static final int VERSION = 1;
  private static final int TWO_HEADERS = 1;
  private static final int AGAINST_KNOWN = 2;

  /** Bytes of a message for one unit of work: decoding and hashing them takes about that. */
  private static final int BYTES_PER_UNIT = 16;

  private CometMessages() {}

  /** Evidence that the chain broke. */
  sealed interface Evidence {
    record Pair(UpdateHeader first, UpdateHeader second) implements Evidence {}

    record AgainstKnown(UpdateHeader header, long knownHeight) implements Evidence {}
  }

  public static Bytes update(List<Bytes> headers) {
    if (headers.isEmpty() || headers.size() > MAX_HEADERS) {
      throw new IllegalArgumentException(headers.size() + " headers");
    }
    return new CanonicalWriter().u8(VERSION).list(headers, CanonicalWriter::bytes).toBytes();
  }

  /** Evidence of two headers that contradict one another. */
  public static Bytes evidence(UpdateHeader first, UpdateHeader second) {
    return new CanonicalWriter()
        .u8(VERSION)
        .u8(TWO_HEADERS)
        .bytes(first.encode())
        .bytes(second.encode())
        .toBytes();
  }

  /** Evidence of a header that contradicts the one that the client knows at {@code height}. */
  public static Bytes evidence(UpdateHeader header, long height) {
    return new CanonicalWriter()
        .u8(VERSION)
        .u8(AGAINST_KNOWN)
        .bytes(header.encode())
        .u64(height)
        .toBytes();
  }

  static Verdict<List<UpdateHeader>> decodeUpdate(Bytes message, Budget budget) {
    return decode(message, budget, CometMessages::readUpdate);
  }

  static Verdict<Evidence> decodeEvidence(Bytes message, Budget budget) {
    return decode(message, budget, CometMessages::readEvidence);
  }

  /** Charges for the size, then decodes. */
  static <T> Verdict<T> decode(Bytes message, Budget budget, Function<CanonicalReader, T> decoder) {
    if (message.size() > MAX_SIZE) {
      return Verdict.reject(RejectionCode.MALFORMED, "a message of " + message.size() + " bytes");
    }
    if (!budget.charge(units(message))) {
      return Verdict.reject(RejectionCode.BUDGET_EXCEEDED, "before decoding");
    }
    try {
      return Verdict.accept(CanonicalReader.decode(message, decoder));
    } catch (DecodeException e) {
      return Verdict.reject(RejectionCode.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  static long units(Bytes message) {
    return Budget.HASH * (message.size() / BYTES_PER_UNIT + 1L);
  }

  private static List<UpdateHeader> readUpdate(CanonicalReader in) {
    version(in);
    List<UpdateHeader> headers = in.list(MAX_HEADERS, CometMessages::header);
    if (headers.isEmpty()) {
      throw new DecodeException("no header");
    }
    return headers;
  }

  private static Evidence readEvidence(CanonicalReader in) {
    version(in);
    int kind = in.u8();
    return switch (kind) {
      case TWO_HEADERS -> new Evidence.Pair(header(in), header(in));
      case AGAINST_KNOWN -> new Evidence.AgainstKnown(header(in), in.u64());
      default -> throw new DecodeException("evidence of kind " + kind);
    };
  }

  private static UpdateHeader header(CanonicalReader in) {
    return UpdateHeader.decode(in.bytes(UpdateHeader.MAX_SIZE));
  }

  private static void version(CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("message version " + version);
    }
  }
}
