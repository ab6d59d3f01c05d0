package dev.trestle.base;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Writes the one binary form that is hashed, signed and stored: big-endian integers of fixed width,
 * length-prefixed bytes, fields in a fixed order, no maps, no floats. {@link CanonicalReader} reads
 * it back and accepts nothing else.
 */
public final class CanonicalWriter {
  private static final int FIRST_CAPACITY = 256;

  /** Some virtual machines cannot make a larger array. */
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  private byte[] out;
  private int size;

  public CanonicalWriter() {
    this(FIRST_CAPACITY);
  }

  /**
   * @param expected bytes that are likely to be written; more may be, at the price of a copy
   */
  public CanonicalWriter(int expected) {
    this.out = new byte[expected];
  }

  public CanonicalWriter u8(int value) {
    range(value, 0xff);
    room(1);
    out[size++] = (byte) value;
    return this;
  }

  public CanonicalWriter u16(int value) {
    range(value, 0xffff);
    bigEndian(value, 2);
    return this;
  }

  public CanonicalWriter u32(long value) {
    range(value, 0xffff_ffffL);
    bigEndian(value, 4);
    return this;
  }

  /** A non-negative 64-bit integer; negative values are a bug in the caller. */
  public CanonicalWriter u64(long value) {
    range(value, Long.MAX_VALUE);
    bigEndian(value, 8);
    return this;
  }

  public CanonicalWriter u256(BigInteger value) {
    if (value.signum() < 0 || value.bitLength() > 256) {
      throw new IllegalArgumentException("not a u256: " + value);
    }
    byte[] raw = value.toByteArray();
    int skip = raw.length > 32 ? raw.length - 32 : 0;
    room(32);
    int length = raw.length - skip;
    Arrays.fill(out, size, size + 32 - length, (byte) 0);
    System.arraycopy(raw, skip, out, size + 32 - length, length);
    size += 32;
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
    room(value.size());
    size = value.copyTo(out, size);
    return this;
  }

  /** A u32 length and the bytes. */
  public CanonicalWriter bytes(Bytes value) {
    u32(value.size());
    return fixed(value);
  }

  /** A u16 length and UTF-8. */
  public CanonicalWriter text(String value) {
    Bytes utf8 = Bytes.utf8(value);
    u16(utf8.size());
    return fixed(utf8);
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
    return Bytes.wrap(Arrays.copyOf(out, size));
  }

  private void bigEndian(long value, int bytes) {
    room(bytes);
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out[size++] = (byte) (value >>> shift);
    }
  }

  private void room(int more) {
    int needed = Math.addExact(size, more);
    if (needed > out.length) {
      out = Arrays.copyOf(out, Math.max(needed, (int) Math.min(2L * out.length, MAX_CAPACITY)));
    }
  }

  private static void range(long value, long max) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(value + " is not in [0, " + max + "]");
    }
  }
}
