package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import java.util.List;
import java.util.Optional;

/** What validators tell each other: a {@link Statement} and what is attached to it unsigned. */
public sealed interface ConsensusMessage {
  /** The part that is signed. */
  Statement statement();

  default long height() {
    return statement().height();
  }

  default int round() {
    return statement().round();
  }

  /**
   * The proposer's block for a round, without the transactions, which most validators have.
   *
   * @param justification in round 0 empty; later a quorum of ROUND_CHANGE statements for this round
   * @param prepared certificate of the highest prepared round in the justification, if any
   */
  record Proposal(
      int round,
      CompactBlock block,
      List<SignedStatement> justification,
      Optional<PreparedCertificate> prepared)
      implements ConsensusMessage {
    public Proposal {
      justification = List.copyOf(justification);
      if (justification.size() > ConsensusLimits.MAX_VALIDATORS) {
        throw new IllegalArgumentException("more round changes than validators");
      }
    }

    /** Whether the block was built for this round, not carried over from an earlier one. */
    public boolean isFresh() {
      return prepared.isEmpty();
    }

    @Override
    public Statement statement() {
      return Statement.proposal(block.height(), round, block.id());
    }
  }

  /** The sender executed the block of this round and agrees with its header. */
  record Prepare(long height, int round, Hash32 blockId) implements ConsensusMessage {
    @Override
    public Statement statement() {
      return Statement.prepare(height, round, blockId);
    }
  }

  /** The sender saw a quorum prepare. Its signature is what certificates are made of. */
  record Commit(long height, int round, Hash32 blockId) implements ConsensusMessage {
    @Override
    public Statement statement() {
      return Statement.commit(height, round, blockId);
    }
  }

  /**
   * The sender entered {@code round} and was prepared by {@code prepared} when it did.
   *
   * @param prepared for an earlier round of the same height
   */
  record RoundChange(long height, int round, Optional<PreparedCertificate> prepared)
      implements ConsensusMessage {
    public RoundChange {
      if (prepared.isPresent() && prepared.get().height() != height) {
        throw new IllegalArgumentException("a certificate of another height");
      }
    }

    @Override
    public Statement statement() {
      return Statement.roundChange(
          height,
          round,
          prepared.map(PreparedCertificate::round).orElse(-1),
          prepared.map(PreparedCertificate::blockId).orElse(Hash32.ZERO));
    }
  }
}
