package dev.trestle.lightclient.bitcoin.filter;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.io.ByteArrayOutputStream;

/**
 * Golomb-Rice coding of a sorted list of numbers as its differences (BIP-158): the quotient in
 * unary (ones, then a zero), then {@link #P} bits of the remainder, most significant bit first.
 */
final class GolombSet {
  /** Bits of the remainder. */
  static final int P = 19;

  private GolombSet() {}

  static Bytes encode(long[] sorted) {
    BitWriter out = new BitWriter();
    long last = 0;
    for (long value : sorted) {
      long delta = value - last;
      for (long quotient = delta >>> P; quotient > 0; quotient--) {
        out.bit(1);
      }
      out.bit(0);
      for (int bit = P - 1; bit >= 0; bit--) {
        out.bit((int) (delta >>> bit & 1));
      }
      last = value;
    }
    return out.toBytes();
  }

  /**
   * Reads {@code count} numbers below {@code bound}.
   *
   * @param from first byte of the code in {@code source}; everything from there on is read
   * @throws DecodeException if the code is cut off, goes over the bound, or leaves a whole byte or
   *     a set bit unused
   */
  static long[] decode(Bytes source, int from, int count, long bound) {
    BitReader in = new BitReader(source, from);
    if (in.left() / (P + 1) < count) {
      throw new DecodeException(count + " elements in " + in.left() + " bits");
    }
    long[] values = new long[count];
    long last = 0;
    for (int i = 0; i < count; i++) {
      long quotient = 0;
      while (in.bit() == 1) {
        quotient++;
      }
      long delta = quotient;
      for (int bit = 0; bit < P; bit++) {
        delta = delta << 1 | in.bit();
      }
      last += delta;
      if (last >= bound) {
        throw new DecodeException("an element over its range");
      }
      values[i] = last;
    }
    if (in.left() >= 8) {
      throw new DecodeException("unused bytes behind the last element");
    }
    while (in.left() > 0) {
      if (in.bit() != 0) {
        throw new DecodeException("a set bit behind the last element");
      }
    }
    return values;
  }

  private static final class BitReader {
    private final Bytes source;
    private long at;

    private BitReader(Bytes source, int from) {
      this.source = source;
      this.at = 8L * from;
    }

    private long left() {
      return 8L * source.size() - at;
    }

    private int bit() {
      if (left() <= 0) {
        throw new DecodeException("cut off");
      }
      int bit = source.at((int) (at >>> 3)) >>> (7 - (int) (at & 7)) & 1;
      at++;
      return bit;
    }
  }

  private static final class BitWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int current;
    private int used;

    private void bit(int bit) {
      current = current << 1 | bit;
      if (++used == 8) {
        out.write(current);
        current = 0;
        used = 0;
      }
    }

    private Bytes toBytes() {
      if (used > 0) {
        out.write(current << (8 - used));
      }
      return Bytes.wrap(out.toByteArray());
    }
  }
}
