package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.x509.SignatureAlgorithm;
import dev.trestle.crypto.x509.X509PublicKey;
import java.util.Arrays;

/** Signature schemes by the number that signed metadata carry ({@code core.crypto.Crypto}). */
public enum SignatureScheme {
  RSA_SHA256(1, X509PublicKey.Kind.RSA, SignatureAlgorithm.RSA_SHA256),
  ECDSA_SECP256K1_SHA256(2, X509PublicKey.Kind.SECP256K1, SignatureAlgorithm.ECDSA_SHA256),
  ECDSA_SECP256R1_SHA256(3, X509PublicKey.Kind.P256, SignatureAlgorithm.ECDSA_SHA256),
  EDDSA_ED25519_SHA512(4, X509PublicKey.Kind.ED25519, SignatureAlgorithm.ED25519);

  private final int id;
  private final X509PublicKey.Kind kind;
  private final SignatureAlgorithm algorithm;

  SignatureScheme(int id, X509PublicKey.Kind kind, SignatureAlgorithm algorithm) {
    this.id = id;
    this.kind = kind;
    this.algorithm = algorithm;
  }

  /** {@code schemeNumberID}. */
  public int id() {
    return id;
  }

  /**
   * @throws DecodeException if there is none with this number, or it is one that we do not verify
   *     (SPHINCS-256)
   */
  public static SignatureScheme of(int id) {
    return Arrays.stream(values())
        .filter(each -> each.id == id)
        .findFirst()
        .orElseThrow(() -> new DecodeException("signature scheme " + id));
  }

  /** The scheme of a key. */
  public static SignatureScheme of(X509PublicKey key) {
    return Arrays.stream(values())
        .filter(each -> each.kind == key.kind())
        .findFirst()
        .orElseThrow(() -> new DecodeException("a key that Corda has no scheme for"));
  }

  /** False for a key of another scheme, too. */
  public boolean verify(X509PublicKey key, Bytes message, Bytes signature) {
    return key.kind() == kind && key.verify(algorithm, message, signature);
  }
}
