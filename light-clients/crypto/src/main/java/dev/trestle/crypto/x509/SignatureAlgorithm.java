package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;

/** Signature algorithms that are accepted. SHA-1 and everything shorter is not. */
public enum SignatureAlgorithm {
  /** FIPS 186-5 6.4 with SHA-256, DER. */
  ECDSA_SHA256,
  /** FIPS 186-5 6.4 with SHA-384, DER. */
  ECDSA_SHA384,
  /** RFC 8032 5.1.7. */
  ED25519,
  /** RFC 8017 8.2 (PKCS #1 v1.5) with SHA-256. */
  RSA_SHA256;

  /** RFC 8410 3: of the key and of the signature. */
  static final ASN1ObjectIdentifier ED25519_ID = new ASN1ObjectIdentifier("1.3.101.112");

  static Optional<SignatureAlgorithm> of(ASN1ObjectIdentifier id) {
    if (id.equals(X9ObjectIdentifiers.ecdsa_with_SHA256)) {
      return Optional.of(ECDSA_SHA256);
    }
    if (id.equals(X9ObjectIdentifiers.ecdsa_with_SHA384)) {
      return Optional.of(ECDSA_SHA384);
    }
    if (id.equals(ED25519_ID)) {
      return Optional.of(ED25519);
    }
    return id.equals(PKCSObjectIdentifiers.sha256WithRSAEncryption)
        ? Optional.of(RSA_SHA256)
        : Optional.empty();
  }

  /** The hash that ECDSA signs. */
  byte[] digest(Bytes message) {
    Digest digest = this == ECDSA_SHA384 ? new SHA384Digest() : new SHA256Digest();
    digest.update(message.toArray(), 0, message.size());
    byte[] out = new byte[digest.getDigestSize()];
    digest.doFinal(out, 0);
    return out;
  }
}
