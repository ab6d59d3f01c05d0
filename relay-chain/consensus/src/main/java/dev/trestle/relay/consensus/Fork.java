package dev.trestle.relay.consensus;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two certificates for two blocks of one height. Two quorums share more than a third of the set, so
 * that many validators have lied, and nothing that either quorum says can be trusted any more.
 *
 * @param decided for the block that this node has
 * @param other for the block of the others
 */
public record Fork(CommitCertificate decided, CommitCertificate other) {
  private static final int VERSION = 1;

  /** Bytes of the largest encoded fork. */
  public static final int MAX_BYTES = 1 + 2 * CommitCertificate.MAX_BYTES;

  public Fork {
    if (decided.height() != other.height() || decided.blockId().equals(other.blockId())) {
      throw new IllegalArgumentException("not two blocks of one height");
    }
  }

  public long height() {
    return decided.height();
  }

  /**
   * Whether both certificates are by more than two thirds of a set.
   *
   * @param validators the set of {@link #height()}
   */
  public Verdict<Fork> verify(ValidatorSet validators, Hash32 chainId) {
    return decided
        .verify(validators, chainId)
        .then(valid -> other.verify(validators, chainId))
        .then(valid -> Verdict.accept(this));
  }

  /**
   * Against each validator that signed both (E3): more than a third of the set if both certificates
   * are of one round, nobody if they are not. Then E4 shows who lied, from messages that only those
   * rounds have seen.
   *
   * @param validators the set of {@link #height()}
   */
  public List<Evidence> evidence(ValidatorSet validators) {
    List<Evidence> found = new ArrayList<>();
    List<SignedStatement> others = other.signatures().statements(other.statement(), validators);
    for (SignedStatement one : decided.signatures().statements(decided.statement(), validators)) {
      others.stream()
          .map(each -> Evidence.of(one, each))
          .flatMap(Optional::stream)
          .forEach(found::add);
    }
    return List.copyOf(found);
  }

  public Bytes encode() {
    CanonicalWriter out = new CanonicalWriter().u8(VERSION);
    decided.write(out);
    other.write(out);
    return out.toBytes();
  }

  /** Rejects as malformed what is not two certificates for two blocks of one height. */
  public static Verdict<Fork> decode(Bytes encoded) {
    return Decoding.verdict(encoded, MAX_BYTES, Fork::read);
  }

  private static Fork read(CanonicalReader in) {
    if (in.u8() != VERSION) {
      throw new DecodeException("unknown fork version");
    }
    return new Fork(CommitCertificate.read(in), CommitCertificate.read(in));
  }
}
