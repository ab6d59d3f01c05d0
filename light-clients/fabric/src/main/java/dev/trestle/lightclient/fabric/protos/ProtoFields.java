package dev.trestle.lightclient.fabric.protos;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The fields of a protobuf message in whatever order and form an encoder wrote them: clients of
 * Fabric are written in many languages, and maps have no order. It is for content below a hash or a
 * signature, where another form of the same message is another message. A field that can occur once
 * only is refused when it is repeated, instead of taking the last one; unknown fields are passed
 * over, as Fabric does. Groups are refused. Every method throws {@link DecodeException}.
 */
public final class ProtoFields {
  /** Most fields of one message, repeated ones included. */
  public static final int MAX_FIELDS = 20_000;

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int MAX_VARINT_BYTES = 10;

  private record Field(int number, int wireType, long value, Bytes content) {}

  private final Bytes source;
  private final List<Field> fields = new ArrayList<>();
  private int at;

  private ProtoFields(Bytes source) {
    this.source = source;
    while (at < source.size()) {
      if (fields.size() == MAX_FIELDS) {
        throw new DecodeException("more than " + MAX_FIELDS + " fields");
      }
      fields.add(field());
    }
  }

  public static ProtoFields parse(Bytes message) {
    return new ProtoFields(message);
  }

  private Field field() {
    long tag = readVarint();
    long number = tag >>> 3;
    if (number < 1 || number > (1 << 29) - 1) {
      throw new DecodeException("field number " + number);
    }
    int wireType = (int) (tag & 7);
    return switch (wireType) {
      case VARINT -> new Field((int) number, wireType, readVarint(), Bytes.EMPTY);
      case BYTES -> new Field((int) number, wireType, 0, take(readVarint()));
      case FIXED64 -> new Field((int) number, wireType, 0, take(Long.BYTES));
      case FIXED32 -> new Field((int) number, wireType, 0, take(Integer.BYTES));
      default -> throw new DecodeException("wire type " + wireType);
    };
  }

  private Bytes take(long size) {
    if (size < 0 || size > source.size() - at) {
      throw new DecodeException("truncated");
    }
    Bytes content = source.slice(at, at + (int) size);
    at += (int) size;
    return content;
  }

  private long readVarint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at == source.size()) {
        throw new DecodeException("truncated");
      }
      int next = source.at(at++);
      value |= (next & 0x7fL) << (7 * i);
      if (next < 0x80) {
        return value;
      }
    }
    throw new DecodeException("an integer of more than 64 bits");
  }

  private Optional<Field> single(int number, int wireType) {
    Optional<Field> found = Optional.empty();
    for (Field each : fields) {
      if (each.number() == number) {
        if (found.isPresent() || each.wireType() != wireType) {
          throw new DecodeException("field " + number + " is repeated or of another type");
        }
        found = Optional.of(each);
      }
    }
    return found;
  }

  /** Whether there is such a field, also with its default value. */
  public boolean has(int number) {
    return fields.stream().anyMatch(each -> each.number() == number);
  }

  /** 0 when it is absent. */
  public long varint(int number) {
    return single(number, VARINT).map(Field::value).orElse(0L);
  }

  /** An integer in [0, {@code max}]; 0 when it is absent. */
  public int integer(int number, int max) {
    long value = varint(number);
    if (value < 0 || value > max) {
      throw new DecodeException("field " + number + " is out of range: " + value);
    }
    return (int) value;
  }

  /** Empty when it is absent. */
  public Bytes bytes(int number) {
    return single(number, BYTES).map(Field::content).orElse(Bytes.EMPTY);
  }

  /** UTF-8; empty when it is absent. */
  public String text(int number) {
    return utf8(bytes(number));
  }

  static String utf8(Bytes content) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(content.toArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new DecodeException("not UTF-8");
    }
  }

  /** A message; one without fields when it is absent. */
  public ProtoFields message(int number) {
    return parse(bytes(number));
  }

  /** All occurrences, in their order. */
  public List<Bytes> repeated(int number, int max) {
    List<Bytes> all = new ArrayList<>();
    for (Field each : fields) {
      if (each.number() == number) {
        if (each.wireType() != BYTES || all.size() == max) {
          throw new DecodeException("field " + number + " is of another type or too often there");
        }
        all.add(each.content());
      }
    }
    return List.copyOf(all);
  }
}
