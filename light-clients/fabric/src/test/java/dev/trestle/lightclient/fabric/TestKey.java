package dev.trestle.lightclient.fabric;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** A secret on P-256. */
record TestKey(BigInteger secret) {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256r1");
  private static final ECDomainParameters P256 = new ECDomainParameters(CURVE);

  /** DER up to the 65 bytes of an uncompressed point (RFC 5480 2). */
  private static final Bytes INFO =
      Bytes.fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");

  static TestKey of(String seed) {
    return new TestKey(
        new BigInteger(1, Digests.sha256(Bytes.utf8(seed)).bytes().toArray()).mod(P256.getN()));
  }

  /** SubjectPublicKeyInfo. */
  Bytes encoded() {
    return Bytes.concat(INFO, Bytes.wrap(P256.getG().multiply(secret).getEncoded(false)));
  }

  /** With s of at most half of the order. */
  Bytes sign(Bytes message) {
    return sign(message, false);
  }

  Bytes sign(Bytes message, boolean highS) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(secret, P256));
    BigInteger[] rs = signer.generateSignature(Digests.sha256(message).bytes().toArray());
    BigInteger order = P256.getN();
    boolean high = rs[1].compareTo(order.shiftRight(1)) > 0;
    BigInteger s = high == highS ? rs[1] : order.subtract(rs[1]);
    try {
      return Bytes.wrap(StandardDSAEncoding.INSTANCE.encode(order, rs[0], s));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
