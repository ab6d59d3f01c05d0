package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * A secp256k1 secret scalar in [1, n). Never printed, never serialised by accident: the bytes leave
 * only through {@link #exposeForStorage()}. {@link #close()} overwrites them.
 */
public final class SecretKey implements AutoCloseable {
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private final byte[] scalar;

  /** Of the scalar, once somebody asked for it. */
  private volatile Optional<PublicKey> publicKey = Optional.empty();

  private SecretKey(byte[] scalar) {
    if (scalar.length != 32 || !Secp256k1.instance().isSecretKey(scalar)) {
      Arrays.fill(scalar, (byte) 0);
      throw new IllegalArgumentException("not a secp256k1 secret key");
    }
    this.scalar = scalar;
  }

  public static SecretKey of(Bytes scalar) {
    return new SecretKey(scalar.toArray());
  }

  /**
   * A hash as a scalar, mod n: the nonces of BIP-340 and BIP-327. All but one of 2^128 hashes are
   * below n and are taken as they are.
   *
   * @throws IllegalArgumentException if it is 0 mod n
   */
  public static SecretKey reduce(Hash32 hash) {
    byte[] scalar = hash.toArray();
    return new SecretKey(
        Secp256k1.instance().isSecretKey(scalar)
            ? scalar
            : new CanonicalWriter().u256(new BigInteger(1, scalar).mod(ORDER)).toBytes().toArray());
  }

  /** Takes ownership of the array, which is overwritten when the key is closed. */
  static SecretKey take(byte[] scalar) {
    return new SecretKey(scalar);
  }

  /** Draws a key from {@code random}; the bias of rejection sampling is nil. */
  public static SecretKey generate(SecureRandom random) {
    byte[] candidate = new byte[32];
    do {
      random.nextBytes(candidate);
    } while (!Secp256k1.instance().isSecretKey(candidate));
    return new SecretKey(candidate);
  }

  /**
   * The key at {@code path} below {@code seed}: SHA-256 of a tagged concatenation. For keys that
   * must be recoverable from one seed.
   */
  public static SecretKey derive(Bytes seed, String path) {
    Hash32 candidate = Digests.tagged("TRESTLE/derive/" + path, seed);
    while (!Secp256k1.instance().isSecretKey(candidate.toArray())) {
      candidate = Digests.sha256(candidate.bytes());
    }
    return new SecretKey(candidate.toArray());
  }

  public PublicKey publicKey() {
    Optional<PublicKey> known = publicKey;
    if (known.isEmpty()) {
      known = Optional.of(Secp256k1.instance().publicKey(this));
      publicKey = known;
    }
    return known.get();
  }

  /** The scalar, big-endian, for an encrypted store or a library that signs. */
  public Bytes exposeForStorage() {
    return Bytes.of(scalar);
  }

  byte[] scalar() {
    return scalar;
  }

  @Override
  public void close() {
    Arrays.fill(scalar, (byte) 0);
  }

  @Override
  public String toString() {
    return "SecretKey(hidden)";
  }
}
