package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.Ed25519PublicKey;
import dev.trestle.crypto.KnownSignatures;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.RSADigestSigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/**
 * A key as certificates carry it (SubjectPublicKeyInfo, RFC 5280 4.1.2.7): ECDSA on P-256, P-384 or
 * secp256k1 by the curve's name and with an uncompressed point, Ed25519, or RSA of 2,048 to 8,192
 * bits. Explicit curve parameters are refused. Equal when the encodings are.
 */
public final class X509PublicKey {
  /** Largest encoding in bytes: RSA of 8,192 bits. */
  public static final int MAX_SIZE = 1_100;

  private static final int MIN_RSA_BITS = 2_048;
  private static final int MAX_RSA_BITS = 8_192;
  private static final int MAX_RSA_EXPONENT_BITS = 33;

  /** Longest ECDSA signature in DER, P-384. */
  private static final int MAX_ECDSA = 104;

  /** Families of keys. */
  public enum Kind {
    P256,
    P384,
    SECP256K1,
    ED25519,
    RSA
  }

  private final Bytes encoded;
  private final Kind kind;
  private final Checker checker;

  private X509PublicKey(Bytes encoded, Kind kind, Checker checker) {
    this.encoded = encoded;
    this.kind = kind;
    this.checker = checker;
  }

  @FunctionalInterface
  private interface Checker {
    boolean verify(SignatureAlgorithm algorithm, Bytes message, Bytes signature, boolean lowS);
  }

  /**
   * @throws DecodeException if it is not a key of one of these kinds
   */
  public static X509PublicKey decode(Bytes encoded) {
    try {
      return of(SubjectPublicKeyInfo.getInstance(Der.parse(encoded, MAX_SIZE)), encoded);
    } catch (IOException | RuntimeException e) {
      throw new DecodeException("not a public key: " + e.getMessage());
    }
  }

  private static X509PublicKey of(SubjectPublicKeyInfo info, Bytes encoded) throws IOException {
    ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
    if (algorithm.equals(SignatureAlgorithm.ED25519_ID)) {
      Ed25519PublicKey key =
          Ed25519PublicKey.decode(Bytes.of(info.getPublicKeyData().getOctets()))
              .orElseThrow(() -> new DecodeException("not an Ed25519 key"));
      return new X509PublicKey(
          encoded,
          Kind.ED25519,
          (by, message, signature, lowS) ->
              by == SignatureAlgorithm.ED25519 && key.verify(message, signature));
    }
    if (algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return elliptic(info, encoded);
    }
    if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
      return rsa(info, encoded);
    }
    throw new DecodeException("a key of the algorithm " + algorithm);
  }

  private static X509PublicKey elliptic(SubjectPublicKeyInfo info, Bytes encoded)
      throws IOException {
    Kind kind = curve(info.getAlgorithm().getParameters());
    byte[] point = info.getPublicKeyData().getOctets();
    if (point.length == 0 || point[0] != 4) {
      throw new DecodeException("not an uncompressed point");
    }
    if (!(PublicKeyFactory.createKey(info) instanceof ECPublicKeyParameters key)) {
      throw new DecodeException("not a key on a curve");
    }
    return new X509PublicKey(
        encoded, kind, (by, message, signature, lowS) -> ecdsa(key, by, message, signature, lowS));
  }

  private static Kind curve(ASN1Encodable parameters) {
    if (X9ObjectIdentifiers.prime256v1.equals(parameters)) {
      return Kind.P256;
    }
    if (SECObjectIdentifiers.secp384r1.equals(parameters)) {
      return Kind.P384;
    }
    if (SECObjectIdentifiers.secp256k1.equals(parameters)) {
      return Kind.SECP256K1;
    }
    throw new DecodeException("a curve that is not accepted");
  }

  private static X509PublicKey rsa(SubjectPublicKeyInfo info, Bytes encoded) throws IOException {
    AsymmetricKeyParameter decoded = PublicKeyFactory.createKey(info);
    if (!(decoded instanceof RSAKeyParameters key)
        || key.getModulus().bitLength() < MIN_RSA_BITS
        || key.getModulus().bitLength() > MAX_RSA_BITS
        || key.getExponent().bitLength() > MAX_RSA_EXPONENT_BITS
        || key.getExponent().compareTo(BigInteger.TWO) <= 0
        || !key.getExponent().testBit(0)) {
      throw new DecodeException("an RSA key that is not accepted");
    }
    return new X509PublicKey(
        encoded,
        Kind.RSA,
        (by, message, signature, lowS) ->
            by == SignatureAlgorithm.RSA_SHA256 && rsa(key, message, signature));
  }

  private static boolean ecdsa(
      ECPublicKeyParameters key,
      SignatureAlgorithm algorithm,
      Bytes message,
      Bytes signature,
      boolean lowS) {
    boolean hashed =
        algorithm == SignatureAlgorithm.ECDSA_SHA256
            || algorithm == SignatureAlgorithm.ECDSA_SHA384;
    if (!hashed || signature.size() > MAX_ECDSA) {
      return false;
    }
    BigInteger order = key.getParameters().getN();
    try {
      BigInteger[] rs = StandardDSAEncoding.INSTANCE.decode(order, signature.toArray());
      if (lowS && rs[1].compareTo(order.shiftRight(1)) > 0) {
        return false;
      }
      ECDSASigner signer = new ECDSASigner();
      signer.init(false, key);
      return signer.verifySignature(algorithm.digest(message), rs[0], rs[1]);
    } catch (IOException | RuntimeException malformed) {
      return false;
    }
  }

  private static boolean rsa(RSAKeyParameters key, Bytes message, Bytes signature) {
    RSADigestSigner signer = new RSADigestSigner(new SHA256Digest());
    signer.init(false, key);
    signer.update(message.toArray(), 0, message.size());
    return signature.size() == (key.getModulus().bitLength() + 7) / 8
        && signer.verifySignature(signature.toArray());
  }

  /** DER of the SubjectPublicKeyInfo. */
  public Bytes encoded() {
    return encoded;
  }

  public Kind kind() {
    return kind;
  }

  /**
   * Whether {@code signature} over {@code message} is this key's. False for a malformed signature
   * and for an algorithm of another kind of key. ECDSA signatures are strict DER; s may be high.
   */
  public boolean verify(SignatureAlgorithm algorithm, Bytes message, Bytes signature) {
    return check("x509 ", algorithm, message, signature, false);
  }

  /** As {@link #verify}, and ECDSA signatures must have s of at most half of the order. */
  public boolean verifyLowS(SignatureAlgorithm algorithm, Bytes message, Bytes signature) {
    return check("x509 low s ", algorithm, message, signature, true);
  }

  private boolean check(
      String rules, SignatureAlgorithm algorithm, Bytes message, Bytes signature, boolean lowS) {
    return KnownSignatures.shared()
        .verify(
            rules + algorithm,
            encoded,
            message,
            signature,
            () -> checker.verify(algorithm, message, signature, lowS));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof X509PublicKey that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  @Override
  public String toString() {
    return kind + " " + encoded.toHex();
  }
}
