package dev.trestle.base;

import java.util.Arrays;
import java.util.HexFormat;

/** Immutable byte string. The only form in which bytes cross a module border. */
public final class Bytes implements Comparable<Bytes> {
  /** The byte string of length zero. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final HexFormat HEX = HexFormat.of();

  private final byte[] value;

  private Bytes(byte[] value) {
    this.value = value;
  }

  /** Copies {@code source}. */
  public static Bytes of(byte[] source) {
    return source.length == 0 ? EMPTY : new Bytes(source.clone());
  }

  /**
   * Takes ownership of {@code source} without a copy; the caller must not touch the array again.
   * For encoders and digests that have just made it.
   */
  public static Bytes wrap(byte[] source) {
    return source.length == 0 ? EMPTY : new Bytes(source);
  }

  /** Parses lower- or upper-case hex, with or without a leading {@code 0x}. */
  public static Bytes fromHex(String hex) {
    String digits = hex.startsWith("0x") || hex.startsWith("0X") ? hex.substring(2) : hex;
    return wrap(HEX.parseHex(digits));
  }

  public static Bytes utf8(String text) {
    return wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  public static Bytes concat(Bytes... parts) {
    int total = 0;
    for (Bytes part : parts) {
      total = Math.addExact(total, part.size());
    }
    byte[] joined = new byte[total];
    int at = 0;
    for (Bytes part : parts) {
      System.arraycopy(part.value, 0, joined, at, part.size());
      at += part.size();
    }
    return wrap(joined);
  }

  public int size() {
    return value.length;
  }

  public boolean isEmpty() {
    return value.length == 0;
  }

  /** The byte at {@code index}, 0..255. */
  public int at(int index) {
    return value[index] & 0xff;
  }

  /**
   * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= size()}
   */
  public Bytes slice(int from, int to) {
    if (from < 0 || to > value.length || from > to) {
      throw new IndexOutOfBoundsException("[" + from + "," + to + ") of " + value.length);
    }
    return wrap(Arrays.copyOfRange(value, from, to));
  }

  /** Same bytes in reverse order: Bitcoin shows hashes this way. */
  public Bytes reverse() {
    byte[] out = new byte[value.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = value[value.length - 1 - i];
    }
    return wrap(out);
  }

  /** A fresh copy, for libraries that want an array. */
  public byte[] toArray() {
    return value.clone();
  }

  /**
   * Copies {@code size} bytes from {@code from} on into a caller's array, for hot loops that must
   * not allocate.
   */
  public void copyTo(int from, int size, byte[] target, int at) {
    System.arraycopy(value, from, target, at, size);
  }

  /**
   * Copies all bytes into {@code target} from {@code at} on.
   *
   * @return where the next byte goes
   * @throws IndexOutOfBoundsException unless they fit
   */
  public int copyTo(byte[] target, int at) {
    System.arraycopy(value, 0, target, at, value.length);
    return at + value.length;
  }

  /** Lower-case hex without prefix. */
  public String toHex() {
    return HEX.formatHex(value);
  }

  /** Unsigned lexicographic order. */
  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(value, other.value);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes that && Arrays.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return value.length <= 64 ? toHex() : HEX.formatHex(value, 0, 32) + "...(" + value.length + ")";
  }
}
