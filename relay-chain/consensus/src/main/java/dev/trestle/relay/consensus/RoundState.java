package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import java.util.Optional;

/**
 * The current round.
 *
 * @param startedMs when it was entered or activated, by the local clock
 * @param timed the round timer runs
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
    boolean timed,
    Optional<SignedMessage> roundChange,
    boolean building,
    boolean proposed,
    Optional<SignedMessage> proposal,
    Optional<Hash32> accepted,
    boolean committed) {

  static RoundState at(int number, long nowMs, Optional<SignedMessage> roundChange) {
    return new RoundState(
        number, nowMs, false, roundChange, false, false, Optional.empty(), Optional.empty(), false);
  }

  RoundState withStart(long nowMs) {
    return copy(nowMs, timed, building, proposed, proposal, accepted, committed);
  }

  RoundState withTimer() {
    return copy(startedMs, true, building, proposed, proposal, accepted, committed);
  }

  RoundState withBuilding(boolean value) {
    return copy(startedMs, timed, value, proposed, proposal, accepted, committed);
  }

  RoundState withProposed() {
    return copy(startedMs, timed, false, true, proposal, accepted, committed);
  }

  RoundState withProposal(SignedMessage value) {
    return copy(startedMs, timed, building, proposed, Optional.of(value), accepted, committed);
  }

  RoundState withoutProposal() {
    return copy(startedMs, timed, building, proposed, Optional.empty(), accepted, committed);
  }

  RoundState withAccepted(Hash32 value) {
    return copy(startedMs, timed, building, proposed, proposal, Optional.of(value), committed);
  }

  RoundState withCommitted() {
    return copy(startedMs, timed, building, proposed, proposal, accepted, true);
  }

  private RoundState copy(
      long newStart,
      boolean newTimed,
      boolean newBuilding,
      boolean newProposed,
      Optional<SignedMessage> newProposal,
      Optional<Hash32> newAccepted,
      boolean newCommitted) {
    return new RoundState(
        number,
        newStart,
        newTimed,
        roundChange,
        newBuilding,
        newProposed,
        newProposal,
        newAccepted,
        newCommitted);
  }
}
