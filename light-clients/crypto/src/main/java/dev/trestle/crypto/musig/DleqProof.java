package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.math.BigInteger;

/**
 * Proof that two points have the same discrete logarithm, each over a generator of its own
 * (BIP-374): that a point-time-lock on one chain and its twin on another open together.
 *
 * @param bytes challenge and response, 32 bytes each
 */
public record DleqProof(Bytes bytes) {
  /** Bytes of a proof. */
  public static final int SIZE = 64;

  public DleqProof {
    if (bytes.size() != SIZE) {
      throw new IllegalArgumentException("a proof has 64 bytes, not " + bytes.size());
    }
  }

  /**
   * What is proved: {@code first} = a * {@code firstBase} and {@code second} = a * {@code
   * secondBase}, for an a that is not told.
   */
  public record Statement(
      PublicKey firstBase, PublicKey first, PublicKey secondBase, PublicKey second) {
    private Bytes points(PublicKey... more) {
      Bytes all =
          Bytes.concat(
              first.compressed(),
              secondBase.compressed(),
              second.compressed(),
              firstBase.compressed());
      for (PublicKey point : more) {
        all = Bytes.concat(all, point.compressed());
      }
      return all;
    }
  }

  /** The points that {@code logarithm} gives over both bases. */
  public static Statement statement(
      SecretKey logarithm, PublicKey firstBase, PublicKey secondBase) {
    return new Statement(
        firstBase, times(logarithm, firstBase), secondBase, times(logarithm, secondBase));
  }

  /**
   * Proves {@link #statement}. Products with the bases are not constant in time: made once, when a
   * swap is agreed, and not for whoever can ask often and measure.
   *
   * @param auxiliary fresh randomness
   * @param message bound to the proof; 32 bytes, or none
   */
  public static DleqProof prove(
      SecretKey logarithm,
      PublicKey firstBase,
      PublicKey secondBase,
      Hash32 auxiliary,
      Bytes message) {
    Statement statement = statement(logarithm, firstBase, secondBase);
    Bytes masked = SecretNonce.masked(logarithm, Digests.tagged("BIP0374/aux", auxiliary.bytes()));
    Hash32 seed =
        Digests.tagged(
            "BIP0374/nonce",
            masked,
            statement.first().compressed(),
            statement.second().compressed(),
            message);
    Secp256k1 curve = Secp256k1.instance();
    try (SecretKey nonce = SecretKey.reduce(seed)) {
      Hash32 challenge =
          challenge(statement, times(nonce, firstBase), times(nonce, secondBase), message);
      try (SecretKey product =
              curve.multiply(logarithm, Scalars.word(Scalars.modN(challenge))).orElseThrow();
          SecretKey response = curve.add(nonce, product).orElseThrow()) {
        DleqProof proof =
            new DleqProof(Bytes.concat(challenge.bytes(), response.exposeForStorage()));
        if (!proof.proves(statement, message)) {
          throw new IllegalStateException("own proof does not verify");
        }
        return proof;
      }
    }
  }

  /** Whether this proves {@code statement} with this message; false for every malformed proof. */
  public boolean proves(Statement statement, Bytes message) {
    Hash32 challenge = new Hash32(bytes.slice(0, 32));
    Hash32 response = new Hash32(bytes.slice(32, 64));
    if (!Scalars.isBelowN(response)) {
      return false;
    }
    BigInteger e = Scalars.modN(challenge).negate();
    BigInteger s = Scalars.number(response);
    Point one = Point.of(statement.firstBase()).by(s).plus(Point.of(statement.first()).by(e));
    Point two = Point.of(statement.secondBase()).by(s).plus(Point.of(statement.second()).by(e));
    return one.key().isPresent()
        && two.key().isPresent()
        && challenge(statement, one.key().get(), two.key().get(), message).equals(challenge);
  }

  private static Hash32 challenge(
      Statement statement, PublicKey one, PublicKey two, Bytes message) {
    return Digests.tagged("BIP0374/challenge", statement.points(one, two), message);
  }

  private static PublicKey times(SecretKey factor, PublicKey base) {
    return Secp256k1.instance()
        .multiply(base, new Hash32(factor.exposeForStorage()))
        .orElseThrow(() -> new IllegalStateException("the secret key is closed"));
  }
}
