package dev.trestle.crypto.x509;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.bouncycastle.asn1.x509.CertificateList;
import org.bouncycastle.asn1.x509.TBSCertList;

/**
 * A certificate revocation list (RFC 5280 5). Its own signature and dates are not looked at: it
 * comes from a source that is trusted already, and can only take trust away.
 *
 * @param issuer name, DER
 */
public record RevocationList(Bytes issuer, Set<BigInteger> serials) {
  /** Largest list in bytes, DER. */
  public static final int MAX_SIZE = 200_000;

  public RevocationList {
    serials = Set.copyOf(serials);
  }

  /**
   * From PEM or DER.
   *
   * @throws DecodeException if it is no list
   */
  public static RevocationList decode(Bytes encoded) {
    Bytes der = Pem.decode(encoded, "X509 CRL", MAX_SIZE);
    try {
      CertificateList list = CertificateList.getInstance(Der.parse(der, MAX_SIZE));
      Set<BigInteger> serials = new HashSet<>();
      for (TBSCertList.CRLEntry entry : Arrays.asList(list.getRevokedCertificates())) {
        serials.add(entry.getUserCertificate().getValue());
      }
      return new RevocationList(X509Certificate.encode(list.getIssuer()), serials);
    } catch (IOException | RuntimeException e) {
      throw new DecodeException("not a revocation list: " + e.getMessage());
    }
  }

  boolean revokes(X509Certificate certificate) {
    return issuer.equals(certificate.issuer()) && serials.contains(certificate.serial());
  }
}
