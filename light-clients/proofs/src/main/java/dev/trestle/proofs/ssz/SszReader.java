package dev.trestle.proofs.ssz;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Strict reader of one SSZ container: the fixed part field by field, then the parts that offsets
 * point to. Whatever is not the one serialisation of a value is refused with a {@link
 * DecodeException}: truncation, trailing bytes, offsets that overlap, leave a gap or run backwards.
 */
public final class SszReader {
  private static final int OFFSET = 4;

  private final Bytes source;
  private final List<Integer> offsets = new ArrayList<>();
  private int at;
  private int nextPart;

  private SszReader(Bytes source) {
    this.source = source;
  }

  /**
   * Decodes all of {@code source}. The decoder reads the whole fixed part in order, calling {@link
   * #offset} where a field of variable size stands, then calls {@link #part} once for each of them.
   */
  public static <T> T decode(Bytes source, Function<SszReader, T> decoder) {
    SszReader reader = new SszReader(source);
    T value = decoder.apply(reader);
    reader.end();
    return value;
  }

  /** Unsigned 64-bit integer as the {@code long} of the same bits. */
  public long uint64() {
    Bytes raw = bytes(8);
    long value = 0;
    for (int i = 7; i >= 0; i--) {
      value = value << 8 | raw.at(i);
    }
    return value;
  }

  public BigInteger uint256() {
    return new BigInteger(1, bytes(32).reverse().toArray());
  }

  public Hash32 hash() {
    return new Hash32(bytes(Hash32.SIZE));
  }

  /** A vector of {@code count} 32-byte nodes. */
  public List<Hash32> hashes(int count) {
    List<Hash32> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(hash());
    }
    return List.copyOf(hashes);
  }

  public Bytes bytes(int size) {
    if (size > source.size() - at) {
      throw new DecodeException("truncated: " + size + " bytes wanted");
    }
    at += size;
    return source.slice(at - size, at);
  }

  /** Reads the offset of a field of variable size; {@link #part} gives its bytes afterwards. */
  public void offset() {
    Bytes raw = bytes(OFFSET);
    long value = 0;
    for (int i = OFFSET - 1; i >= 0; i--) {
      value = value << 8 | raw.at(i);
    }
    long least = offsets.isEmpty() ? 0 : offsets.getLast();
    if (value < least || value > source.size()) {
      throw new DecodeException("offset " + value + " out of order");
    }
    offsets.add((int) value);
  }

  /** Bytes of the next field of variable size, in the order of their offsets. */
  public Bytes part(int maxSize) {
    int index = nextPart++;
    if (index >= offsets.size()) {
      throw new IllegalStateException("more parts than offsets");
    }
    int from = offsets.get(index);
    int to = index + 1 < offsets.size() ? offsets.get(index + 1) : source.size();
    if (from != at) {
      throw new DecodeException("a part at " + from + " where " + at + " is expected");
    }
    if (to - from > maxSize) {
      throw new DecodeException((to - from) + " bytes where at most " + maxSize + " are allowed");
    }
    return bytes(to - from);
  }

  private void end() {
    if (nextPart != offsets.size()) {
      throw new IllegalStateException("fewer parts than offsets");
    }
    if (at != source.size()) {
      throw new DecodeException((source.size() - at) + " trailing bytes");
    }
  }
}
