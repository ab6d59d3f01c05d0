package dev.trestle.lightclient.bitcoin.script;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import java.math.BigInteger;
import java.util.Optional;

/**
 * An ECDSA signature as scripts carry it: strict DER (BIP-66) and one byte of hash type behind it.
 *
 * @param signature with s in its low form: consensus takes both (BIP-62 was never active)
 * @param hashType the last byte
 */
public record DerSignature(EcdsaSignature signature, int hashType) {
  /** Bytes of the shortest and the longest form with the hash type (BIP-66). */
  private static final int MIN_SIZE = 9;

  private static final int MAX_SIZE = 73;

  /** Bytes before r: sequence, its length, integer, its length. */
  private static final int BEFORE_R = 4;

  /** Bytes around r and s: those before r, two before s, the hash type. */
  private static final int AROUND = 7;

  private static final int SEQUENCE = 0x30;
  private static final int INTEGER = 0x02;

  /** Empty unless {@code element} is in the one form that BIP-66 allows, and r and s fit. */
  public static Optional<DerSignature> parse(Bytes element) {
    int size = element.size();
    if (size < MIN_SIZE
        || size > MAX_SIZE
        || element.at(0) != SEQUENCE
        || element.at(1) != size - 3) {
      return Optional.empty();
    }
    int sizeR = element.at(3);
    if (BEFORE_R + 1 + sizeR >= size) {
      return Optional.empty();
    }
    int sizeS = element.at(BEFORE_R + 1 + sizeR);
    if (sizeR + sizeS + AROUND != size) {
      return Optional.empty();
    }
    Optional<Bytes> r = integer(element, 2);
    Optional<Bytes> s = integer(element, BEFORE_R + sizeR);
    if (r.isEmpty() || s.isEmpty()) {
      return Optional.empty();
    }
    return EcdsaSignature.normalized(Bytes.concat(r.get(), s.get()), 0)
        .map(signature -> new DerSignature(signature, element.at(size - 1)));
  }

  /** The integer at {@code at} in 32 bytes; empty if negative, padded, absent or larger. */
  private static Optional<Bytes> integer(Bytes element, int at) {
    int size = element.at(at + 1);
    int first = at + 2;
    if (element.at(at) != INTEGER || size == 0 || (element.at(first) & 0x80) != 0) {
      return Optional.empty();
    }
    if (size > 1 && element.at(first) == 0 && (element.at(first + 1) & 0x80) == 0) {
      return Optional.empty();
    }
    byte[] value = new BigInteger(element.slice(first, first + size).toArray()).toByteArray();
    int skip = value.length > Hash32.SIZE && value[0] == 0 ? 1 : 0;
    int kept = value.length - skip;
    if (kept > Hash32.SIZE) {
      return Optional.empty();
    }
    byte[] out = new byte[Hash32.SIZE];
    System.arraycopy(value, skip, out, Hash32.SIZE - kept, kept);
    return Optional.of(Bytes.wrap(out));
  }
}
