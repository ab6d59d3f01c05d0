package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A flat object in the binary format of the XRP Ledger ("Binary Format" of its documentation),
 * canonical: fields in ascending order of type and number, none twice, field ids and lengths in
 * their shortest form, no nested objects, nothing behind the last field.
 */
final class StObject {
  /** Largest object in bytes. */
  static final int MAX_SIZE = 4_096;

  private static final int U8 = 16;
  private static final int AMOUNT = 6;
  private static final int BLOB = 7;
  private static final int VECTOR = 19;

  /** A field's type and number. */
  record FieldId(int type, int number) {
    private int order() {
      return (type << 16) | number;
    }
  }

  private record Field(Bytes value, int start, int end) {}

  private final Bytes source;
  private final Map<FieldId, Field> fields = new LinkedHashMap<>();
  private int at;

  private StObject(Bytes source) {
    this.source = source;
  }

  /**
   * @throws DecodeException if it is not a canonical flat object
   */
  static StObject decode(Bytes source) {
    if (source.isEmpty() || source.size() > MAX_SIZE) {
      throw new DecodeException("an object of " + source.size() + " bytes");
    }
    StObject object = new StObject(source);
    int last = -1;
    while (object.at < source.size()) {
      int start = object.at;
      FieldId id = object.fieldId();
      if (id.order() <= last) {
        throw new DecodeException("fields are not in order");
      }
      last = id.order();
      Bytes value = object.value(id.type());
      object.fields.put(id, new Field(value, start, object.at));
    }
    return object;
  }

  Set<FieldId> fields() {
    return Set.copyOf(fields.keySet());
  }

  Optional<Bytes> get(FieldId id) {
    return Optional.ofNullable(fields.get(id)).map(Field::value);
  }

  Bytes need(FieldId id) {
    return get(id).orElseThrow(() -> new DecodeException("the field " + id + " is missing"));
  }

  /** An unsigned integer of up to four bytes. */
  long number(FieldId id) {
    Bytes value = need(id);
    long number = 0;
    for (int i = 0; i < value.size(); i++) {
      number = (number << 8) | value.at(i);
    }
    return number;
  }

  Hash32 hash(FieldId id) {
    return new Hash32(need(id));
  }

  /** The encoding with these fields left out. */
  Bytes without(FieldId... left) {
    Set<FieldId> out = Set.of(left);
    Bytes rest = Bytes.EMPTY;
    int from = 0;
    for (Map.Entry<FieldId, Field> each : fields.entrySet()) {
      if (out.contains(each.getKey())) {
        rest = Bytes.concat(rest, source.slice(from, each.getValue().start()));
        from = each.getValue().end();
      }
    }
    return Bytes.concat(rest, source.slice(from, source.size()));
  }

  private FieldId fieldId() {
    int first = u8();
    int type = first >>> 4;
    int number = first & 15;
    if (type == 0) {
      type = u8();
      refuseShort(type);
    }
    if (number == 0) {
      number = u8();
      refuseShort(number);
    }
    return new FieldId(type, number);
  }

  private static void refuseShort(int part) {
    if (part < 16) {
      throw new DecodeException("a field id that is too long");
    }
  }

  private Bytes value(int type) {
    return switch (type) {
      case 1 -> fixed(2);
      case 2 -> fixed(4);
      case 3 -> fixed(8);
      case 4 -> fixed(16);
      case 5 -> fixed(32);
      case AMOUNT -> fixed(at < source.size() && source.at(at) > 0x7f ? 48 : 8);
      case BLOB -> fixed(length());
      case U8 -> fixed(1);
      case 17 -> fixed(20);
      case VECTOR -> hashes(fixed(length()));
      default -> throw new DecodeException("a field of type " + type);
    };
  }

  private static Bytes hashes(Bytes value) {
    if (value.size() % Hash32.SIZE != 0) {
      throw new DecodeException("hashes of " + value.size() + " bytes");
    }
    return value;
  }

  /** One byte to 192, two to 12,480. */
  private int length() {
    int first = u8();
    if (first <= 192) {
      return first;
    }
    if (first <= 240) {
      return 193 + (first - 193) * 256 + u8();
    }
    throw new DecodeException("a field of over 12,480 bytes");
  }

  private int u8() {
    return fixed(1).at(0);
  }

  private Bytes fixed(int size) {
    if (source.size() - at < size) {
      throw new DecodeException("truncated: " + size + " bytes wanted");
    }
    Bytes value = source.slice(at, at + size);
    at += size;
    return value;
  }
}
