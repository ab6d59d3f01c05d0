package dev.trestle.proofs;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.util.List;

/** What RLP encodes (Ethereum Yellow Paper, appendix B): a byte string or a list of items. */
public sealed interface RlpItem {
  record Text(Bytes value) implements RlpItem {}

  record Sequence(List<RlpItem> items) implements RlpItem {
    public Sequence {
      items = List.copyOf(items);
    }
  }

  static RlpItem of(Bytes value) {
    return new Text(value);
  }

  static RlpItem of(RlpItem... items) {
    return new Sequence(List.of(items));
  }

  static RlpItem of(List<RlpItem> items) {
    return new Sequence(items);
  }

  /** A non-negative integer without leading zeros; zero is the empty string. */
  static RlpItem of(BigInteger value) {
    if (value.signum() < 0) {
      throw new IllegalArgumentException("RLP has no negative integers");
    }
    byte[] raw = value.toByteArray();
    int skip = raw[0] == 0 ? 1 : 0;
    return new Text(Bytes.of(raw).slice(skip, raw.length));
  }

  static RlpItem of(long value) {
    return of(BigInteger.valueOf(value));
  }

  /**
   * @throws DecodeException if this is a list
   */
  default Bytes text() {
    return switch (this) {
      case Text(Bytes value) -> value;
      case Sequence ignored -> throw new DecodeException("a list where a string is expected");
    };
  }

  /**
   * @throws DecodeException if this is a string
   */
  default List<RlpItem> items() {
    return switch (this) {
      case Text ignored -> throw new DecodeException("a string where a list is expected");
      case Sequence(List<RlpItem> items) -> items;
    };
  }

  /**
   * @throws DecodeException unless this is a string of exactly {@code size} bytes
   */
  default Bytes text(int size) {
    Bytes value = text();
    if (value.size() != size) {
      throw new DecodeException(value.size() + " bytes where " + size + " are expected");
    }
    return value;
  }

  /**
   * @throws DecodeException unless this is a string of 32 bytes
   */
  default Hash32 hash() {
    return new Hash32(text(Hash32.SIZE));
  }

  /**
   * @throws DecodeException unless this is an integer below 2^256 without leading zeros
   */
  default BigInteger integer() {
    Bytes value = text();
    if (value.size() > 32 || (!value.isEmpty() && value.at(0) == 0)) {
      throw new DecodeException("not a canonical integer");
    }
    return new BigInteger(1, value.toArray());
  }

  /**
   * @throws DecodeException unless this is a canonical integer below 2^63
   */
  default long integer64() {
    BigInteger value = integer();
    if (value.bitLength() > 63) {
      throw new DecodeException("integer over 2^63-1");
    }
    return value.longValueExact();
  }
}
