package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * An Ed25519 key, decompressed once for any number of signatures. Verification is RFC 8032 5.1.7
 * without the cofactor, as Bouncy Castle does it. Chains that follow ZIP-215 (CometBFT) accept
 * somewhat more: a validator that makes such a signature on purpose is one that did not sign for
 * us, which costs liveness and never safety.
 */
public final class Ed25519PublicKey {
  /** Bytes of a key. */
  public static final int SIZE = Ed25519.PUBLIC_KEY_SIZE;

  /** Bytes of a signature. */
  public static final int SIGNATURE_SIZE = Ed25519.SIGNATURE_SIZE;

  private static final String SCHEME = "ed25519";

  /** Keys that are remembered, a power of two: about a megabyte when all are there. */
  private static final int REMEMBERED = 1 << 12;

  /** Keys that were decompressed lately, each at the place its hash says. */
  private static final AtomicReferenceArray<Ed25519PublicKey> KNOWN =
      new AtomicReferenceArray<>(REMEMBERED);

  private final Bytes encoded;
  private final Ed25519.PublicPoint point;

  private Ed25519PublicKey(Bytes encoded, Ed25519.PublicPoint point) {
    this.encoded = encoded;
    this.point = point;
  }

  /** Empty for what is no point of the curve in canonical form, and for points of small order. */
  public static Optional<Ed25519PublicKey> decode(Bytes encoded) {
    if (encoded.size() != SIZE) {
      return Optional.empty();
    }
    int place = Math.floorMod(encoded.hashCode() * 0x9e3779b1, REMEMBERED);
    Ed25519PublicKey known = KNOWN.get(place);
    if (known != null && known.encoded.equals(encoded)) {
      return Optional.of(known);
    }
    Optional<Ed25519PublicKey> decoded =
        Optional.ofNullable(Ed25519.validatePublicKeyPartialExport(encoded.toArray(), 0))
            .map(valid -> new Ed25519PublicKey(encoded, valid));
    decoded.ifPresent(key -> KNOWN.set(place, key));
    return decoded;
  }

  /** False for a signature that is not {@link #SIGNATURE_SIZE} bytes, too. */
  public boolean verify(Bytes message, Bytes signature) {
    return signature.size() == SIGNATURE_SIZE
        && KnownSignatures.shared()
            .verify(SCHEME, encoded, message, signature, () -> isSigned(message, signature));
  }

  private boolean isSigned(Bytes message, Bytes signature) {
    return Ed25519.verify(signature.toArray(), 0, point, message.toArray(), 0, message.size());
  }
}
