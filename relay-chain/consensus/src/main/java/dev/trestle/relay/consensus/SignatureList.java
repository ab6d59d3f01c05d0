package dev.trestle.relay.consensus;

import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EcdsaSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * Signatures of distinct members of a set over one digest: a bitmap and the signatures in ascending
 * order of validator number. A duplicate or a number outside the set cannot be expressed.
 *
 * @param validatorCount n, the size of the set
 * @param signers validator numbers, strictly ascending
 * @param signatures one a signer, in the same order
 */
public record SignatureList(
    int validatorCount, List<Integer> signers, List<EcdsaSignature> signatures) {
  public SignatureList {
    signers = List.copyOf(signers);
    signatures = List.copyOf(signatures);
    if (validatorCount < 1 || validatorCount > ConsensusLimits.MAX_VALIDATORS) {
      throw new IllegalArgumentException(validatorCount + " validators");
    }
    if (signers.size() != signatures.size()) {
      throw new IllegalArgumentException("not one signature a signer");
    }
    int previous = -1;
    for (int signer : signers) {
      if (signer <= previous || signer >= validatorCount) {
        throw new IllegalArgumentException("signers are not distinct, ascending and in the set");
      }
      previous = signer;
    }
  }

  static SignatureList of(int validatorCount, SortedMap<Integer, EcdsaSignature> signatures) {
    return new SignatureList(
        validatorCount, List.copyOf(signatures.keySet()), List.copyOf(signatures.values()));
  }

  public int size() {
    return signers.size();
  }

  /** Every signature verified, and enough of them: the work is bounded by the size of the set. */
  Verdict<SignatureList> verify(ValidatorSet validators, Hash32 digest, Rules rules) {
    if (validatorCount != validators.size()) {
      return Verdict.reject(
          ConsensusCode.WRONG_SET_SIZE, validatorCount + " instead of " + validators.size());
    }
    if (!rules.isQuorum(validators, size())) {
      return Verdict.reject(ConsensusCode.QUORUM_LOW, size() + " of " + validatorCount);
    }
    for (int i = 0; i < size(); i++) {
      int signer = signers.get(i);
      if (!rules.signed(signatures.get(i), digest, validators.address(signer))) {
        return Verdict.reject(ConsensusCode.BAD_SIGNATURE, "validator " + signer);
      }
    }
    return Verdict.accept(this);
  }

  /** Each signature as its signer's own; not verified here. */
  List<SignedStatement> statements(Statement statement, ValidatorSet validators) {
    List<SignedStatement> all = new ArrayList<>();
    for (int i = 0; i < size(); i++) {
      all.add(
          new SignedStatement(statement, validators.address(signers.get(i)), signatures.get(i)));
    }
    return all;
  }

  void write(CanonicalWriter out) {
    byte[] bitmap = new byte[(validatorCount + 7) / 8];
    for (int signer : signers) {
      bitmap[signer / 8] |= (byte) (1 << (signer % 8));
    }
    out.u16(validatorCount);
    for (byte each : bitmap) {
      out.u8(each & 0xff);
    }
    signatures.forEach(signature -> out.fixed(signature.bytes()));
  }

  static SignatureList read(CanonicalReader in) {
    int count = in.u16();
    if (count < 1 || count > ConsensusLimits.MAX_VALIDATORS) {
      throw new DecodeException(count + " validators");
    }
    List<Integer> signers = new ArrayList<>();
    for (int base = 0; base < count; base += 8) {
      int bits = in.u8();
      for (int bit = 0; bit < 8; bit++) {
        if ((bits >>> bit & 1) == 0) {
          continue;
        }
        if (base + bit >= count) {
          throw new DecodeException("bits beyond the set");
        }
        signers.add(base + bit);
      }
    }
    List<EcdsaSignature> signatures = new ArrayList<>();
    for (int i = 0; i < signers.size(); i++) {
      signatures.add(new EcdsaSignature(in.fixed(EcdsaSignature.SIZE)));
    }
    return new SignatureList(count, signers, signatures);
  }
}
