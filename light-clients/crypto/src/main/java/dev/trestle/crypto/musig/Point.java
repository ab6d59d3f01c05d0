package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import java.math.BigInteger;
import java.util.Optional;

/**
 * A point of the curve, infinity included. Public values only: arithmetic is not constant in time.
 *
 * @param key empty for infinity
 */
record Point(Optional<PublicKey> key) {
  static final Point INFINITY = new Point(Optional.empty());

  static final PublicKey G =
      PublicKey.fromHex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");

  private static final Bytes INFINITE = Bytes.wrap(new byte[PublicKey.SIZE]);

  static Point of(PublicKey key) {
    return new Point(Optional.of(key));
  }

  /** factor * G. */
  static Point times(BigInteger factor) {
    return of(G).by(factor);
  }

  /** BIP-327 cpoint_ext: zeros are infinity; empty for what is no point. */
  static Optional<Point> parse(Bytes encoded) {
    if (encoded.equals(INFINITE)) {
      return Optional.of(INFINITY);
    }
    return compressed(encoded).map(Point::of);
  }

  /** BIP-327 cpoint: infinity has no form. */
  static Optional<PublicKey> compressed(Bytes encoded) {
    return encoded.size() == PublicKey.SIZE && Secp256k1.instance().isPublicKey(encoded)
        ? Optional.of(new PublicKey(encoded))
        : Optional.empty();
  }

  Bytes bytes() {
    return key.map(PublicKey::compressed).orElse(INFINITE);
  }

  Point plus(Point other) {
    if (key.isEmpty()) {
      return other;
    }
    return other.key.isEmpty()
        ? this
        : new Point(Secp256k1.instance().add(key.get(), other.key.get()));
  }

  Point by(BigInteger factor) {
    Hash32 scalar = Scalars.word(factor);
    return new Point(key.flatMap(point -> Secp256k1.instance().multiply(point, scalar)));
  }

  Point negateIf(boolean negate) {
    return negate ? new Point(key.map(PublicKey::negate)) : this;
  }
}
