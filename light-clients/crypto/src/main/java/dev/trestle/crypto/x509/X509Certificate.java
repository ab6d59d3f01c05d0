package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.TBSCertificate;

/**
 * A certificate of version 3 (RFC 5280 4.1), parsed. Nothing about it is trusted before {@link
 * CertificatePath#validate}.
 *
 * @param encoded DER
 * @param signed the part that the issuer signed, DER
 * @param subject name, DER
 * @param issuer name, DER
 * @param notBefore Unix seconds, inclusive
 * @param notAfter Unix seconds, inclusive
 * @param algorithm empty if it is none that is accepted
 * @param organizationalUnits of the subject, in its order
 */
public record X509Certificate(
    Bytes encoded,
    Bytes signed,
    BigInteger serial,
    Bytes subject,
    Bytes issuer,
    long notBefore,
    long notAfter,
    X509PublicKey key,
    CertificateExtensions extensions,
    Optional<SignatureAlgorithm> algorithm,
    Bytes signature,
    List<String> organizationalUnits) {
  /** Largest certificate in bytes, DER. */
  public static final int MAX_SIZE = 8_192;

  private static final int MAX_SERIAL_BITS = 168;

  /** Certificates that are remembered, a power of two. */
  private static final int REMEMBERED = 1 << 9;

  /** Largest encoding that is remembered, so that all together stay below eight megabytes. */
  private static final int MAX_REMEMBERED_SIZE = 4_096;

  /**
   * What was parsed lately, each at the place its hash says: the members of a channel come with
   * every block. Nothing about it is trusted for being here.
   */
  private static final AtomicReferenceArray<Parsed> KNOWN = new AtomicReferenceArray<>(REMEMBERED);

  private record Parsed(Bytes source, X509Certificate certificate) {}

  public X509Certificate {
    organizationalUnits = List.copyOf(organizationalUnits);
  }

  /**
   * From PEM with exactly one certificate, or from DER.
   *
   * @throws DecodeException if it is no certificate of version 3
   */
  public static X509Certificate decode(Bytes encoded) {
    int place = Math.floorMod(encoded.hashCode() * 0x9e3779b1, REMEMBERED);
    Parsed known = KNOWN.get(place);
    if (known != null && known.source().equals(encoded)) {
      return known.certificate();
    }
    X509Certificate parsed = parse(encoded);
    if (encoded.size() <= MAX_REMEMBERED_SIZE) {
      KNOWN.set(place, new Parsed(encoded, parsed));
    }
    return parsed;
  }

  private static X509Certificate parse(Bytes encoded) {
    Bytes der = Pem.decode(encoded, "CERTIFICATE", MAX_SIZE);
    try {
      return of(Certificate.getInstance(Der.parse(der, MAX_SIZE)), der);
    } catch (IOException | RuntimeException e) {
      throw new DecodeException("not a certificate: " + e.getMessage());
    }
  }

  private static X509Certificate of(Certificate certificate, Bytes der) throws IOException {
    TBSCertificate content = certificate.getTBSCertificate();
    BigInteger serial = content.getSerialNumber().getValue();
    if (content.getVersionNumber() != 3 || serial.bitLength() > MAX_SERIAL_BITS) {
      throw new DecodeException("not a certificate of version 3");
    }
    // RFC 5280 4.1.1.2: what is signed names the same algorithm.
    if (!content.getSignature().equals(certificate.getSignatureAlgorithm())) {
      throw new DecodeException("two signature algorithms");
    }
    return new X509Certificate(
        der,
        encode(content),
        serial,
        encode(content.getSubject()),
        encode(content.getIssuer()),
        CertificateTime.seconds(content.getStartDate()),
        CertificateTime.seconds(content.getEndDate()),
        X509PublicKey.decode(encode(content.getSubjectPublicKeyInfo())),
        CertificateExtensions.of(content.getExtensions()),
        SignatureAlgorithm.of(certificate.getSignatureAlgorithm().getAlgorithm()),
        Bytes.wrap(certificate.getSignature().getOctets()),
        CertificateExtensions.organizationalUnits(content.getSubject()));
  }

  static Bytes encode(ASN1Encodable value) throws IOException {
    return Bytes.wrap(value.toASN1Primitive().getEncoded("DER"));
  }

  /** Tells certificates apart whatever their text looks like: SHA-256 of the DER. */
  public Hash32 fingerprint() {
    return Digests.sha256(encoded);
  }

  /** Whether {@code authority}'s name and key identifier are those of the issuer. */
  boolean names(X509Certificate authority) {
    boolean otherKey =
        extensions.authorityKeyId().isPresent()
            && authority.extensions.subjectKeyId().isPresent()
            && !extensions.authorityKeyId().equals(authority.extensions.subjectKeyId());
    return issuer.equals(authority.subject) && !otherKey;
  }

  /** Whether {@code authority}'s key signed this. */
  boolean isSignedBy(X509Certificate authority) {
    return algorithm.isPresent() && authority.key.verify(algorithm.get(), signed, signature);
  }
}
