package dev.trestle.relay.ledger.record;

import dev.trestle.base.AssetId;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;

/** Encodings that several records share. */
final class Fields {
  static final int MAX_CHAIN = 41;
  static final int MAX_ASSET = 180;
  static final int MAX_TEXT = 64;
  static final int MAX_CONTRACT = 128;
  static final int MAX_SCRIPT = 16_384;
  static final int MAX_TRANSACTION = 400_000;

  private Fields() {}

  static ChainId chain(CanonicalReader in) {
    return ChainId.parse(in.text(MAX_CHAIN));
  }

  static AssetId asset(CanonicalReader in) {
    return AssetId.parse(in.text(MAX_ASSET));
  }

  static CanonicalWriter chain(CanonicalWriter out, ChainId chain) {
    return out.text(chain.toString());
  }

  /** Every record starts with the version of its own format. */
  static void version(CanonicalReader in, int expected) {
    int version = in.u8();
    if (version != expected) {
      throw new DecodeException("record version " + version);
    }
  }

  /** The constant of an enum whose wire code is its position plus one; positions never change. */
  static <E extends Enum<E>> E constant(CanonicalReader in, E[] values) {
    int code = in.u8();
    if (code < 1 || code > values.length) {
      throw new DecodeException("code " + code);
    }
    return values[code - 1];
  }

  static CanonicalWriter constant(CanonicalWriter out, Enum<?> value) {
    return out.u8(code(value));
  }

  /** Inverse of {@link #constant(CanonicalReader, Enum[])}. */
  @SuppressWarnings("EnumOrdinal")
  static int code(Enum<?> value) {
    return value.ordinal() + 1;
  }
}
