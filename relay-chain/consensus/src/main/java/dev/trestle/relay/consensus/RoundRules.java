package dev.trestle.relay.consensus;

import dev.trestle.relay.consensus.ConsensusEffect.StartTimer;
import dev.trestle.relay.consensus.ConsensusMessage.Commit;
import dev.trestle.relay.consensus.ConsensusMessage.Prepare;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.HeightState.Phase;
import dev.trestle.relay.consensus.RoundChangeKeeper.Change;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Starting a height, R4 and R5, changing rounds, and R7, saying again what may have been lost. */
final class RoundRules {
  private final Transition t;

  RoundRules(Transition transition) {
    this.t = transition;
  }

  /** A fresh height, or one that was running when the process ended. */
  void start(RecoveredHeight recovered) {
    if (recovered.height() == t.height() && t.isMember()) {
      restore(recovered);
      activate();
      rebroadcast();
      t.proposals.tryAccept();
    }
    if (t.workPending) {
      activate();
    } else {
      long heartbeat = t.config.timers().heartbeatMs();
      long delay = Math.clamp(t.parent.timeMs() + heartbeat - t.nowMs, 1, heartbeat);
      t.emit(new StartTimer(new TimerId(t.height(), 0, TimerId.Kind.HEARTBEAT), delay));
    }
    t.proposals.maybePropose();
  }

  private void restore(RecoveredHeight recovered) {
    int number = recovered.round();
    List<SignedMessage> mine =
        recovered.own().stream()
            .filter(message -> message.sender().equals(t.signer.address()))
            .toList();
    for (SignedMessage message : mine) {
      number = Math.max(number, message.round());
    }
    t.prepared = recovered.prepared();
    recovered.bodies().forEach(t::keep);
    Optional<SignedMessage> frozen =
        recovered.roundChange().filter(change -> change.sender().equals(t.signer.address()));
    t.round =
        RoundState.at(number, t.nowMs, recovered.round() == number ? frozen : Optional.empty());
    t.own = mine;
    rememberOwnChange();
    for (SignedMessage message : mine) {
      boolean current = message.round() == number;
      switch (message.message()) {
        case Proposal proposal -> {
          if (current) {
            t.round = t.round.withProposed().withProposal(message);
          }
        }
        case Prepare prepare -> {
          t.voting.count(message, t.self.getAsInt());
          t.round = current ? t.round.withAccepted(prepare.blockId()) : t.round;
        }
        case Commit commit -> {
          t.voting.count(message, t.self.getAsInt());
          t.round = current ? t.round.withCommitted() : t.round;
        }
        case RoundChange change -> {}
      }
    }
  }

  private void rememberOwnChange() {
    if (t.isMember()
        && t.round.roundChange().isPresent()
        && t.round.roundChange().get().message() instanceof RoundChange change) {
      t.changes =
          t.changes.add(
              t.self.getAsInt(), Change.of(change, t.round.roundChange().get()), t.round.number());
    }
  }

  /** 1.7: the timers of an idle height start when there is a reason. */
  void activate() {
    if (t.active || t.phase == Phase.DECIDED || t.phase == Phase.HALTED) {
      return;
    }
    t.active = true;
    t.round = t.round.withStart(t.nowMs);
    startRoundTimer();
    startRebroadcastTimer();
  }

  /**
   * The timer of a later round starts when a quorum has reached the round (PBFT 4.5.2), not on
   * entry. Timers are capped, so a validator that got ahead alone would otherwise stay ahead for
   * ever: the others would never meet it in one round. A validator with no ROUND_CHANGE to show for
   * its round (there is none in round 0, and later ones the sign guard may have refused) is not
   * counted by the others, so it must not wait for them.
   */
  private void startRoundTimer() {
    startRoundTimer(false);
  }

  private void startRoundTimer(boolean quorumKnown) {
    int number = t.round.number();
    if (!t.isMember() || !t.active || t.round.timed()) {
      return;
    }
    if (t.round.roundChange().isEmpty()
        || quorumKnown
        || !t.rules.timerWaitsForQuorum()
        || t.rules.isQuorum(t.validators, t.changes.countReached(number))) {
      t.round = t.round.withTimer();
      long base = t.pace.baseMs(t.config.timers());
      // nobody may propose before the least interval is over: that is not the proposer's fault
      long early = Math.clamp(t.workStartMs() - t.nowMs, 0, t.config.timers().minBlockIntervalMs());
      t.emit(
          new StartTimer(
              new TimerId(t.height(), number, TimerId.Kind.ROUND),
              early + t.config.timers().roundTimeoutMs(base, number)));
    }
  }

  private void startRebroadcastTimer() {
    t.emit(
        new StartTimer(
            new TimerId(t.height(), 0, TimerId.Kind.REBROADCAST),
            t.config.timers().rebroadcastMs()));
  }

  void onWork() {
    t.workPending = true;
    if (t.isRunning()) {
      activate();
      t.proposals.maybePropose();
    }
  }

  void onTimer(TimerId timer) {
    if (timer.height() != t.height()) {
      return;
    }
    switch (timer.kind()) {
      case ROUND -> { // R4
        if (t.isRunning() && timer.round() == t.round.number()) {
          enter(t.round.number() + 1, true);
        }
      }
      case REBROADCAST -> onRebroadcast();
      case PROPOSE -> t.proposals.maybePropose();
      case HEARTBEAT -> {
        t.heartbeatDue = true;
        if (t.isRunning()) {
          activate();
          t.proposals.maybePropose();
        }
      }
    }
  }

  /** R5, and R6 when the round change is for the current round. */
  void onRoundChange(SignedMessage message, RoundChange change, int sender) {
    activate();
    t.changes = t.changes.add(sender, Change.of(change, message), t.round.number());
    OptionalInt jump = t.changes.jump(t.round.number(), t.validators.maxFaulty());
    if (jump.isPresent()) {
      enter(jump.getAsInt(), true);
    } else {
      startRoundTimer();
      t.proposals.maybePropose();
    }
  }

  /** A justified proposal shows that a quorum is in this round, even if its block is bad. */
  void onQuorumInRound() {
    startRoundTimer(true);
  }

  /**
   * Enters a later round. The ROUND_CHANGE is made here, with what is prepared now, and frozen:
   * made again later, after preparing in this very round, it would contradict itself (E5).
   *
   * @param announce false if a proposal took this node here; then only R7 sends it
   */
  void enter(int number, boolean announce) {
    if (!t.isRunning() || !t.isMember() || number <= t.round.number()) {
      return;
    }
    Optional<SignedMessage> change = t.sign(new RoundChange(t.height(), number, t.prepared));
    t.emit(new ConsensusEffect.Persist(new DurableRecord.Round(t.height(), number, change)));
    t.round = RoundState.at(number, t.nowMs, change);
    t.changes = t.changes.prune(number);
    t.votes = t.votes.prune(number - ConsensusLimits.PAST_ROUNDS);
    rememberOwnChange();
    if (t.active) {
      startRoundTimer();
    } else {
      activate();
    }
    if (announce) {
      change.ifPresent(each -> t.emit(new ConsensusEffect.Broadcast(each)));
    }
    t.emit(new ConsensusEffect.Summary(draftDiagnostics()));
    if (t.isProposer()) {
      t.fetching = Optional.empty(); // others have the body now than those who were asked before
    }
    t.proposals.maybePropose();
  }

  private Diagnostics draftDiagnostics() {
    return t.finish().state().diagnostics().orElseThrow();
  }

  private void onRebroadcast() {
    if (t.phase == Phase.DECIDED || t.phase == Phase.HALTED) {
      return;
    }
    rebroadcast();
    startRebroadcastTimer();
  }

  /** R7: the stored bytes, never made anew. */
  private void rebroadcast() {
    if (t.phase == Phase.FETCHING) {
      t.fetching = Optional.empty();
      t.decided.ifPresent(each -> t.fetch(each.blockId(), each.signatures()));
      t.peerRules.repeatSync();
      return;
    }
    Optional<SignedMessage> change =
        t.rules.freezesRoundChange() || t.round.roundChange().isEmpty()
            ? t.round.roundChange()
            : t.sign(new RoundChange(t.height(), t.round.number(), t.prepared));
    change.ifPresent(each -> t.emit(new ConsensusEffect.Broadcast(each)));
    for (SignedMessage message : t.own) {
      boolean current = message.round() == t.round.number();
      boolean oldCommit =
          message.message() instanceof Commit
              && message.round() >= t.round.number() - ConsensusLimits.PAST_ROUNDS;
      if (current || oldCommit) {
        t.emit(new ConsensusEffect.Broadcast(message));
      }
    }
    if (t.fetching.isPresent()) {
      t.fetching = Optional.empty(); // R1 or R6 asks again if it still needs the body
      t.proposals.tryAccept();
      t.proposals.maybePropose();
    }
    t.peerRules.repeatSync();
  }
}
