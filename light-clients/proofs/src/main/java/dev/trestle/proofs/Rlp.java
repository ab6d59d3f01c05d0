package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.util.ArrayList;
import java.util.List;

/**
 * RLP, strict: exactly one encoding of an item decodes, so {@code encode(decode(x))} is {@code x}.
 */
public final class Rlp {
  /** Lists in lists; a receipt, the deepest thing we read, has four levels. */
  public static final int MAX_DEPTH = 16;

  private static final int SHORT = 55;
  private static final int TEXT = 0x80;
  private static final int LIST = 0xc0;

  private Rlp() {}

  public static Bytes encode(RlpItem item) {
    return switch (item) {
      case RlpItem.Text(Bytes value) when value.size() == 1 && value.at(0) < TEXT -> value;
      case RlpItem.Text(Bytes value) -> Bytes.concat(prefix(TEXT, value.size()), value);
      case RlpItem.Sequence(List<RlpItem> items) -> {
        Bytes body = Bytes.concat(items.stream().map(Rlp::encode).toArray(Bytes[]::new));
        yield Bytes.concat(prefix(LIST, body.size()), body);
      }
    };
  }

  /**
   * @throws DecodeException unless {@code encoded} is the canonical form of exactly one item, at
   *     most {@link #MAX_DEPTH} lists deep
   */
  public static RlpItem decode(Bytes encoded) {
    Cursor cursor = new Cursor(encoded);
    RlpItem item = cursor.item(encoded.size(), 0);
    if (cursor.at != encoded.size()) {
      throw new DecodeException((encoded.size() - cursor.at) + " trailing bytes");
    }
    return item;
  }

  private static Bytes prefix(int base, int size) {
    if (size <= SHORT) {
      return Bytes.wrap(new byte[] {(byte) (base + size)});
    }
    int lengthBytes = (32 - Integer.numberOfLeadingZeros(size) + 7) / 8;
    byte[] out = new byte[1 + lengthBytes];
    out[0] = (byte) (base + SHORT + lengthBytes);
    for (int i = 0; i < lengthBytes; i++) {
      out[lengthBytes - i] = (byte) (size >>> (8 * i));
    }
    return Bytes.wrap(out);
  }

  private static final class Cursor {
    private final Bytes source;
    private int at;

    Cursor(Bytes source) {
      this.source = source;
    }

    /** Reads the item at the cursor, which must end at or before {@code limit}. */
    RlpItem item(int limit, int depth) {
      if (at >= limit) {
        throw new DecodeException("truncated");
      }
      int head = source.at(at++);
      if (head < TEXT) {
        return RlpItem.of(source.slice(at - 1, at));
      }
      boolean list = head >= LIST;
      int size = size(head - (list ? LIST : TEXT), limit);
      if (size > limit - at) {
        throw new DecodeException("an item of " + size + " bytes, " + (limit - at) + " left");
      }
      return list ? sequence(at + size, depth + 1) : text(size);
    }

    private RlpItem text(int size) {
      if (size == 1 && source.at(at) < TEXT) {
        throw new DecodeException("a single byte in long form");
      }
      at += size;
      return RlpItem.of(source.slice(at - size, at));
    }

    private RlpItem sequence(int end, int depth) {
      if (depth > MAX_DEPTH) {
        throw new DecodeException("more than " + MAX_DEPTH + " levels");
      }
      List<RlpItem> items = new ArrayList<>();
      while (at < end) {
        items.add(item(end, depth));
      }
      return RlpItem.of(items);
    }

    private int size(int code, int limit) {
      if (code <= SHORT) {
        return code;
      }
      int lengthBytes = code - SHORT;
      if (lengthBytes > 4 || lengthBytes > limit - at) {
        throw new DecodeException("length of " + lengthBytes + " bytes");
      }
      long size = 0;
      for (int i = 0; i < lengthBytes; i++) {
        size = (size << 8) | source.at(at++);
      }
      boolean leadingZero = source.at(at - lengthBytes) == 0;
      if (leadingZero || size <= SHORT || size > Integer.MAX_VALUE) {
        throw new DecodeException("length not canonical or too large");
      }
      return (int) size;
    }
  }
}
