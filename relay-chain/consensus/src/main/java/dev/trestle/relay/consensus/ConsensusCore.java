package dev.trestle.relay.consensus;

import dev.trestle.base.TrestleException;
import java.util.List;
import java.util.Optional;

/**
 * The consensus state machine: QBFT's messages and justified round change, one block a height,
 * final at once. Pure: the same state and input give the same step, if the {@link ConsensusSigner}
 * answers as it must. Not tied to a thread.
 *
 * <pre>
 * input                when                                  then
 * StartHeight          head moved                            round 0, or what was recovered
 * Message PROPOSAL     R1  justified, round >= r             [enter round]; get body, execute
 * BodyReceived         R1  of the round's proposal           execute
 * BlockExecuted        R1  state root matches                PREPARE, once a round
 * Message PREPARE      R2  quorum, block accepted in r       prepared; COMMIT, once a round
 * Message COMMIT       R3  quorum in any one round           decide, or fetch the body first
 * CertificateReceived  R3  verified as a whole               decide, or fetch the body first
 * CertificateReceived      for another block than decided    Forked, halt
 * TimerFired ROUND     R4  of the current round, runs since  enter r + 1, say ROUND_CHANGE
 *                          a quorum has reached the round
 * Message ROUND_CHANGE R5  f + 1 senders beyond r            enter the (f+1)-th highest round
 * Message ROUND_CHANGE R6  proposer of r > 0, quorum for r   propose highest prepared, or build
 * BodyReceived         R6  proposer waited for it            propose it
 * BlockBuilt           R6  still proposer, none prepared     PROPOSAL
 * TimerFired REBROADCAST R7 undecided                        stored messages again
 * any, other height    R8  behind / ahead                    SendDecided / SyncNeeded
 * any, contradiction   R9  at this height or the one before  ReportEvidence, go on
 * WorkArrived, HEARTBEAT 1.7                                 start the round timer, propose
 * </pre>
 */
public final class ConsensusCore {
  private final ConsensusConfig config;
  private final ConsensusSigner signer;
  private final Rules rules;

  public ConsensusCore(ConsensusConfig config, ConsensusSigner signer) {
    this(config, signer, Rules.QBFT);
  }

  /**
   * @param memo of the node, shared with its {@link MessageVerifier}
   */
  public ConsensusCore(ConsensusConfig config, ConsensusSigner signer, SignatureMemo memo) {
    this(config, signer, memo.rules());
  }

  ConsensusCore(ConsensusConfig config, ConsensusSigner signer, Rules rules) {
    this.config = config;
    this.signer = signer;
    this.rules = rules;
  }

  /** Before the first {@link ConsensusInput.StartHeight}; every other input is ignored there. */
  public ConsensusState initial() {
    return ConsensusState.INITIAL;
  }

  /**
   * @throws TrestleException if a start contradicts durable state: records of a height that the
   *     store does not reach, or a set smaller than configured
   */
  public Step apply(ConsensusState state, ConsensusInput input) {
    if (state.isHalted()) {
      return new Step(state, List.of());
    }
    if (input instanceof ConsensusInput.StartHeight start) {
      return start(state, start);
    }
    Optional<HeightState> current = state.current();
    if (current.isEmpty()) {
      return new Step(state, List.of());
    }
    Transition t = transition(current.get(), state.peers(), state.pace(), input.nowMs());
    switch (input) {
      case ConsensusInput.StartHeight start -> {} // handled above
      case ConsensusInput.WorkArrived work -> t.rounds.onWork();
      case ConsensusInput.Message message -> t.peerRules.onMessage(message.message());
      case ConsensusInput.TimerFired fired -> t.rounds.onTimer(fired.timer());
      case ConsensusInput.BlockBuilt built -> t.proposals.onBuilt(built.round(), built.block());
      case ConsensusInput.BlockExecuted executed ->
          t.proposals.onExecuted(executed.blockId(), executed.outcome());
      case ConsensusInput.BodyReceived body -> t.voting.onBody(body.block());
      case ConsensusInput.CertificateReceived received ->
          t.peerRules.onCertificate(received.certificate());
    }
    return t.finish();
  }

  private Step start(ConsensusState state, ConsensusInput.StartHeight start) {
    long height = start.parent().height() + 1;
    if (height <= state.height()) {
      return new Step(state, List.of()); // the head never moves back
    }
    if (start.parent().nextValidators().size() < config.minimumValidators()) {
      throw new TrestleException(
          ConsensusCode.SET_TOO_SMALL, start.parent().nextValidators().size() + " validators");
    }
    if (start.recovered().height() > height) {
      throw new TrestleException(
          ConsensusCode.STORE_BEHIND_LOG,
          "the log is at height " + start.recovered().height() + ", the store before " + height);
    }
    HeightState fresh =
        HeightState.start(
            start.parent(),
            signer.address(),
            start.workPending(),
            start.nowMs(),
            state.saidAt(start.parent().height()));
    List<VerifiedMessage> early = state.peers().takeFor(height, start.parent().nextValidators());
    Transition t =
        transition(
            fresh,
            state.peers().startHeight(height, start.parent().nextValidators()),
            state.pace(),
            start.nowMs());
    t.rounds.start(start.recovered());
    early.forEach(t.peerRules::onMessage);
    return t.finish();
  }

  private Transition transition(HeightState from, PeerProgress peers, Pace pace, long nowMs) {
    return new Transition(config, signer, rules, from, peers, pace, nowMs);
  }
}
