package dev.trestle.proofs.protobuf;

import dev.trestle.base.Bytes;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Writes proto3 as canonical encoders do: default values of scalars are left out, messages are
 * written even when empty. The caller writes fields in ascending order. {@link ProtoReader} reads
 * it back.
 */
public final class ProtoWriter {
  /** Unix seconds of 0001-01-01T00:00:00Z, the zero time of Go. */
  public static final long MIN_SECONDS = -62_135_596_800L;

  /** Unix seconds of 9999-12-31T23:59:59Z. */
  public static final long MAX_SECONDS = 253_402_300_799L;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream(128);

  /** An integer of 64 bits as two's complement. */
  public ProtoWriter varint(int field, long value) {
    if (value != 0) {
      tag(field, 0);
      raw(value);
    }
    return this;
  }

  /** A {@code sfixed64}. */
  public ProtoWriter fixed64(int field, long value) {
    if (value != 0) {
      tag(field, 1);
      for (int shift = 0; shift < Long.SIZE; shift += 8) {
        out.write((int) (value >>> shift));
      }
    }
    return this;
  }

  public ProtoWriter bytes(int field, Bytes value) {
    return value.isEmpty() ? this : message(field, value);
  }

  public ProtoWriter text(int field, String value) {
    return bytes(field, Bytes.utf8(value));
  }

  /** An encoded message, or a member of a {@code oneof}. */
  public ProtoWriter message(int field, Bytes encoded) {
    tag(field, 2);
    return delimited(encoded);
  }

  public ProtoWriter message(int field, Consumer<ProtoWriter> content) {
    ProtoWriter inner = new ProtoWriter();
    content.accept(inner);
    return message(field, inner.toBytes());
  }

  public ProtoWriter timestamp(int field, Instant time) {
    return message(field, writer -> writer.time(time));
  }

  /** The fields of a {@code google.protobuf.Timestamp}. */
  public ProtoWriter time(Instant time) {
    return varint(1, time.getEpochSecond()).varint(2, time.getNano());
  }

  /** A length and the bytes, without a tag. */
  public ProtoWriter delimited(Bytes encoded) {
    raw(encoded.size());
    out.writeBytes(encoded.toArray());
    return this;
  }

  public Bytes toBytes() {
    return Bytes.wrap(out.toByteArray());
  }

  private void tag(int field, int wireType) {
    raw(((long) field << 3) | wireType);
  }

  private void raw(long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      out.write((int) ((left & 0x7f) | 0x80));
      left >>>= 7;
    }
    out.write((int) left);
  }
}
