package dev.trestle.proofs.ssz;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Writes one SSZ container; {@link SszReader} reads it back. */
public final class SszWriter {
  private static final int OFFSET = 4;

  private final List<Bytes> fixed = new ArrayList<>();
  private final List<Bytes> parts = new ArrayList<>();
  private final List<Integer> offsetsAt = new ArrayList<>();

  /** The {@code long} of the same bits. */
  public SszWriter uint64(long value) {
    byte[] raw = new byte[8];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) (value >>> (8 * i));
    }
    return bytes(Bytes.wrap(raw));
  }

  public SszWriter uint256(BigInteger value) {
    return bytes(SszRoot.uint256(value).bytes());
  }

  public SszWriter hash(Hash32 value) {
    return bytes(value.bytes());
  }

  public SszWriter hashes(List<Hash32> values) {
    values.forEach(this::hash);
    return this;
  }

  public SszWriter bytes(Bytes value) {
    fixed.add(value);
    return this;
  }

  /** A field of variable size: its offset here, its bytes after the fixed part. */
  public SszWriter part(Bytes value) {
    offsetsAt.add(fixed.size());
    fixed.add(Bytes.wrap(new byte[OFFSET]));
    parts.add(value);
    return this;
  }

  public Bytes toBytes() {
    int offset = fixed.stream().mapToInt(Bytes::size).sum();
    List<Bytes> resolved = new ArrayList<>(fixed);
    for (int i = 0; i < parts.size(); i++) {
      byte[] raw = new byte[OFFSET];
      for (int b = 0; b < OFFSET; b++) {
        raw[b] = (byte) (offset >>> (8 * b));
      }
      resolved.set(offsetsAt.get(i), Bytes.wrap(raw));
      offset += parts.get(i).size();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(offset);
    resolved.forEach(each -> out.writeBytes(each.toArray()));
    parts.forEach(each -> out.writeBytes(each.toArray()));
    return Bytes.wrap(out.toByteArray());
  }
}
