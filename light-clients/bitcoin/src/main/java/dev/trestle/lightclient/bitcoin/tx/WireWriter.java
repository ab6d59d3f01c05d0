package dev.trestle.lightclient.bitcoin.tx;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.ByteArrayOutputStream;

/** Writes Bitcoin's little-endian wire form; {@link WireReader} reads it back. */
public final class WireWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  public WireWriter u8(int value) {
    out.write(value);
    return this;
  }

  public WireWriter u16(int value) {
    return u8(value).u8(value >>> 8);
  }

  /** The low 32 bits of {@code value}. */
  public WireWriter u32(long value) {
    return u16((int) value).u16((int) (value >>> 16));
  }

  public WireWriter i64(long value) {
    return u32(value).u32(value >>> 32);
  }

  public WireWriter hash(Hash32 value) {
    return fixed(value.bytes());
  }

  public WireWriter fixed(Bytes value) {
    out.writeBytes(value.toArray());
    return this;
  }

  public WireWriter compactSize(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("a size is not negative");
    }
    if (value < 0xfd) {
      return u8((int) value);
    }
    if (value <= 0xffff) {
      return u8(0xfd).u16((int) value);
    }
    if (value <= 0xffff_ffffL) {
      return u8(0xfe).u32(value);
    }
    return u8(0xff).i64(value);
  }

  /** A compact size and the bytes. */
  public WireWriter bytes(Bytes value) {
    return compactSize(value.size()).fixed(value);
  }

  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }
}
