package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import java.util.Optional;

/**
 * The current round.
 *
 * @param startedMs when it was entered or activated, by the local clock
 * @param roundChange the frozen ROUND_CHANGE to this round: sent again as it is, never made anew
 * @param building a block has been asked for
 * @param proposed this node has used its right to propose
 * @param proposal the first proposal of the round that passed all static checks
 * @param accepted the block this node sent its PREPARE for
 * @param committed this node has used its right to COMMIT
 */
record RoundState(
    int number,
    long startedMs,
    Optional<SignedMessage> roundChange,
    boolean building,
    boolean proposed,
    Optional<SignedMessage> proposal,
    Optional<Hash32> accepted,
    boolean committed) {

  static RoundState at(int number, long nowMs, Optional<SignedMessage> roundChange) {
    return new RoundState(
        number, nowMs, roundChange, false, false, Optional.empty(), Optional.empty(), false);
  }

  RoundState withStart(long nowMs) {
    return new RoundState(
        number, nowMs, roundChange, building, proposed, proposal, accepted, committed);
  }

  RoundState withBuilding(boolean value) {
    return new RoundState(
        number, startedMs, roundChange, value, proposed, proposal, accepted, committed);
  }

  RoundState withProposed() {
    return new RoundState(
        number, startedMs, roundChange, false, true, proposal, accepted, committed);
  }

  RoundState withProposal(SignedMessage value) {
    return new RoundState(
        number,
        startedMs,
        roundChange,
        building,
        proposed,
        Optional.of(value),
        accepted,
        committed);
  }

  RoundState withoutProposal() {
    return new RoundState(
        number, startedMs, roundChange, building, proposed, Optional.empty(), accepted, committed);
  }

  RoundState withAccepted(Hash32 value) {
    return new RoundState(
        number,
        startedMs,
        roundChange,
        building,
        proposed,
        proposal,
        Optional.of(value),
        committed);
  }

  RoundState withCommitted() {
    return new RoundState(
        number, startedMs, roundChange, building, proposed, proposal, accepted, true);
  }
}
