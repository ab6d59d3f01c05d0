package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where a height stands and for whom it waits.
 *
 * @param waitsFor what the round does not end without
 * @param running whether the round timer runs; false in an idle chain
 * @param proposed the block accepted in this round
 * @param preparedRound -1 if nothing is prepared
 * @param missingPrepares validators whose PREPARE for the accepted block is not here
 * @param missingCommits the same for COMMIT
 * @param missingRoundChanges validators not known to have reached this round
 */
public record Diagnostics(
    long height,
    int round,
    Waiting waitsFor,
    boolean running,
    EvmAddress proposer,
    Optional<Hash32> proposed,
    int preparedRound,
    List<EvmAddress> missingPrepares,
    List<EvmAddress> missingCommits,
    List<EvmAddress> missingRoundChanges) {
  /** Whose part it is that the round waits for; empty where nobody's is. */
  public List<EvmAddress> missing() {
    return switch (waitsFor) {
      case ROUND_CHANGES -> missingRoundChanges;
      case PROPOSAL -> List.of(proposer);
      case PREPARES -> missingPrepares;
      case COMMITS -> missingCommits;
      case WORK, BODY, NODE -> List.of();
    };
  }

  /** The next thing that has to come. */
  public enum Waiting {
    /** Idle: a transaction or the heartbeat. */
    WORK,
    /** A quorum that has reached the round. */
    ROUND_CHANGES,
    /** The proposer's block, or its body. */
    PROPOSAL,
    /** A quorum of PREPARE for the accepted block. */
    PREPARES,
    /** A quorum of COMMIT for it. */
    COMMITS,
    /** The body of a decided block. */
    BODY,
    /** The node itself: it stores the decided block, or has stopped. */
    NODE
  }
}
