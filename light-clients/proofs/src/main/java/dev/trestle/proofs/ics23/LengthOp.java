package dev.trestle.proofs.ics23;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.proofs.protobuf.ProtoWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** {@code LengthOp} of ICS-23. */
public enum LengthOp {
  NO_PREFIX(0),
  VAR_PROTO(1),
  VAR_RLP(2),
  FIXED32_BIG(3),
  FIXED32_LITTLE(4),
  FIXED64_BIG(5),
  FIXED64_LITTLE(6),
  REQUIRE_32_BYTES(7),
  REQUIRE_64_BYTES(8);

  private final int number;

  LengthOp(int number) {
    this.number = number;
  }

  /**
   * @throws DecodeException if there is no such number
   */
  public static LengthOp of(long number) {
    for (LengthOp each : values()) {
      if (each.number == number) {
        return each;
      }
    }
    throw new DecodeException("length operation " + number);
  }

  /** The protocol's number. */
  int number() {
    return number;
  }

  /** The data behind their length; empty when the length is wrong or the form unknown. */
  Optional<Bytes> apply(Bytes data) {
    return switch (this) {
      case NO_PREFIX -> Optional.of(data);
      case VAR_PROTO -> Optional.of(new ProtoWriter().delimited(data).toBytes());
      case FIXED32_BIG -> Optional.of(fixed(Integer.BYTES, ByteOrder.BIG_ENDIAN, data));
      case FIXED32_LITTLE -> Optional.of(fixed(Integer.BYTES, ByteOrder.LITTLE_ENDIAN, data));
      case FIXED64_BIG -> Optional.of(fixed(Long.BYTES, ByteOrder.BIG_ENDIAN, data));
      case FIXED64_LITTLE -> Optional.of(fixed(Long.BYTES, ByteOrder.LITTLE_ENDIAN, data));
      case REQUIRE_32_BYTES -> Optional.of(data).filter(bytes -> bytes.size() == 32);
      case REQUIRE_64_BYTES -> Optional.of(data).filter(bytes -> bytes.size() == 64);
      case VAR_RLP -> Optional.empty();
    };
  }

  private static Bytes fixed(int width, ByteOrder order, Bytes data) {
    ByteBuffer out = ByteBuffer.allocate(width + data.size()).order(order);
    if (width == Integer.BYTES) {
      out.putInt(data.size());
    } else {
      out.putLong(data.size());
    }
    return Bytes.wrap(out.put(data.toArray()).array());
  }
}
