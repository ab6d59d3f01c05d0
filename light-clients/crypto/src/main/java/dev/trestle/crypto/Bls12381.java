package dev.trestle.crypto;

import dev.trestle.base.Bytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import supranational.blst.BLST_ERROR;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.SecretKey;

/**
 * BLS signatures with keys in G1 and signatures in G2, the proof-of-possession scheme of
 * draft-irtf-cfrg-bls-signature as Ethereum uses it. Points at infinity and points outside of the
 * prime-order subgroup are refused for keys and for signatures. The possession of keys was proved
 * where they were registered; this class takes it for granted.
 */
public final class Bls12381 {
  /** Domain separation tag of Ethereum's ciphersuite. */
  public static final String DST = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

  /** Compressed signature in bytes. */
  public static final int SIGNATURE_SIZE = 96;

  private Bls12381() {}

  /**
   * {@code FastAggregateVerify}: whether all {@code signers} signed {@code message}. False for any
   * malformed input, for no signer and for signers beyond the set.
   */
  public static boolean fastAggregateVerify(
      BlsKeySet keys, BitSet signers, Bytes message, Bytes signature) {
    Optional<P2_Affine> point = signature(signature);
    return point.isPresent()
        && keys.aggregate(signers).map(key -> verify(key, message, point.get())).orElse(false);
  }

  /** As above over a list of keys, all of which must be valid and have signed. */
  public static boolean fastAggregateVerify(
      List<Bytes> compressedKeys, Bytes message, Bytes signature) {
    if (compressedKeys.isEmpty() || compressedKeys.size() > BlsKeySet.MAX_SEATS) {
      return false;
    }
    BitSet all = new BitSet();
    all.set(0, compressedKeys.size());
    return fastAggregateVerify(BlsKeySet.of(compressedKeys), all, message, signature);
  }

  /** Whether 96 bytes are the one compressed form of a signature other than infinity. */
  public static boolean isSignature(Bytes compressed) {
    return signature(compressed).isPresent();
  }

  private static Optional<P2_Affine> signature(Bytes compressed) {
    if (compressed.size() != SIGNATURE_SIZE || (compressed.at(0) & 0x80) == 0) {
      return Optional.empty();
    }
    P2_Affine point;
    try {
      point = new P2_Affine(compressed.toArray());
    } catch (RuntimeException e) { // what the binding throws for a bad encoding
      return Optional.empty();
    }
    return point.is_inf() || !point.in_group() ? Optional.empty() : Optional.of(point);
  }

  private static boolean verify(P1_Affine key, Bytes message, P2_Affine signature) {
    return signature.core_verify(key, true, message.toArray(), DST) == BLST_ERROR.BLST_SUCCESS;
  }

  /**
   * A signing key from at least 32 bytes of keying material ({@code KeyGen} of the draft). For
   * tests of light clients and for tools; the hub itself signs nothing with BLS.
   */
  public static final class Signer {
    private final SecretKey secret = new SecretKey();

    /**
     * @throws IllegalArgumentException on less than 32 bytes
     */
    public Signer(Bytes keyingMaterial) {
      if (keyingMaterial.size() < 32) {
        throw new IllegalArgumentException("keying material of " + keyingMaterial.size());
      }
      secret.keygen(keyingMaterial.toArray());
    }

    public Bytes publicKey() {
      return Bytes.wrap(new supranational.blst.P1(secret).compress());
    }

    public Bytes sign(Bytes message) {
      return Bytes.wrap(new P2().hash_to(message.toArray(), DST).sign_with(secret).compress());
    }
  }

  /**
   * The sum of signatures over one message.
   *
   * @throws IllegalArgumentException if there is none or one is not a signature
   */
  public static Bytes aggregate(List<Bytes> signatures) {
    if (signatures.isEmpty()) {
      throw new IllegalArgumentException("no signature to add up");
    }
    List<P2_Affine> points = new ArrayList<>(signatures.size());
    for (Bytes each : signatures) {
      points.add(
          signature(each).orElseThrow(() -> new IllegalArgumentException("not a signature")));
    }
    P2 sum = new P2();
    points.forEach(sum::add);
    return Bytes.wrap(sum.compress());
  }
}
