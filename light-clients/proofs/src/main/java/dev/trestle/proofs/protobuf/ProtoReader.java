package dev.trestle.proofs.protobuf;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a proto3 message field by field, in ascending order, as canonical encoders write it: no
 * unknown field, no repetition of a singular field, no default value on the wire, shortest varints.
 * So every message has one encoding only. Fields are asked for in the order of their numbers, and
 * {@link #end} last. Every method throws {@link DecodeException} for anything else. Lengths are
 * checked before anything is allocated. Not thread-safe.
 */
public final class ProtoReader {
  /** Wire type of integers and booleans. */
  private static final int VARINT = 0;

  /** Wire type of eight little-endian bytes. */
  private static final int FIXED64 = 1;

  /** Wire type of bytes, text and messages. */
  private static final int LENGTH_DELIMITED = 2;

  private static final int MAX_VARINT_BYTES = 10;

  private final byte[] source;
  private final int limit;
  private int at;

  /** A reader of the whole of {@code message}. */
  public ProtoReader(Bytes message) {
    this(message.toArray(), 0, message.size());
  }

  private ProtoReader(byte[] source, int from, int limit) {
    this.source = source;
    this.at = from;
    this.limit = limit;
  }

  /** Decodes all of {@code message} with {@code decoder}, which need not call {@link #end}. */
  public static <T> T decode(Bytes message, Function<ProtoReader, T> decoder) {
    return new ProtoReader(message).whole(decoder);
  }

  private <T> T whole(Function<ProtoReader, T> decoder) {
    try {
      T value = decoder.apply(this);
      end();
      return value;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new DecodeException(String.valueOf(e.getMessage()));
    }
  }

  /** An integer of 64 bits as two's complement; 0 when the field is absent. */
  public long varint(int field) {
    if (!take(field, VARINT)) {
      return 0;
    }
    long value = readVarint();
    if (value == 0) {
      throw new DecodeException("field " + field + " holds its default value");
    }
    return value;
  }

  /** An integer in [0, {@code max}]. */
  public long varint(int field, long max) {
    long value = varint(field);
    if (value < 0 || value > max) {
      throw new DecodeException("field " + field + " is out of range: " + value);
    }
    return value;
  }

  public boolean bool(int field) {
    return varint(field, 1) == 1;
  }

  /** Empty when the field is absent. */
  public Bytes bytes(int field, int maxSize) {
    if (!take(field, LENGTH_DELIMITED)) {
      return Bytes.EMPTY;
    }
    int size = readLength(maxSize);
    if (size == 0) {
      throw new DecodeException("field " + field + " holds its default value");
    }
    return slice(size);
  }

  /** ASCII without control characters; empty when the field is absent. */
  public String ascii(int field, int maxSize) {
    Bytes text = bytes(field, maxSize);
    for (int i = 0; i < text.size(); i++) {
      if (text.at(i) < 0x20 || text.at(i) > 0x7e) {
        throw new DecodeException("field " + field + " is not ASCII");
      }
    }
    return new String(text.toArray(), java.nio.charset.StandardCharsets.US_ASCII);
  }

  /** A member of a {@code oneof}, which is on the wire even when it is empty. */
  public Optional<Bytes> choice(int field, int maxSize) {
    return take(field, LENGTH_DELIMITED)
        ? Optional.of(slice(readLength(maxSize)))
        : Optional.empty();
  }

  public <T> Optional<T> message(int field, Function<ProtoReader, T> decoder) {
    return take(field, LENGTH_DELIMITED) ? Optional.of(nested(decoder)) : Optional.empty();
  }

  /** A message that must be there. */
  public <T> T required(int field, Function<ProtoReader, T> decoder) {
    return message(field, decoder)
        .orElseThrow(() -> new DecodeException("field " + field + " is missing"));
  }

  /** A repeated field of messages. */
  public <T> List<T> messages(int field, int maxItems, Function<ProtoReader, T> decoder) {
    List<T> items = new ArrayList<>();
    while (take(field, LENGTH_DELIMITED)) {
      if (items.size() == maxItems) {
        throw new DecodeException("field " + field + " occurs more than " + maxItems + " times");
      }
      items.add(nested(decoder));
    }
    return List.copyOf(items);
  }

  /** A {@code google.protobuf.Timestamp}; the Unix epoch when the field is absent. */
  public Instant timestamp(int field) {
    return message(field, ProtoReader::readTimestamp).orElse(Instant.EPOCH);
  }

  private static Instant readTimestamp(ProtoReader in) {
    long seconds = in.varint(1);
    long nanos = in.varint(2, 999_999_999);
    if (seconds < ProtoWriter.MIN_SECONDS || seconds > ProtoWriter.MAX_SECONDS) {
      throw new DecodeException("a timestamp is in the years 1 to 9999");
    }
    return Instant.ofEpochSecond(seconds, nanos);
  }

  /** Refuses whatever is left. */
  public void end() {
    if (at != limit) {
      throw new DecodeException(
          (limit - at) + " bytes of unknown, repeated or misplaced fields, or after the end");
    }
  }

  private <T> T nested(Function<ProtoReader, T> decoder) {
    int size = readLength(limit - at);
    ProtoReader inner = new ProtoReader(source, at, at + size);
    T value = decoder.apply(inner);
    inner.end();
    at += size;
    return value;
  }

  /** Whether the next field is this one; its tag is then consumed. */
  private boolean take(int field, int wireType) {
    if (at == limit) {
      return false;
    }
    int before = at;
    long tag = readVarint();
    if (tag >>> 3 != field) {
      at = before;
      return false;
    }
    if ((tag & 7) != wireType) {
      throw new DecodeException("field " + field + " is of wire type " + (tag & 7));
    }
    return true;
  }

  /** A {@code sfixed64}; 0 when the field is absent. */
  public long fixed64(int field) {
    if (!take(field, FIXED64)) {
      return 0;
    }
    if (limit - at < Long.BYTES) {
      throw new DecodeException("truncated");
    }
    long value = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      value = (value << 8) | (source[at + i] & 0xff);
    }
    at += Long.BYTES;
    if (value == 0) {
      throw new DecodeException("field " + field + " holds its default value");
    }
    return value;
  }

  private int readLength(int maxSize) {
    long size = readVarint();
    if (size < 0 || size > maxSize) {
      throw new DecodeException(size + " bytes where at most " + maxSize + " are allowed");
    }
    if (size > limit - at) {
      throw new DecodeException("truncated: " + size + " bytes wanted, " + (limit - at) + " left");
    }
    return (int) size;
  }

  private Bytes slice(int size) {
    Bytes value = Bytes.wrap(Arrays.copyOfRange(source, at, at + size));
    at += size;
    return value;
  }

  private long readVarint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at == limit) {
        throw new DecodeException("truncated");
      }
      int next = source[at++];
      value |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        if ((next == 0 && i > 0) || (i == MAX_VARINT_BYTES - 1 && next > 1)) {
          throw new DecodeException("not the shortest form of an integer of 64 bits");
        }
        return value;
      }
    }
    throw new DecodeException("an integer of more than 64 bits");
  }
}
