package dev.trestle.crypto.musig;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;

/**
 * One signer's share of a signature (BIP-327, PartialSigVerify): a scalar below n. Worth nothing
 * without the others' shares. Anything else is rejected with {@code invalid-partial-signature}.
 */
public record PartialSignature(Hash32 scalar) {
  public PartialSignature {
    if (!Scalars.isBelowN(scalar)) {
      throw new IllegalArgumentException("not below n");
    }
  }

  /**
   * Reads 32 bytes.
   *
   * @return rejected with {@link MusigCode#INVALID_PARTIAL_SIGNATURE} for another size and for a
   *     number that is not below n
   */
  public static Verdict<PartialSignature> parse(Bytes encoded) {
    return encoded.size() == Hash32.SIZE && Scalars.isBelowN(new Hash32(encoded))
        ? Verdict.accept(new PartialSignature(new Hash32(encoded)))
        : Verdict.reject(MusigCode.INVALID_PARTIAL_SIGNATURE, "not a scalar");
  }
}
