package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.Hash32;
import java.math.BigInteger;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/**
 * Pure Java, for platforms without the native library. Not constant-time where secrets are
 * involved: a machine that holds value should run the native one.
 */
final class BouncyCastleSecp256k1 implements Secp256k1 {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN = new ECDomainParameters(CURVE);
  private static final BigInteger N = CURVE.getN();
  private static final BigInteger HALF_N = N.shiftRight(1);
  private static final BigInteger P = CURVE.getCurve().getField().getCharacteristic();

  @Override
  public String name() {
    return "Bouncy Castle";
  }

  @Override
  public boolean isPublicKey(Bytes encoded) {
    return point(encoded).isPresent();
  }

  @Override
  public boolean isSecretKey(byte[] scalar) {
    return scalar.length == 32 && isScalar(new BigInteger(1, scalar));
  }

  @Override
  public PublicKey publicKey(SecretKey secret) {
    return toKey(timesG(scalar(secret)));
  }

  @Override
  public Bytes uncompress(PublicKey key) {
    return Bytes.wrap(pointOf(key).getEncoded(false));
  }

  @Override
  public EcdsaSignature signEcdsa(Hash32 digest, SecretKey key) {
    BigInteger secret = scalar(key);
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, DOMAIN));
    BigInteger[] rs = signer.generateSignature(digest.toArray());
    BigInteger s = rs[1].compareTo(HALF_N) > 0 ? N.subtract(rs[1]) : rs[1];
    Bytes plain = new CanonicalWriter().u256(rs[0]).u256(s).toBytes();
    PublicKey own = toKey(timesG(secret));
    for (int recoveryId = 0; recoveryId < 2; recoveryId++) {
      byte[] raw = plain.toArray();
      raw[32] |= (byte) (recoveryId << 7);
      EcdsaSignature signature = new EcdsaSignature(Bytes.wrap(raw));
      if (recover(signature, digest).filter(own::equals).isPresent()) {
        return signature;
      }
    }
    // r >= n, so that recovery would need id 2 or 3: probability 2^-127.
    throw new IllegalStateException("signature has no EIP-2098 form");
  }

  @Override
  public boolean verifyEcdsa(EcdsaSignature signature, Hash32 digest, PublicKey key) {
    BigInteger r = r(signature);
    BigInteger s = s(signature);
    if (!isScalar(r) || !isScalar(s) || s.compareTo(HALF_N) > 0) {
      return false;
    }
    BigInteger inverse = s.modInverse(N);
    BigInteger u1 = new BigInteger(1, digest.toArray()).multiply(inverse).mod(N);
    BigInteger u2 = r.multiply(inverse).mod(N);
    ECPoint sum = sum(u1, pointOf(key), u2);
    return !sum.isInfinity() && sum.getAffineXCoord().toBigInteger().mod(N).equals(r);
  }

  @Override
  public Optional<PublicKey> recover(EcdsaSignature signature, Hash32 digest) {
    BigInteger r = r(signature);
    BigInteger s = s(signature);
    if (!isScalar(r) || !isScalar(s) || s.compareTo(HALF_N) > 0) {
      return Optional.empty();
    }
    return lift(r, signature.recoveryId() == 1)
        .flatMap(
            point -> {
              BigInteger inverse = r.modInverse(N);
              BigInteger e = new BigInteger(1, digest.toArray());
              BigInteger u1 = e.negate().multiply(inverse).mod(N);
              BigInteger u2 = s.multiply(inverse).mod(N);
              return keyUnlessInfinite(sum(u1, point, u2));
            });
  }

  @Override
  public SchnorrSignature signSchnorr(Hash32 message, SecretKey key, Hash32 auxiliary) {
    BigInteger secret = scalar(key);
    ECPoint own = timesG(secret);
    BigInteger d = hasEvenY(own) ? secret : N.subtract(secret);
    Bytes px = x(own);
    Bytes masked = xor(word(d), Digests.tagged("BIP0340/aux", auxiliary.bytes()).bytes());
    BigInteger nonce = modN(Digests.tagged("BIP0340/nonce", masked, px, message.bytes()));
    if (nonce.signum() == 0) {
      throw new IllegalStateException("BIP-340 nonce is zero"); // probability 2^-256
    }
    ECPoint commitment = timesG(nonce);
    BigInteger k = hasEvenY(commitment) ? nonce : N.subtract(nonce);
    Bytes rx = x(commitment);
    BigInteger e = challenge(rx, px, message);
    SchnorrSignature signature =
        new SchnorrSignature(Bytes.concat(rx, word(k.add(e.multiply(d)).mod(N))));
    if (!verifySchnorr(signature, message, new Hash32(px))) {
      throw new IllegalStateException("own BIP-340 signature does not verify");
    }
    return signature;
  }

  @Override
  public boolean verifySchnorr(SchnorrSignature signature, Hash32 message, Hash32 xOnlyKey) {
    Bytes rx = signature.bytes().slice(0, 32);
    BigInteger r = new BigInteger(1, rx.toArray());
    BigInteger s = new BigInteger(1, signature.bytes().slice(32, 64).toArray());
    BigInteger px = new BigInteger(1, xOnlyKey.toArray());
    if (r.compareTo(P) >= 0 || s.compareTo(N) >= 0) {
      return false;
    }
    return lift(px, false)
        .map(
            key -> {
              BigInteger e = challenge(rx, xOnlyKey.bytes(), message);
              ECPoint sum = sum(s, key, N.subtract(e));
              return !sum.isInfinity()
                  && hasEvenY(sum)
                  && sum.getAffineXCoord().toBigInteger().equals(r);
            })
        .orElse(false);
  }

  @Override
  public Optional<PublicKey> tweakAdd(PublicKey key, Hash32 tweak) {
    BigInteger scalar = new BigInteger(1, tweak.toArray());
    if (scalar.compareTo(N) >= 0) {
      return Optional.empty();
    }
    return keyUnlessInfinite(pointOf(key).add(timesG(scalar)).normalize());
  }

  @Override
  public Optional<SecretKey> tweakAdd(SecretKey key, Hash32 tweak) {
    BigInteger scalar = new BigInteger(1, tweak.toArray());
    BigInteger sum = scalar(key).add(scalar).mod(N);
    return scalar.compareTo(N) >= 0 || sum.signum() == 0
        ? Optional.empty()
        : Optional.of(SecretKey.of(word(sum)));
  }

  @Override
  public Optional<PublicKey> add(PublicKey one, PublicKey other) {
    return keyUnlessInfinite(pointOf(one).add(pointOf(other)).normalize());
  }

  @Override
  public Optional<PublicKey> multiply(PublicKey key, Hash32 scalar) {
    BigInteger factor = new BigInteger(1, scalar.toArray());
    return isScalar(factor)
        ? keyUnlessInfinite(pointOf(key).multiply(factor).normalize())
        : Optional.empty();
  }

  @Override
  public Optional<SecretKey> add(SecretKey one, SecretKey other) {
    BigInteger sum = scalar(one).add(scalar(other)).mod(N);
    return sum.signum() == 0 ? Optional.empty() : Optional.of(SecretKey.of(word(sum)));
  }

  @Override
  public Optional<SecretKey> multiply(SecretKey key, Hash32 factor) {
    BigInteger by = new BigInteger(1, factor.toArray());
    return isScalar(by)
        ? Optional.of(SecretKey.of(word(scalar(key).multiply(by).mod(N))))
        : Optional.empty();
  }

  @Override
  public SecretKey negate(SecretKey key) {
    return SecretKey.of(word(N.subtract(scalar(key))));
  }

  private static BigInteger scalar(SecretKey key) {
    BigInteger scalar = new BigInteger(1, key.scalar());
    if (!isScalar(scalar)) {
      throw new IllegalStateException("the secret key is closed");
    }
    return scalar;
  }

  private static boolean isScalar(BigInteger value) {
    return value.signum() > 0 && value.compareTo(N) < 0;
  }

  private static ECPoint timesG(BigInteger scalar) {
    return new FixedPointCombMultiplier().multiply(CURVE.getG(), scalar).normalize();
  }

  /** a * G + b * point. */
  private static ECPoint sum(BigInteger a, ECPoint point, BigInteger b) {
    return ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), a, point, b).normalize();
  }

  private static Optional<ECPoint> lift(BigInteger x, boolean odd) {
    return x.compareTo(P) >= 0
        ? Optional.empty()
        : point(Bytes.concat(Bytes.fromHex(odd ? "03" : "02"), word(x)));
  }

  /** Compressed, or uncompressed with prefix 4; the hybrid forms 6 and 7 are refused. */
  private static Optional<ECPoint> point(Bytes encoded) {
    boolean known =
        encoded.size() == 33
            ? encoded.at(0) == 2 || encoded.at(0) == 3
            : encoded.size() == 65 && encoded.at(0) == 4;
    if (!known) {
      return Optional.empty();
    }
    try {
      return Optional.of(CURVE.getCurve().decodePoint(encoded.toArray()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static ECPoint pointOf(PublicKey key) {
    return CURVE.getCurve().decodePoint(key.compressed().toArray());
  }

  private static Optional<PublicKey> keyUnlessInfinite(ECPoint point) {
    return point.isInfinity() ? Optional.empty() : Optional.of(toKey(point));
  }

  private static PublicKey toKey(ECPoint point) {
    return new PublicKey(Bytes.wrap(point.getEncoded(true)));
  }

  private static boolean hasEvenY(ECPoint point) {
    return !point.getAffineYCoord().testBitZero();
  }

  private static Bytes x(ECPoint point) {
    return Bytes.wrap(point.getAffineXCoord().getEncoded());
  }

  private static BigInteger challenge(Bytes rx, Bytes px, Hash32 message) {
    return modN(Digests.tagged("BIP0340/challenge", rx, px, message.bytes()));
  }

  private static BigInteger modN(Hash32 hash) {
    return new BigInteger(1, hash.toArray()).mod(N);
  }

  private static BigInteger r(EcdsaSignature signature) {
    return new BigInteger(1, signature.rs().slice(0, 32).toArray());
  }

  private static BigInteger s(EcdsaSignature signature) {
    return new BigInteger(1, signature.rs().slice(32, 64).toArray());
  }

  private static Bytes word(BigInteger value) {
    return new CanonicalWriter().u256(value).toBytes();
  }

  private static Bytes xor(Bytes a, Bytes b) {
    byte[] out = a.toArray();
    for (int i = 0; i < out.length; i++) {
      out[i] ^= (byte) b.at(i);
    }
    return Bytes.wrap(out);
  }
}
