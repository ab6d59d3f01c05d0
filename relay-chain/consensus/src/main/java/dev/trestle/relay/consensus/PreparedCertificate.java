package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;

/**
 * Proof that no other block can have been committed in this round: PREPARE signatures of a quorum.
 * Attached to round changes and to proposals of later rounds; same layout as {@link
 * CommitCertificate}.
 *
 * @param round the round in which the quorum prepared
 */
public record PreparedCertificate(
    long height, int round, Hash32 blockId, SignatureList signatures) {
  public static final int VERSION = 1;

  /** secp256k1 signatures one by one. */
  public static final int SCHEME_ECDSA = 1;

  /** Bytes of the largest certificate. */
  public static final int MAX_BYTES =
      48 + ConsensusLimits.MAX_VALIDATORS / 8 + 64 * ConsensusLimits.MAX_VALIDATORS;

  public PreparedCertificate {
    if (height < 1 || round < 0 || round > ConsensusLimits.MAX_ROUND || blockId.isZero()) {
      throw new IllegalArgumentException("height, round or block id out of range");
    }
  }

  /**
   * Whether more than two thirds of {@code validators} signed this. Rejects another set size, too
   * few signatures, and any signature that is not by its validator over this block on this chain.
   */
  public Verdict<PreparedCertificate> verify(ValidatorSet validators, Hash32 chainId) {
    return verify(validators, chainId, Rules.QBFT);
  }

  Verdict<PreparedCertificate> verify(ValidatorSet validators, Hash32 chainId, Rules rules) {
    return signatures
        .verify(validators, rules.digest(statement(), chainId), rules)
        .then(valid -> Verdict.accept(this));
  }

  /** What each of the signatures is over. */
  public Statement statement() {
    return Statement.prepare(height, round, blockId);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Rejects as malformed: unknown version or scheme, bits beyond the set, a wrong length. */
  public static Verdict<PreparedCertificate> decode(Bytes encoded) {
    return Decoding.verdict(encoded, MAX_BYTES, PreparedCertificate::read);
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION).u8(SCHEME_ECDSA).u64(height).u32(round).hash(blockId);
    signatures.write(out);
  }

  static PreparedCertificate read(CanonicalReader in) {
    if (in.u8() != VERSION || in.u8() != SCHEME_ECDSA) {
      throw new DecodeException("unknown certificate version or scheme");
    }
    return new PreparedCertificate(in.u64(), Decoding.round(in), in.hash(), SignatureList.read(in));
  }
}
