package dev.trestle.lightclient.corda;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.crypto.x509.X509PublicKey;

/**
 * What a client starts from: {@code u8 version = 1 | rules | u64 height}.
 *
 * @param height of the last transaction before the first one that the client accepts: 0, or where a
 *     client that this one shall replace stopped
 */
public record CordaAnchor(CordaRules rules, long height) {
  /** So high that no client reaches the end. */
  public static final long MAX_HEIGHT = Long.MAX_VALUE / 2;

  public CordaAnchor {
    if (height < 0 || height > MAX_HEIGHT) {
      throw new IllegalArgumentException("height " + height);
    }
  }

  /**
   * @throws DecodeException if it is no anchor, or the notary's key is no key, or one that cannot
   *     sign because no form of metadata is of its scheme
   */
  public static CordaAnchor decode(Bytes encoded) {
    return Messages.decode(encoded, CordaAnchor::read);
  }

  static CordaAnchor read(CanonicalReader in) {
    CordaRules rules = CordaRules.read(in);
    for (X509PublicKey each : rules.decodedKey().keys()) {
      SignatureScheme scheme = SignatureScheme.of(each);
      if (rules.forms().stream().noneMatch(form -> form.scheme() == scheme)) {
        throw new DecodeException("no form of metadata for a key of " + scheme);
      }
    }
    return new CordaAnchor(rules, in.u64());
  }

  public Bytes encode() {
    CanonicalWriter out = Messages.begin();
    rules.write(out);
    return out.u64(height).toBytes();
  }
}
