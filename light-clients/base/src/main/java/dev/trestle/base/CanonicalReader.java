package dev.trestle.base;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Strict reader of what {@link CanonicalWriter} writes. Every method throws {@link DecodeException}
 * on truncation, on a value out of range and on a length over the limit the caller passes; lengths
 * are checked before anything is allocated.
 */
public final class CanonicalReader {
  private final Bytes source;
  private int at;

  public CanonicalReader(Bytes source) {
    this.source = source;
  }

  /** Decodes all of {@code source} with {@code decoder}; trailing bytes are refused. */
  public static <T> T decode(Bytes source, Function<CanonicalReader, T> decoder) {
    CanonicalReader reader = new CanonicalReader(source);
    T value;
    try {
      value = decoder.apply(reader);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
    reader.end();
    return value;
  }

  public int u8() {
    need(1);
    return source.at(at++);
  }

  public int u16() {
    return (u8() << 8) | u8();
  }

  public long u32() {
    return ((long) u16() << 16) | u16();
  }

  public long u64() {
    long value = (u32() << 32) | u32();
    if (value < 0) {
      throw new DecodeException("integer over 2^63-1");
    }
    return value;
  }

  public BigInteger u256() {
    return new BigInteger(1, fixed(32).toArray());
  }

  public Amount amount() {
    return new Amount(u256());
  }

  public boolean bool() {
    int value = u8();
    if (value > 1) {
      throw new DecodeException("a boolean is 0 or 1, not " + value);
    }
    return value == 1;
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

  public Bytes bytes(int maxSize) {
    long size = u32();
    if (size > maxSize) {
      throw new DecodeException(size + " bytes where at most " + maxSize + " are allowed");
    }
    return fixed((int) size);
  }

  public String text(int maxBytes) {
    int size = u16();
    if (size > maxBytes) {
      throw new DecodeException(size + " bytes of text where at most " + maxBytes + " are allowed");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(fixed(size).toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException("text is not UTF-8");
    }
  }

  public <T> List<T> list(int maxItems, Function<CanonicalReader, T> item) {
    long count = u32();
    if (count > maxItems) {
      throw new DecodeException(count + " items where at most " + maxItems + " are allowed");
    }
    List<T> items = new ArrayList<>((int) Math.min(count, 1024));
    for (long i = 0; i < count; i++) {
      items.add(item.apply(this));
    }
    return List.copyOf(items);
  }

  public <T> Optional<T> optional(Function<CanonicalReader, T> item) {
    return bool() ? Optional.of(item.apply(this)) : Optional.empty();
  }

  public int remaining() {
    return source.size() - at;
  }

  /** Refuses trailing bytes. */
  public void end() {
    if (remaining() != 0) {
      throw new DecodeException(remaining() + " trailing bytes");
    }
  }

  private void need(int count) {
    if (remaining() < count) {
      throw new DecodeException("truncated: " + count + " bytes wanted, " + remaining() + " left");
    }
  }
}
