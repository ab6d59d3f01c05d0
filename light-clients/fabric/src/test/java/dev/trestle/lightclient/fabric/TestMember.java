package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.fabric.protos.SerializedIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A member of an organisation with a certificate of its root. Certificates hold from 2023-01-01 to
 * 2030-01-01.
 *
 * @param unit organisational unit, which is the role
 */
record TestMember(String msp, String name, String unit) {
  private static final Map<TestMember, Bytes> CERTIFICATES = new ConcurrentHashMap<>();
  private static final AlgorithmIdentifier ALGORITHM =
      new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

  static TestMember root(String msp) {
    return new TestMember(msp, "root", "");
  }

  TestKey key() {
    return TestKey.of(msp + "/" + name);
  }

  private boolean isRoot() {
    return unit.isEmpty();
  }

  /** PEM. */
  Bytes certificate() {
    return CERTIFICATES.computeIfAbsent(this, TestMember::issue);
  }

  SerializedIdentity identity() {
    return new SerializedIdentity(msp, certificate());
  }

  private Bytes issue() {
    try {
      V3TBSCertificateGenerator content = new V3TBSCertificateGenerator();
      Bytes serial = Digests.sha256(Bytes.utf8(msp + name + unit)).bytes().slice(0, 8);
      content.setSerialNumber(new ASN1Integer(new BigInteger(1, serial.toArray())));
      content.setSignature(ALGORITHM);
      content.setIssuer(new X500Name("O=" + msp + ",CN=root"));
      content.setStartDate(new Time(new DERUTCTime("230101000000Z")));
      content.setEndDate(new Time(new DERUTCTime("300101000000Z")));
      content.setSubject(
          new X500Name(
              isRoot() ? "O=" + msp + ",CN=root" : "O=" + msp + ",OU=" + unit + ",CN=" + name));
      content.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key().encoded().toArray()));
      if (isRoot()) {
        content.setExtensions(
            new Extensions(
                new Extension(
                    Extension.basicConstraints, true, new BasicConstraints(true).getEncoded())));
      }
      TBSCertificate signed = content.generateTBSCertificate();
      ASN1EncodableVector parts = new ASN1EncodableVector();
      parts.add(signed);
      parts.add(ALGORITHM);
      parts.add(
          new DERBitString(root(msp).key().sign(Bytes.wrap(signed.getEncoded("DER"))).toArray()));
      return pem(new DERSequence(parts).getEncoded("DER"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Bytes pem(byte[] der) {
    return Bytes.utf8(
        "-----BEGIN CERTIFICATE-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
            + "\n-----END CERTIFICATE-----\n");
  }
}
