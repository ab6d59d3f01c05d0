package dev.trestle.lightclient.ethereum.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;

/**
 * The raw block format of Snappy (google/snappy format_description.txt), in which the consensus
 * spec tests store SSZ objects. Decompression only; the stated size is checked before the buffer is
 * allocated.
 */
final class SnappyBlock {
  private final Bytes source;
  private final byte[] out;
  private int at;
  private int written;

  private SnappyBlock(Bytes source, int maxSize) {
    this.source = source;
    long size = length();
    if (size > maxSize) {
      throw new DecodeException(size + " bytes where at most " + maxSize + " are allowed");
    }
    this.out = new byte[(int) size];
  }

  static Bytes decompress(Bytes compressed, int maxSize) {
    SnappyBlock block = new SnappyBlock(compressed, maxSize);
    while (block.at < compressed.size()) {
      block.element();
    }
    if (block.written != block.out.length) {
      throw new DecodeException("snappy: " + block.written + " bytes of " + block.out.length);
    }
    return Bytes.wrap(block.out);
  }

  private long length() {
    long size = 0;
    for (int shift = 0; shift <= 28; shift += 7) {
      int next = next();
      size |= (long) (next & 0x7f) << shift;
      if (next < 0x80) {
        return size;
      }
    }
    throw new DecodeException("snappy: length over 32 bits");
  }

  private void element() {
    int tag = next();
    switch (tag & 3) {
      case 0 -> literal(tag >>> 2);
      case 1 -> copy((tag >>> 2 & 7) + 4, (tag >>> 5) << 8 | next());
      case 2 -> copy((tag >>> 2) + 1, littleEndian(2));
      default -> copy((tag >>> 2) + 1, littleEndian(4));
    }
  }

  private void literal(int code) {
    long length = code < 60 ? code + 1L : littleEndian(code - 59) + 1;
    if (length > source.size() - at || length > out.length - written) {
      throw new DecodeException("snappy: a literal of " + length + " bytes");
    }
    for (int i = 0; i < length; i++) {
      out[written++] = (byte) source.at(at++);
    }
  }

  private void copy(int length, long offset) {
    if (offset < 1 || offset > written || length > out.length - written) {
      throw new DecodeException("snappy: a copy from " + offset + " bytes back");
    }
    for (int i = 0; i < length; i++, written++) {
      out[written] = out[written - (int) offset];
    }
  }

  private long littleEndian(int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (long) next() << (8 * i);
    }
    return value;
  }

  private int next() {
    if (at >= source.size()) {
      throw new DecodeException("snappy: truncated");
    }
    return source.at(at++);
  }
}
