package dev.trestle.base;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Writes the one binary form that is hashed, signed and stored: big-endian integers of fixed width,
 * length-prefixed bytes, fields in a fixed order, no maps, no floats. {@link CanonicalReader} reads
 * it back and accepts nothing else.
 */
public final class CanonicalWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  public CanonicalWriter u8(int value) {
    range(value, 0xff);
    out.write(value);
    return this;
  }

  public CanonicalWriter u16(int value) {
    range(value, 0xffff);
    out.write(value >>> 8);
    out.write(value);
    return this;
  }

  public CanonicalWriter u32(long value) {
    range(value, 0xffff_ffffL);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
    return this;
  }

  /** A non-negative 64-bit integer; negative values are a bug in the caller. */
  public CanonicalWriter u64(long value) {
    range(value, Long.MAX_VALUE);
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
    return this;
  }

  public CanonicalWriter u256(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a u256: " + value);
    }
    byte[] raw = value.toByteArray();
    int skip = raw.length > 32 ? raw.length - 32 : 0;
    for (int i = raw.length - skip; i < 32; i++) {
      out.write(0);
    }
    out.write(raw, skip, raw.length - skip);
    return this;
  }

  public CanonicalWriter amount(Amount value) {
    return u256(value.value());
  }

  public CanonicalWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  public CanonicalWriter hash(Hash32 value) {
    return fixed(value.bytes());
  }

  /** The bytes as they are, for fields whose length the format fixes. */
  public CanonicalWriter fixed(Bytes value) {
    out.writeBytes(value.toArray());
    return this;
  }

  /** A u32 length and the bytes. */
  public CanonicalWriter bytes(Bytes value) {
    u32(value.size());
    return fixed(value);
  }

  /** A u16 length and UTF-8. */
  public CanonicalWriter text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    u16(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  /** A u32 count and the items. */
  public <T> CanonicalWriter list(List<T> items, BiConsumer<CanonicalWriter, T> item) {
    u32(items.size());
    for (T each : items) {
      item.accept(this, each);
    }
    return this;
  }

  public <T> CanonicalWriter optional(Optional<T> value, BiConsumer<CanonicalWriter, T> item) {
    bool(value.isPresent());
    value.ifPresent(present -> item.accept(this, present));
    return this;
  }

  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }

  private static void range(long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(value + " is not in [0, " + max + "]");
    }
  }
}
