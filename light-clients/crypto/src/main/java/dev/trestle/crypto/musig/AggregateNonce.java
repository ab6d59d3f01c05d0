package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * The sums of the public nonces of all signers (BIP-327 NonceAgg). A sum may be infinity when
 * somebody cheats; signing goes on, so that the cheater is found by its partial signature.
 */
public final class AggregateNonce {
  private final Point first;
  private final Point second;

  private AggregateNonce(Point first, Point second) {
    this.first = first;
    this.second = second;
  }

  /** The aggregate of the nonces of all signers; their order does not matter. */
  public static AggregateNonce of(List<PublicNonce> nonces) {
    Point first = Point.INFINITY;
    Point second = Point.INFINITY;
    for (PublicNonce nonce : nonces) {
      first = first.plus(Point.of(nonce.first()));
      second = second.plus(Point.of(nonce.second()));
    }
    return new AggregateNonce(first, second);
  }

  /**
   * Reads {@link #bytes}.
   *
   * @return rejected with {@link MusigCode#INVALID_AGGREGATE_NONCE}
   */
  public static Verdict<AggregateNonce> parse(Bytes encoded) {
    if (encoded.size() == PublicNonce.SIZE) {
      Optional<Point> first = Point.parse(encoded.slice(0, PublicKey.SIZE));
      Optional<Point> second = Point.parse(encoded.slice(PublicKey.SIZE, PublicNonce.SIZE));
      if (first.isPresent() && second.isPresent()) {
        return Verdict.accept(new AggregateNonce(first.get(), second.get()));
      }
    }
    return Verdict.reject(MusigCode.INVALID_AGGREGATE_NONCE, "not two points");
  }

  /** With the point of an adaptor added to the first sum. */
  AggregateNonce plus(PublicKey adaptor) {
    return new AggregateNonce(first.plus(Point.of(adaptor)), second);
  }

  /** first + factor * second. */
  Point at(BigInteger factor) {
    return first.plus(second.by(factor));
  }

  /** 66 bytes; zeros stand for infinity. */
  public Bytes bytes() {
    return Bytes.concat(first.bytes(), second.bytes());
  }
}
