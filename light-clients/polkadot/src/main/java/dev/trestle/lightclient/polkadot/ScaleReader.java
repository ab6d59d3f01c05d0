package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Strict reader of SCALE (Polkadot specification, appendix A.2.2): little-endian integers, compact
 * integers in their shortest form only, counts checked against a limit and against the bytes that
 * are left before anything is allocated. Every method throws {@link DecodeException}.
 */
public final class ScaleReader {
  private static final long MAX_U32 = 0xffff_ffffL;

  private final Bytes source;
  private int at;

  public ScaleReader(Bytes source) {
    this.source = source;
  }

  /** Decodes all of {@code source} with {@code decoder}; trailing bytes are refused. */
  public static <T> T decode(Bytes source, Function<ScaleReader, T> decoder) {
    ScaleReader in = new ScaleReader(source);
    T value;
    try {
      value = decoder.apply(in);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
    if (in.remaining() != 0) {
      throw new DecodeException(in.remaining() + " trailing bytes");
    }
    return value;
  }

  public int u8() {
    need(1);
    return source.at(at++);
  }

  public int u16() {
    return (int) littleEndian(2);
  }

  public long u32() {
    return littleEndian(4);
  }

  /** Refuses values over 2^63 - 1. */
  public long u64() {
    long value = littleEndian(8);
    if (value < 0) {
      throw new DecodeException("integer over 2^63-1");
    }
    return value;
  }

  /** A compact integer up to 2^63 - 1; refuses every form but the shortest. */
  public long compact() {
    int first = u8();
    return switch (first & 3) {
      case 0 -> first >>> 2;
      case 1 -> shortest((((long) u8() << 8) | first) >>> 2, 1L << 6);
      case 2 -> shortest(((littleEndian(3) << 8) | first) >>> 2, 1L << 14);
      default -> bigCompact((first >>> 2) + 4);
    };
  }

  private long bigCompact(int size) {
    if (size > 8) {
      throw new DecodeException("a compact integer of " + size + " bytes");
    }
    long value = littleEndian(size);
    if (value < 0) {
      throw new DecodeException("integer over 2^63-1");
    }
    return shortest(value, size == 4 ? 1L << 30 : 1L << (8 * (size - 1)));
  }

  private static long shortest(long value, long least) {
    if (value < least) {
      throw new DecodeException(value + " is not in the shortest form");
    }
    return value;
  }

  /** A compact integer up to 2^32 - 1. */
  public long compactU32() {
    long value = compact();
    if (value > MAX_U32) {
      throw new DecodeException(value + " is over 2^32-1");
    }
    return value;
  }

  public Hash32 hash() {
    return new Hash32(fixed(Hash32.SIZE));
  }

  public Bytes fixed(int size) {
    need(size);
    Bytes value = source.slice(at, at + size);
    at += size;
    return value;
  }

  /** A compact length and the bytes. */
  public Bytes bytes(int maxSize) {
    return fixed(count(maxSize, 1));
  }

  /** A compact count and the items, each of at least {@code minSize} bytes. */
  public <T> List<T> list(int maxItems, int minSize, Function<ScaleReader, T> item) {
    int count = count(maxItems, minSize);
    List<T> items = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      items.add(item.apply(this));
    }
    return List.copyOf(items);
  }

  private int count(int max, int minSize) {
    long count = compact();
    if (count > max) {
      throw new DecodeException(count + " items where at most " + max + " are allowed");
    }
    need(count * minSize);
    return (int) count;
  }

  /** Index of the next byte. */
  public int position() {
    return at;
  }

  /** What has been read since {@code from}. */
  public Bytes since(int from) {
    return source.slice(from, at);
  }

  public int remaining() {
    return source.size() - at;
  }

  private long littleEndian(int size) {
    need(size);
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = (value << 8) | source.at(at + i);
    }
    at += size;
    return value;
  }

  private void need(long count) {
    if (remaining() < count) {
      throw new DecodeException("truncated: " + count + " bytes wanted, " + remaining() + " left");
    }
  }
}
