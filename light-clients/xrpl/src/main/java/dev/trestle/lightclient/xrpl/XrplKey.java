package dev.trestle.lightclient.xrpl;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.Ed25519PublicKey;
import dev.trestle.crypto.KnownSignatures;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.Secp256k1;
import java.util.Optional;

/**
 * A public key of the XRP Ledger: 33 bytes, {@code ED} and an Ed25519 key, or a compressed
 * secp256k1 key. Ed25519 signs the message itself, secp256k1 the first half of its SHA-512.
 * Signatures of secp256k1 are in DER and fully canonical: the shortest form, with s at most n/2.
 */
public record XrplKey(Bytes bytes) implements Comparable<XrplKey> {
  public static final int SIZE = 33;

  /** ECDSA over the first half of SHA-512, strict DER, low s. */
  private static final String SECP256K1 = "xrpl secp256k1";

  private static final int ED25519 = 0xed;
  private static final int MAX_DER = 72;

  public XrplKey {
    if (bytes.size() != SIZE || !(isEd25519(bytes) || bytes.at(0) == 2 || bytes.at(0) == 3)) {
      throw new IllegalArgumentException("not a key of the XRP Ledger: " + bytes);
    }
  }

  private static boolean isEd25519(Bytes bytes) {
    return bytes.at(0) == ED25519;
  }

  /** False for whatever is no canonical signature of this key over {@code message}. */
  public boolean verify(Bytes message, Bytes signature) {
    if (isEd25519(bytes)) {
      return Ed25519PublicKey.decode(bytes.slice(1, SIZE))
          .map(key -> key.verify(message, signature))
          .orElse(false);
    }
    return KnownSignatures.shared()
        .verify(SECP256K1, bytes, message, signature, () -> isSigned(message, signature));
  }

  private boolean isSigned(Bytes message, Bytes signature) {
    return Secp256k1.instance().isPublicKey(bytes)
        && canonical(signature)
            .map(
                parsed ->
                    Secp256k1.instance()
                        .verifyEcdsa(parsed, Digests.sha512Half(message), new PublicKey(bytes)))
            .orElse(false);
  }

  /** Empty unless it is strict DER with s at most n/2. */
  static Optional<EcdsaSignature> canonical(Bytes der) {
    if (der.size() < 8
        || der.size() > MAX_DER
        || der.at(0) != 0x30
        || der.at(1) != der.size() - 2) {
      return Optional.empty();
    }
    int endOfR = end(der, 2);
    if (endOfR < 0) {
      return Optional.empty();
    }
    int endOfS = end(der, endOfR);
    if (endOfS != der.size()) {
      return Optional.empty();
    }
    Bytes rs = Bytes.concat(word(der.slice(4, endOfR)), word(der.slice(endOfR + 2, endOfS)));
    return EcdsaSignature.normalized(rs, 0).filter(low -> low.rs().equals(rs));
  }

  /** Where the integer at {@code at} ends; -1 unless it is positive and in the shortest form. */
  private static int end(Bytes der, int at) {
    if (at + 2 > der.size() || der.at(at) != 0x02) {
      return -1;
    }
    int size = der.at(at + 1);
    int end = at + 2 + size;
    if (size < 1 || size > 33 || end > der.size() || der.at(at + 2) > 0x7f) {
      return -1;
    }
    boolean padded = der.at(at + 2) == 0;
    boolean needed = size > 1 && der.at(at + 3) > 0x7f;
    return (padded && !needed) || (size == 33 && !padded) ? -1 : end;
  }

  private static Bytes word(Bytes integer) {
    Bytes digits = integer.size() == 33 ? integer.slice(1, 33) : integer;
    return Bytes.concat(Bytes.wrap(new byte[32 - digits.size()]), digits);
  }

  @Override
  public int compareTo(XrplKey other) {
    return bytes.compareTo(other.bytes);
  }

  @Override
  public String toString() {
    return bytes.toHex();
  }
}
