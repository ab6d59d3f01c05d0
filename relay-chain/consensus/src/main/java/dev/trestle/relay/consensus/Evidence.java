package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import java.util.Optional;

/**
 * Two statements that one key signed and no correct validator signs both of. Anyone can verify it
 * alone; whether the offender was a validator at that height is for the ledger to look up.
 *
 * <ul>
 *   <li>E1, E2, E3, E5: two different proposals, prepares, commits or round changes of one round
 *   <li>E4: a COMMIT in a round, and a later ROUND_CHANGE that denies having been prepared there
 * </ul>
 *
 * <p>The statements stand in the order of their encodings, so one contradiction has one encoding.
 */
public record Evidence(SignedStatement first, SignedStatement second) {
  private static final int VERSION = 1;

  /** Bytes of encoded evidence. */
  public static final int SIZE = 1 + 2 * (49 + 20 + 64);

  public Evidence {
    if (!first.signer().equals(second.signer())) {
      throw new IllegalArgumentException("statements of two signers");
    }
    if (!contradict(first.statement(), second.statement())) {
      throw new IllegalArgumentException("the statements do not contradict each other");
    }
    if (order(first, second) > 0) {
      SignedStatement swap = first;
      first = second;
      second = swap;
    }
  }

  /** Empty if the statements are of two signers or can both be true. */
  static Optional<Evidence> of(SignedStatement one, SignedStatement other) {
    return one.signer().equals(other.signer()) && contradict(one.statement(), other.statement())
        ? Optional.of(new Evidence(one, other))
        : Optional.empty();
  }

  public EvmAddress offender() {
    return first.signer();
  }

  public long height() {
    return first.statement().height();
  }

  /** Whether it is too old for the block at {@code height}. */
  public boolean isExpiredAt(long height) {
    return height - height() > ConsensusLimits.EVIDENCE_MAX_AGE;
  }

  /** Rejects unless both statements are signed by {@link #offender()} on this chain. */
  public Verdict<Evidence> verify(Hash32 chainId) {
    return verify(chainId, Rules.QBFT);
  }

  Verdict<Evidence> verify(Hash32 chainId, Rules rules) {
    return first.isSigned(chainId, rules) && second.isSigned(chainId, rules)
        ? Verdict.accept(this)
        : Verdict.reject(ConsensusCode.BAD_SIGNATURE, "not signed by " + offender());
  }

  private static boolean contradict(Statement one, Statement other) {
    if (one.height() != other.height()) {
      return false;
    }
    if (one.kind() == other.kind()) {
      return one.round() == other.round() && !one.equals(other);
    }
    return denies(one, other) || denies(other, one);
  }

  /** E4. A commit in r means prepared in r, and what is prepared only grows. */
  private static boolean denies(Statement commit, Statement change) {
    if (commit.kind() != StatementKind.COMMIT
        || change.kind() != StatementKind.ROUND_CHANGE
        || change.round() <= commit.round()) {
      return false;
    }
    int prepared = change.preparedRound();
    return prepared < commit.round()
        || (prepared == commit.round() && !change.blockId().equals(commit.blockId()));
  }

  private static int order(SignedStatement one, SignedStatement other) {
    return encoded(one).compareTo(encoded(other));
  }

  private static Bytes encoded(SignedStatement statement) {
    CanonicalWriter out = new CanonicalWriter();
    statement.write(out);
    return out.toBytes();
  }

  /** keccak256 of the encoding: the leaf of the header's evidenceRoot. */
  public Hash32 hash() {
    return Digests.keccak256(encode());
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter();
    write(out);
    return out.toBytes();
  }

  /** Rejects as malformed what does not contradict or is not in canonical order. */
  public static Verdict<Evidence> decode(Bytes encoded) {
    return Decoding.verdict(encoded, SIZE, Evidence::read);
  }

  void write(CanonicalWriter out) {
    out.u8(VERSION);
    first.write(out);
    second.write(out);
  }

  static Evidence read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown evidence version");
    }
    SignedStatement first = SignedStatement.read(in);
    Evidence evidence = new Evidence(first, SignedStatement.read(in));
    if (!evidence.first().equals(first)) {
      throw new DecodeException("the statements are not in order");
    }
    return evidence;
  }
}
