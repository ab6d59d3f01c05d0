package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;

/**
 * Everything about the height that is being decided. Immutable; {@link Transition} works on a draft
 * of it.
 *
 * @param self this node's number in the set; empty for an observer
 * @param active the round timer runs (1.7)
 * @param own PROPOSALs, PREPAREs and COMMITs this node has signed at this height, oldest first
 * @param said what the others have signed at this height
 * @param saidBefore what they signed at the height before: who contradicts himself late is caught,
 *     too
 * @param fetching the body that was asked for last
 * @param decided certificate of a block whose body is missing
 */
record HeightState(
    ChainHead parent,
    ValidatorSet validators,
    OptionalInt self,
    Phase phase,
    boolean active,
    boolean workPending,
    boolean heartbeatDue,
    RoundState round,
    Optional<PreparedCertificate> prepared,
    VoteKeeper votes,
    RoundChangeKeeper changes,
    Bodies bodies,
    List<SignedMessage> own,
    EvidenceLog said,
    EvidenceLog saidBefore,
    Optional<Hash32> fetching,
    Optional<CommitCertificate> decided) {

  enum Phase {
    RUNNING,
    /** A certificate is known, the block's body is not: nothing is left to vote about. */
    FETCHING,
    /** Waits for the shell to start the next height. */
    DECIDED,
    /** {@link ConsensusEffect.Diverged} or {@link ConsensusEffect.Forked}: for good. */
    HALTED
  }

  /**
   * @param saidBefore at the height of {@code parent}, as far as this node has heard it
   */
  static HeightState start(
      ChainHead parent, EvmAddress self, boolean work, long nowMs, EvidenceLog saidBefore) {
    return new HeightState(
        parent,
        parent.nextValidators(),
        parent.nextValidators().indexOf(self),
        Phase.RUNNING,
        false,
        work,
        false,
        RoundState.at(0, nowMs, Optional.empty()),
        Optional.empty(),
        VoteKeeper.EMPTY,
        RoundChangeKeeper.EMPTY,
        Bodies.EMPTY,
        List.of(),
        EvidenceLog.EMPTY,
        saidBefore,
        Optional.empty(),
        Optional.empty());
  }

  long height() {
    return parent.height() + 1;
  }

  Diagnostics diagnostics() {
    Optional<Hash32> block = round.accepted();
    List<EvmAddress> changes = new ArrayList<>();
    List<EvmAddress> prepares = new ArrayList<>();
    List<EvmAddress> commits = new ArrayList<>();
    for (int i = 0; i < validators.size(); i++) {
      EvmAddress address = validators.address(i);
      if (round.number() > 0 && !this.changes.reached(i, round.number())) {
        changes.add(address);
      }
      if (!votesFor(StatementKind.PREPARE, block).containsKey(i)) {
        prepares.add(address);
      }
      if (!votesFor(StatementKind.COMMIT, block).containsKey(i)) {
        commits.add(address);
      }
    }
    return new Diagnostics(
        height(),
        round.number(),
        waitsFor(changes.size(), prepares.size()),
        active && phase == Phase.RUNNING,
        parent.rotation().proposer(round.number()),
        block,
        prepared.map(PreparedCertificate::round).orElse(-1),
        List.copyOf(prepares),
        List.copyOf(commits),
        List.copyOf(changes));
  }

  private Diagnostics.Waiting waitsFor(int missingChanges, int missingPrepares) {
    return switch (phase) {
      case FETCHING -> Diagnostics.Waiting.BODY;
      case DECIDED, HALTED -> Diagnostics.Waiting.NODE;
      case RUNNING -> {
        if (!active) {
          yield Diagnostics.Waiting.WORK;
        }
        if (!validators.isQuorum(validators.size() - missingChanges)) {
          yield Diagnostics.Waiting.ROUND_CHANGES;
        }
        if (round.accepted().isEmpty()) {
          yield Diagnostics.Waiting.PROPOSAL;
        }
        yield validators.isQuorum(validators.size() - missingPrepares)
            ? Diagnostics.Waiting.COMMITS
            : Diagnostics.Waiting.PREPARES;
      }
    };
  }

  private SortedMap<Integer, ?> votesFor(StatementKind kind, Optional<Hash32> block) {
    return votes.of(kind, round.number(), block.orElse(Hash32.ZERO));
  }
}
