package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/** A secret of a notary's worker, Ed25519 or secp256k1. */
record TestKey(Bytes secret, SignatureScheme scheme) {
  /** DER up to the 32 bytes of an Ed25519 key (RFC 8410 4). */
  private static final Bytes ED25519_INFO = Bytes.fromHex("302a300506032b6570032100");

  /** DER up to the 65 bytes of an uncompressed secp256k1 point (RFC 5480 2). */
  private static final Bytes SECP256K1_INFO =
      Bytes.fromHex("3056301006072a8648ce3d020106052b8104000a034200");

  static TestKey ed25519(String seed) {
    return of(seed, SignatureScheme.EDDSA_ED25519_SHA512);
  }

  static TestKey secp256k1(String seed) {
    return of(seed, SignatureScheme.ECDSA_SECP256K1_SHA256);
  }

  private static TestKey of(String seed, SignatureScheme scheme) {
    return new TestKey(Digests.sha256(Bytes.utf8(seed)).bytes(), scheme);
  }

  private boolean isEd25519() {
    return scheme == SignatureScheme.EDDSA_ED25519_SHA512;
  }

  /** SubjectPublicKeyInfo. */
  Bytes encoded() {
    if (isEd25519()) {
      byte[] key = new byte[Ed25519.PUBLIC_KEY_SIZE];
      Ed25519.generatePublicKey(secret.toArray(), 0, key, 0);
      return Bytes.concat(ED25519_INFO, Bytes.wrap(key));
    }
    byte[] compressed = SecretKey.of(secret).publicKey().compressed().toArray();
    return Bytes.concat(
        SECP256K1_INFO,
        Bytes.wrap(
            SECNamedCurves.getByName("secp256k1")
                .getCurve()
                .decodePoint(compressed)
                .getEncoded(false)));
  }

  Bytes sign(Bytes message) {
    if (!isEd25519()) {
      Secp256k1 curve = Secp256k1.instance();
      return curve.toDer(curve.signEcdsa(Digests.sha256(message), SecretKey.of(secret)));
    }
    byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
    Ed25519.sign(secret.toArray(), 0, message.toArray(), 0, message.size(), signature, 0);
    return Bytes.wrap(signature);
  }

  /** A key and how much it weighs. */
  record Part(Bytes key, long weight) {}

  /** A composite key, whether valid or not. */
  static Bytes composite(long threshold, List<Part> parts) {
    List<ASN1Encodable> children = new ArrayList<>();
    for (Part each : parts) {
      children.add(
          new DERSequence(
              new ASN1Encodable[] {
                new DERBitString(each.key().toArray()), new ASN1Integer(each.weight())
              }));
    }
    DERSequence content =
        new DERSequence(
            new ASN1Encodable[] {
              new ASN1Integer(threshold), new DERSequence(children.toArray(new ASN1Encodable[0]))
            });
    try {
      return Bytes.wrap(
          new SubjectPublicKeyInfo(new AlgorithmIdentifier(CordaKey.COMPOSITE), content)
              .getEncoded("DER"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A composite key of keys that weigh one. */
  static Bytes composite(int threshold, List<TestKey> keys) {
    return composite(
        (long) threshold, keys.stream().map(each -> new Part(each.encoded(), 1)).toList());
  }
}
