package dev.trestle.relay.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransportIdentityTest {
  @TempDir Path temp;

  private static X509Certificate certificate(Path file) throws IOException, CertificateException {
    String pem = Files.readString(file);
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(
                    pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"))
                        .getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void isMadeOnceAndIsTheOwnersOnly() throws Exception {
    Path file = temp.resolve("data/transport.pem");
    TransportIdentity made = TransportIdentity.loadOrCreate(file, new SecureRandom());
    TransportIdentity found = TransportIdentity.loadOrCreate(file, new SecureRandom());
    assertThat(found.fingerprint()).isEqualTo(made.fingerprint());
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(TransportIdentity.fingerprint(certificate(file))).isEqualTo(made.fingerprint());
    assertThat(TransportIdentity.generate(new SecureRandom()).fingerprint())
        .isNotEqualTo(made.fingerprint());
  }

  @Test
  void onlyOneSelfIssuedCertificateIsTrusted() throws Exception {
    Path one = temp.resolve("one");
    Path two = temp.resolve("two");
    TransportIdentity.loadOrCreate(one, new SecureRandom());
    TransportIdentity.loadOrCreate(two, new SecureRandom());
    SelfIssuedTrust trust = new SelfIssuedTrust();
    X509Certificate first = certificate(one);
    trust.checkClientTrusted(new X509Certificate[] {first}, "UNKNOWN");
    assertThatThrownBy(
            () ->
                trust.checkServerTrusted(
                    new X509Certificate[] {first, certificate(two)}, "UNKNOWN"))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> trust.checkClientTrusted(new X509Certificate[0], "UNKNOWN"))
        .isInstanceOf(CertificateException.class);
  }

  @Test
  void aCertificateWhoseSignatureDoesNotHoldIsRefused() throws Exception {
    Path file = temp.resolve("one");
    TransportIdentity.loadOrCreate(file, new SecureRandom());
    byte[] der = certificate(file).getEncoded();
    der[der.length - 1] ^= 1;
    X509Certificate broken =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
    assertThatThrownBy(
            () ->
                new SelfIssuedTrust().checkServerTrusted(new X509Certificate[] {broken}, "UNKNOWN"))
        .isInstanceOf(CertificateException.class);
  }
}
