package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import io.vertx.core.net.KeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The key and self-issued certificate (P-256, X.509 v3) with which a node speaks TLS. It is not the
 * validator key: a stolen transport key cannot vote. A peer is known by its {@link #fingerprint}.
 */
public final class TransportIdentity {
  /**
   * Date of all certificates: they do not expire, the configured fingerprint is what binds them.
   */
  private static final Instant NOT_BEFORE = Instant.parse("2026-01-01T00:00:00Z");

  private static final Instant NOT_AFTER = Instant.parse("2100-01-01T00:00:00Z");

  private final String pem;
  private final PrivateKey key;
  private final X509Certificate certificate;
  private final Hash32 fingerprint;

  private TransportIdentity(String pem, PrivateKey key, X509Certificate certificate) {
    this.pem = pem;
    this.key = key;
    this.certificate = certificate;
    this.fingerprint = fingerprint(certificate);
  }

  /** Reads {@code file}, or draws a key and writes it there, readable by the owner only. */
  public static TransportIdentity loadOrCreate(Path file, SecureRandom random) {
    try {
      if (Files.exists(file)) {
        return parse(Files.readString(file));
      }
      TransportIdentity created = generate(random);
      Path directory = file.toAbsolutePath().getParent();
      if (directory != null) {
        Files.createDirectories(directory);
      }
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(file, created.pem, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
      return created;
    } catch (IOException e) {
      throw new TrestleException(NodeReason.STORAGE_FAULT, "cannot use the transport key file", e);
    }
  }

  public static TransportIdentity generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair keys = generator.generateKeyPair();
      X500Name name = new X500Name("CN=trestle-node");
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(64, random).setBit(64),
              Date.from(NOT_BEFORE),
              Date.from(NOT_AFTER),
              name,
              keys.getPublic());
      StringWriter text = new StringWriter();
      try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
        writer.writeObject(new JcaPKCS8Generator(keys.getPrivate(), null));
        writer.writeObject(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      }
      return parse(text.toString());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("every Java platform has P-256 and X.509", e);
    }
  }

  /** SHA-256 of a certificate's public key (its SubjectPublicKeyInfo in DER). */
  public static Hash32 fingerprint(X509Certificate certificate) {
    return Digests.sha256(Bytes.of(certificate.getPublicKey().getEncoded()));
  }

  /** What the validator list names for this node. */
  public Hash32 fingerprint() {
    return fingerprint;
  }

  /** For either side of a connection; the key never passes through a key store. */
  KeyCertOptions keyCertOptions() {
    return KeyCertOptions.wrap(new TransportKeyManager(key, certificate));
  }

  private static TransportIdentity parse(String pem) {
    try {
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(
                      new ByteArrayInputStream(
                          block(pem, "CERTIFICATE").getBytes(StandardCharsets.US_ASCII)));
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(der(block(pem, "PRIVATE KEY"))));
      return new TransportIdentity(pem, key, certificate);
    } catch (GeneralSecurityException e) {
      throw new TrestleException(
          NodeReason.STORAGE_CORRUPT, "no P-256 key and certificate in the key file", e);
    }
  }

  private static byte[] der(String block) {
    try {
      return Base64.getMimeDecoder().decode(block.replaceAll("-----[A-Z ]+-----", ""));
    } catch (IllegalArgumentException e) {
      throw new TrestleException(NodeReason.STORAGE_CORRUPT, "no base 64 in the key file", e);
    }
  }

  private static String block(String pem, String kind) {
    int from = pem.indexOf("-----BEGIN " + kind + "-----");
    String end = "-----END " + kind + "-----";
    int to = pem.indexOf(end, Math.max(from, 0));
    if (from < 0 || to < 0) {
      throw new TrestleException(NodeReason.STORAGE_CORRUPT, "no " + kind + " in the key file");
    }
    return pem.substring(from, to + end.length()) + "\n";
  }
}
