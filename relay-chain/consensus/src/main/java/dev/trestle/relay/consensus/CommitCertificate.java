package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;

/**
 * Proof that a block is final: COMMIT signatures of a quorum. Self-contained; the layout is that of
 * the wire format and is what contracts check.
 *
 * @param round the round in which the quorum committed; every round is as good
 */
public record CommitCertificate(long height, int round, Hash32 blockId, SignatureList signatures) {
  public static final int VERSION = 1;

  /** secp256k1 signatures one by one. */
  public static final int SCHEME_ECDSA = 1;

  /** Bytes of the largest certificate. */
  public static final int MAX_BYTES =
      48 + ConsensusLimits.MAX_VALIDATORS / 8 + 64 * ConsensusLimits.MAX_VALIDATORS;

  public CommitCertificate {
    if (height < 1 || round < 0 || round > ConsensusLimits.MAX_ROUND || blockId.isZero()) {
      throw new IllegalArgumentException("height, round or block id out of range");
    }
  }

  /**
   * Whether more than two thirds of {@code validators} signed this. Rejects another set size, too
   * few signatures, and any signature that is not by its validator over this block on this chain.
   */
  public Verdict<CommitCertificate> verify(ValidatorSet validators, Hash32 chainId) {
    return verify(validators, chainId, Rules.QBFT);
  }

  Verdict<CommitCertificate> verify(ValidatorSet validators, Hash32 chainId, Rules rules) {
    return signatures
        .verify(validators, rules.digest(statement(), chainId), rules)
        .then(valid -> Verdict.accept(this));
  }

  /** What each of the signatures is over. */
  public Statement statement() {
    return Statement.commit(height, round, blockId);
  }

  /** {@link #verify}, and that this is the certificate of {@code header} by the set it names. */
  public Verdict<CommitCertificate> verifyFor(RelayHeader header, ValidatorSet validators) {
    if (!header.validatorsHash().equals(validators.hash())) {
      return Verdict.reject(ConsensusCode.WRONG_VALIDATORS, "the header names another set");
    }
    if (header.height() != height || !header.id().equals(blockId)) {
      return Verdict.reject(ConsensusCode.WRONG_BLOCK, "the certificate is for another block");
    }
    return verify(validators, header.chainId());
  }

  /** keccak256 of the encoding: what the next header carries as lastCommitHash. */
  public Hash32 hash() {
    return Digests.keccak256(encode());
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Rejects as malformed: unknown version or scheme, bits beyond the set, a wrong length. */
  public static Verdict<CommitCertificate> decode(Bytes encoded) {
    return Decoding.verdict(encoded, MAX_BYTES, CommitCertificate::read);
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION).u8(SCHEME_ECDSA).u64(height).u32(round).hash(blockId);
    signatures.write(out);
  }

  static CommitCertificate read(CanonicalReader in) {
    if (in.u8() != VERSION || in.u8() != SCHEME_ECDSA) {
      throw new DecodeException("unknown certificate version or scheme");
    }
    return new CommitCertificate(in.u64(), Decoding.round(in), in.hash(), SignatureList.read(in));
  }
}
