package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Curve arithmetic and signatures on secp256k1. Two implementations answer alike: libsecp256k1
 * through JNI on the hot path, Bouncy Castle where the native library does not load.
 */
public interface Secp256k1 {
  /**
   * The native implementation, or Bouncy Castle when it does not load on this platform or the
   * system property {@code dev.trestle.crypto.secp256k1} is {@code bouncycastle}.
   */
  static Secp256k1 instance() {
    return Secp256k1Holder.INSTANCE;
  }

  /** Which implementation this is, for people. */
  String name();

  /** Whether 33 (prefix 2, 3) or 65 bytes (prefix 4) encode a point on the curve. */
  boolean isPublicKey(Bytes encoded);

  /** Whether 32 big-endian bytes are a scalar in [1, n). */
  boolean isSecretKey(byte[] scalar);

  PublicKey publicKey(SecretKey secret);

  /** The 65-byte form, 04 || x || y. */
  Bytes uncompress(PublicKey key);

  /** Deterministic (RFC 6979), low-s. */
  EcdsaSignature signEcdsa(Hash32 digest, SecretKey key);

  /** False for a wrong, malformed or out-of-range signature; never throws for bad input. */
  boolean verifyEcdsa(EcdsaSignature signature, Hash32 digest, PublicKey key);

  /**
   * The key whose signature over {@code digest} this is; empty if there is none, if s is over n/2
   * or if r or s is zero or out of range.
   */
  Optional<PublicKey> recover(EcdsaSignature signature, Hash32 digest);

  /** As {@link #recover}; only the address of the key, which costs less. */
  default Optional<EvmAddress> recoverAddress(EcdsaSignature signature, Hash32 digest) {
    return recover(signature, digest).map(PublicKey::evmAddress);
  }

  /** BIP-340 with 32 bytes of auxiliary randomness. */
  SchnorrSignature signSchnorr(Hash32 message, SecretKey key, Hash32 auxiliary);

  /** BIP-340. False for any malformed input, an x that is not on the curve included. */
  boolean verifySchnorr(SchnorrSignature signature, Hash32 message, Hash32 xOnlyKey);

  /** key + tweak * G; empty if the tweak is not below n or the sum is the point at infinity. */
  Optional<PublicKey> tweakAdd(PublicKey key, Hash32 tweak);

  /** (secret + tweak) mod n; empty if the tweak is not below n or the sum is zero. */
  Optional<SecretKey> tweakAdd(SecretKey key, Hash32 tweak);

  /**
   * BIP-340 over a message of any length, with 32 bytes of auxiliary randomness. As constant in
   * time as {@link #publicKey} and the products and sums of secrets of this implementation are.
   */
  default SchnorrSignature signSchnorr(Bytes message, SecretKey key, Hash32 auxiliary) {
    return message.size() == Hash32.SIZE
        ? signSchnorr(new Hash32(message), key, auxiliary)
        : Bip340.sign(this, message, key, auxiliary);
  }

  /** As {@link #verifySchnorr(SchnorrSignature, Hash32, Hash32)}, over a message of any length. */
  default boolean verifySchnorr(SchnorrSignature signature, Bytes message, Hash32 xOnlyKey) {
    return message.size() == Hash32.SIZE
        ? verifySchnorr(signature, new Hash32(message), xOnlyKey)
        : Bip340.verify(this, signature, message, xOnlyKey);
  }

  /** The sum of two points; empty if it is the point at infinity. For public points. */
  Optional<PublicKey> add(PublicKey one, PublicKey other);

  /**
   * scalar * key; empty if the scalar is zero or not below n. For public scalars: not constant in
   * time.
   */
  Optional<PublicKey> multiply(PublicKey key, Hash32 scalar);

  /** (one + other) mod n, both secret; empty if the sum is zero. */
  Optional<SecretKey> add(SecretKey one, SecretKey other);

  /** (secret * factor) mod n; empty if the factor is zero or not below n. */
  Optional<SecretKey> multiply(SecretKey key, Hash32 factor);

  /** n - secret. */
  SecretKey negate(SecretKey key);

  /** DER form of a signature without recovery id, as Bitcoin scripts carry it. */
  default Bytes toDer(EcdsaSignature signature) {
    Bytes r = derInteger(signature.rs().slice(0, 32));
    Bytes s = derInteger(signature.rs().slice(32, 64));
    byte[] head = {0x30, (byte) (r.size() + s.size())};
    return Bytes.concat(Bytes.wrap(head), r, s);
  }

  private static Bytes derInteger(Bytes word) {
    byte[] minimal = new BigInteger(1, word.toArray()).toByteArray();
    byte[] head = {0x02, (byte) minimal.length};
    return Bytes.concat(Bytes.wrap(head), Bytes.wrap(minimal));
  }
}
