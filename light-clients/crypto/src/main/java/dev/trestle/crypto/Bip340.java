package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.util.Optional;

/**
 * BIP-340 for messages of any length, by the operations of a curve: libraries sign and verify 32
 * bytes only.
 */
final class Bip340 {
  private static final BigInteger N =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);
  private static final BigInteger P =
      new BigInteger("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16);
  private static final Bytes EVEN = Bytes.fromHex("02");
  private static final PublicKey G =
      PublicKey.fromHex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");

  private Bip340() {}

  static SchnorrSignature sign(Secp256k1 curve, Bytes message, SecretKey key, Hash32 auxiliary) {
    PublicKey own = curve.publicKey(key);
    try (SecretKey d = signed(curve, key, own);
        SecretKey nonce = nonce(d, own.xOnly(), message, auxiliary)) {
      PublicKey commitment = curve.publicKey(nonce);
      Hash32 r = commitment.xOnly();
      Hash32 challenge = challenge(r, own.xOnly(), message);
      try (SecretKey k = signed(curve, nonce, commitment);
          SecretKey product = curve.multiply(d, challenge).orElseThrow();
          SecretKey s = curve.add(k, product).orElseThrow()) {
        SchnorrSignature signature =
            new SchnorrSignature(Bytes.concat(r.bytes(), s.exposeForStorage()));
        if (!verify(curve, signature, message, own.xOnly())) {
          throw new IllegalStateException("own BIP-340 signature does not verify");
        }
        return signature;
      }
    }
  }

  static boolean verify(
      Secp256k1 curve, SchnorrSignature signature, Bytes message, Hash32 xOnlyKey) {
    Hash32 r = new Hash32(signature.bytes().slice(0, 32));
    Hash32 s = new Hash32(signature.bytes().slice(32, 64));
    Bytes lifted = Bytes.concat(EVEN, xOnlyKey.bytes());
    if (number(r).compareTo(P) >= 0 || number(s).compareTo(N) >= 0 || !curve.isPublicKey(lifted)) {
      return false;
    }
    // s = 0 or e = 0 would need a broken hash: what multiply() calls empty is refused here
    Optional<PublicKey> left = curve.multiply(G, s);
    Optional<PublicKey> right =
        curve
            .multiply(new PublicKey(lifted), challenge(r, xOnlyKey, message))
            .map(PublicKey::negate);
    return left.isPresent()
        && right.isPresent()
        && curve
            .add(left.get(), right.get())
            .filter(point -> point.hasEvenY() && point.xOnly().equals(r))
            .isPresent();
  }

  /** The key, or its negative where its point has an odd y. */
  private static SecretKey signed(Secp256k1 curve, SecretKey key, PublicKey point) {
    return point.hasEvenY() ? SecretKey.of(key.exposeForStorage()) : curve.negate(key);
  }

  private static SecretKey nonce(SecretKey d, Hash32 own, Bytes message, Hash32 auxiliary) {
    byte[] masked = Digests.tagged("BIP0340/aux", auxiliary.bytes()).toArray();
    byte[] scalar = d.scalar();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= scalar[i];
    }
    return SecretKey.reduce(
        Digests.tagged("BIP0340/nonce", Bytes.wrap(masked), own.bytes(), message));
  }

  private static Hash32 challenge(Hash32 r, Hash32 key, Bytes message) {
    Hash32 hash = Digests.tagged("BIP0340/challenge", r.bytes(), key.bytes(), message);
    return new Hash32(new CanonicalWriter().u256(number(hash).mod(N)).toBytes());
  }

  private static BigInteger number(Hash32 word) {
    return new BigInteger(1, word.toArray());
  }
}
