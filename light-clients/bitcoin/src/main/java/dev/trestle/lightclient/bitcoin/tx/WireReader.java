package dev.trestle.lightclient.bitcoin.tx;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * Strict reader of Bitcoin's little-endian wire form. Throws {@link DecodeException} on truncation
 * and on a compact size that is not in its shortest form.
 */
public final class WireReader {
  private final Bytes source;
  private int at;

  public WireReader(Bytes source) {
    this.source = source;
  }

  public int u8() {
    need(1);
    return source.at(at++);
  }

  public int u16() {
    return u8() | (u8() << 8);
  }

  public long u32() {
    return u16() | ((long) u16() << 16);
  }

  /** The 32 bits as a signed number: versions are signed. */
  public int i32() {
    return (int) u32();
  }

  /** The 64 bits as a signed number: amounts are signed. */
  public long i64() {
    return u32() | (u32() << 32);
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

  /** A compact size of at most {@code max}, in its only valid form. */
  public int compactSize(int max) {
    int first = u8();
    long value;
    long least;
    switch (first) {
      case 0xfd -> {
        value = u16();
        least = 0xfd;
      }
      case 0xfe -> {
        value = u32();
        least = 0x1_0000L;
      }
      case 0xff -> {
        value = i64();
        least = 0x1_0000_0000L;
      }
      default -> {
        value = first;
        least = 0;
      }
    }
    if (value < least) {
      throw new DecodeException("compact size is not in its shortest form");
    }
    if (value > max) {
      throw new DecodeException("count or length " + value + " where at most " + max + " can be");
    }
    return (int) value;
  }

  /** A compact size and as many bytes. */
  public Bytes bytes() {
    return fixed(compactSize(Math.max(0, remaining())));
  }

  public int remaining() {
    return source.size() - at;
  }

  private void need(int count) {
    if (remaining() < count) {
      throw new DecodeException("truncated: " + count + " bytes wanted, " + remaining() + " left");
    }
  }
}
