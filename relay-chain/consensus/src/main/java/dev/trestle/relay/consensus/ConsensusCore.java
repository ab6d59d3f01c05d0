package dev.trestle.relay.consensus;

import dev.trestle.base.TrestleException;
import java.util.List;
import java.util.Optional;

/**
 * The consensus state machine: QBFT's messages and justified round change, one block a height,
 * final at once. Pure: the same state and input give the same step, if the {@link ConsensusSigner}
 * answers as it must. Not tied to a thread.
 *
 * <p>The column "paper" names algorithm and line of H. Moniz, "The Istanbul BFT Consensus
 * Algorithm" (arXiv 2002.03613), so that the two can be held side by side. Rounds count from 0 here
 * and from 1 there; a quorum is more than two thirds. What differs from the paper says so.
 *
 * <pre>
 * input                 rule paper when                          then
 * StartHeight                1:11  head moved                    round 0, or what was recovered
 * Message PROPOSAL      R1   2:1   justified, round >= r         [enter round]; get body, execute
 * BodyReceived          R1   2:1   of the round's proposal       execute
 * BlockExecuted         R1   2:1   state root matches            PREPARE, once a round
 * Message PREPARE       R2   2:4   quorum, block accepted in r   prepared; COMMIT, once a round
 * Message COMMIT        R3   2:8   quorum in any one round       decide, or fetch the body first
 * CertificateReceived   R3   2:8   verified as a whole           decide, or fetch the body first
 * CertificateReceived        none  another block than decided    Forked, halt
 * TimerFired ROUND      R4   3:1   of the current round (a)      enter r + 1, say ROUND_CHANGE
 * Message ROUND_CHANGE  R5   3:5   f + 1 senders beyond r        enter the (f+1)-th highest (b)
 * Message ROUND_CHANGE  R6   3:11  proposer of r > 0, quorum     propose highest prepared, or build
 * BodyReceived          R6   3:11  proposer waited for it        propose it
 * BlockBuilt            R6   3:11  still proposer, none prepared PROPOSAL
 * TimerFired REBROADCAST R7  none  undecided                     stored messages again (c)
 * any, other height     R8   3:17  behind / ahead                SendDecided / SyncNeeded
 * any, contradiction    R9   none  this height, the one before   ReportEvidence, go on
 * WorkArrived, HEARTBEAT     none  idle height (d)               start the round timer, propose
 * </pre>
 *
 * <p>Justification, 4:1, and the highest prepared round, 4:5, are {@link MessageVerifier}'s for
 * what comes in and {@link ProposalRules}' for what goes out. (a) The timer of a round above 0
 * starts when a quorum has reached the round, not on entry. (b) 3:6 takes the lowest of f + 1
 * rounds; the highest that f + 1 have reached is one of a correct validator as well, and nearer.
 * (c) The paper assumes channels that lose nothing. (d) The paper decides one value; a chain
 * without work makes no block until its heartbeat.
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
