package dev.trestle.lightclient.polkadot;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes SCALE, which {@link ScaleReader} reads back. Integers are not negative. */
public final class ScaleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  public ScaleWriter u8(int value) {
    return littleEndian(value, 1);
  }

  public ScaleWriter u16(int value) {
    return littleEndian(value, 2);
  }

  public ScaleWriter u32(long value) {
    return littleEndian(value, 4);
  }

  public ScaleWriter u64(long value) {
    return littleEndian(value, 8);
  }

  public ScaleWriter compact(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("not negative: " + value);
    }
    if (value < (1L << 6)) {
      return littleEndian(value << 2, 1);
    }
    if (value < (1L << 14)) {
      return littleEndian((value << 2) | 1, 2);
    }
    if (value < (1L << 30)) {
      return littleEndian((value << 2) | 2, 4);
    }
    int size = Math.max(4, (Long.SIZE - Long.numberOfLeadingZeros(value) + 7) / 8);
    return u8(((size - 4) << 2) | 3).littleEndian(value, size);
  }

  public ScaleWriter hash(Hash32 value) {
    return fixed(value.bytes());
  }

  public ScaleWriter fixed(Bytes value) {
    out.writeBytes(value.toArray());
    return this;
  }

  /** A compact length and the bytes. */
  public ScaleWriter bytes(Bytes value) {
    return compact(value.size()).fixed(value);
  }

  /** A compact count and the items. */
  public <T> ScaleWriter list(List<T> items, BiConsumer<ScaleWriter, T> item) {
    compact(items.size());
    for (T each : items) {
      item.accept(this, each);
    }
    return this;
  }

  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }

  private ScaleWriter littleEndian(long value, int size) {
    if (value < 0 || (size < 8 && value >>> (8 * size) != 0)) {
      throw new IllegalArgumentException(value + " does not fit " + size + " bytes");
    }
    for (int i = 0; i < size; i++) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
