package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Bodies.Execution;
import dev.trestle.relay.consensus.ConsensusMessage.Prepare;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.RoundChangeKeeper.Change;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** R1, accepting a proposal, and R6, making one. */
final class ProposalRules {
  private final Transition t;

  ProposalRules(Transition transition) {
    this.t = transition;
  }

  /**
   * R1. {@code MessageVerifier} has checked the justification. A justified proposal of a later
   * round takes this node there: a quorum is in that round.
   */
  void onProposal(SignedMessage message, Proposal proposal) {
    if (proposal.round() < t.round.number()) {
      return;
    }
    if (t.rules.checksProposer() && !t.isProposer(message.sender(), proposal.round())) {
      t.notice(ConsensusCode.NOT_PROPOSER, message.sender() + " in round " + proposal.round());
      return;
    }
    t.rounds.activate();
    if (proposal.round() > t.round.number()) {
      t.rounds.enter(proposal.round(), false);
    }
    t.rounds.onQuorumInRound();
    if (t.round.proposal().isPresent() || !t.isRunning()) {
      return; // a second one is evidence, not a choice
    }
    Verdict<Boolean> check = checkBlock(message.sender(), proposal);
    switch (check) {
      case Verdict.Accepted<Boolean>(Boolean ok) -> {
        t.round = t.round.withProposal(message);
        tryAccept();
      }
      // not kept: the same proposal is looked at again when it is sent again
      case Verdict.Rejected<Boolean>(var reason, String detail) ->
          t.notice((ConsensusCode) reason, detail);
      case Verdict.Later<Boolean>(var reason, String detail) ->
          t.notice((ConsensusCode) reason, detail);
      case Verdict.Ignored<Boolean> ignored -> {}
    }
  }

  /** What can be said of a block without executing it. */
  private Verdict<Boolean> checkBlock(EvmAddress sender, Proposal proposal) {
    RelayHeader header = proposal.block().header();
    if (header.height() != t.height() || !header.parentId().equals(t.parent.id())) {
      return Verdict.reject(ConsensusCode.WRONG_PARENT, proposal.block().toString());
    }
    if (!header.chainId().equals(t.config.chainId())) {
      return Verdict.reject(ConsensusCode.WRONG_CHAIN, proposal.block().toString());
    }
    if (!header.validatorsHash().equals(t.validators.hash())) {
      return Verdict.reject(ConsensusCode.WRONG_VALIDATORS, proposal.block().toString());
    }
    if (header.epoch() != t.parent.nextEpoch()) {
      return Verdict.reject(ConsensusCode.WRONG_EPOCH, "epoch " + header.epoch());
    }
    if (header.timeMs() <= t.parent.timeMs()) {
      return Verdict.reject(ConsensusCode.TIME_OUT_OF_RANGE, "not after the parent");
    }
    // 1.10: a block that a quorum prepared was timely once; checking again could make it
    // unacceptable
    if (proposal.isFresh()
        && !t.config.timers().isTimely(header.timeMs(), t.nowMs, proposal.round())) {
      return Verdict.later(
          ConsensusCode.TIME_OUT_OF_RANGE, header.timeMs() + " at local time " + t.nowMs);
    }
    if (proposal.isFresh()
        ? !header.builder().equals(sender)
        : t.validators.indexOf(header.builder()).isEmpty()) {
      return Verdict.reject(ConsensusCode.WRONG_BUILDER, header.builder().toString());
    }
    return checkLastCommit(proposal.block());
  }

  private Verdict<Boolean> checkLastCommit(CompactBlock block) {
    for (Evidence evidence : block.evidence()) {
      if (!evidence.verify(t.config.chainId(), t.rules).isAccepted()) {
        return Verdict.reject(ConsensusCode.BAD_SIGNATURE, "evidence that is not signed");
      }
    }
    if (t.height() == 1) {
      return Verdict.accept(true); // Block has refused a certificate there
    }
    return block
        .lastCommit()
        .filter(each -> each.height() == t.parent.height())
        .filter(each -> each.blockId().equals(t.parent.id()))
        .map(each -> each.verify(t.parent.validators(), t.config.chainId(), t.rules))
        .filter(Verdict::isAccepted)
        .map(accepted -> Verdict.accept(true))
        .orElse(Verdict.reject(ConsensusCode.BAD_LAST_COMMIT, block.toString()));
  }

  /** R1, second half: get the body, execute, then PREPARE; never twice in a round. */
  void tryAccept() {
    if (!t.isRunning() || t.round.accepted().isPresent()) {
      return;
    }
    if (t.round.proposal().isEmpty()
        || !(t.round.proposal().get().message() instanceof Proposal proposal)) {
      return;
    }
    Optional<Block> body = t.bodies.find(proposal.block().id());
    if (body.isEmpty()) {
      t.assemble(proposal.block(), t.round.proposal().get().sender());
    } else if (t.isMember()) {
      executeOrPrepare(body.get());
    }
  }

  private void executeOrPrepare(Block block) {
    switch (t.bodies.execution(block.id())) {
      case UNKNOWN -> {
        t.bodies = t.bodies.with(block, Execution.RUNNING);
        t.emit(new ConsensusEffect.ExecuteBlock(block));
      }
      case RUNNING, INVALID -> {}
      case VALID -> prepare(block);
    }
  }

  private void prepare(Block block) {
    t.round = t.round.withAccepted(block.id());
    t.persistBody(block);
    t.sign(new Prepare(t.height(), t.round.number(), block.id()))
        .ifPresent(
            signed -> {
              t.say(signed);
              t.voting.count(signed, t.self.getAsInt());
            });
    t.voting.onPrepareQuorum(t.round.number(), block.id());
  }

  void onExecuted(Hash32 blockId, Verdict<Hash32> outcome) {
    Optional<Block> known = t.bodies.find(blockId);
    if (known.isEmpty() || t.bodies.execution(blockId) != Execution.RUNNING) {
      return;
    }
    Execution execution =
        switch (outcome) {
          case Verdict.Accepted<Hash32>(Hash32 root) ->
              root.equals(known.get().header().stateRoot()) || !t.rules.checksExecution()
                  ? Execution.VALID
                  : Execution.INVALID;
          case Verdict.Rejected<Hash32> rejected -> Execution.INVALID;
          case Verdict.Later<Hash32> later -> Execution.UNKNOWN;
          case Verdict.Ignored<Hash32> ignored -> Execution.UNKNOWN;
        };
    t.bodies = t.bodies.with(known.get(), execution);
    if (execution == Execution.INVALID) {
      t.notice(ConsensusCode.STATE_ROOT_MISMATCH, known.get() + ": " + outcome);
    }
    if (execution != Execution.UNKNOWN) {
      tryAccept();
    } else if (t.round.accepted().isEmpty()) {
      t.round = t.round.withoutProposal(); // looked at again when it is sent again
    }
  }

  /** R6, and the proposal of round 0. */
  void maybePropose() {
    if (!t.isRunning() || !t.active || !t.isProposer() || t.round.proposed()) {
      return;
    }
    if (t.round.number() == 0) {
      proposeFirst();
      return;
    }
    SortedMap<Integer, Change> held = t.changes.at(t.round.number());
    if (!t.rules.isQuorum(t.validators, held.size())) {
      return;
    }
    Optional<PreparedCertificate> highest = highest(held);
    if (highest.isEmpty()) {
      build();
      return;
    }
    Optional<Block> block = t.bodies.find(highest.get().blockId());
    if (block.isPresent()) {
      propose(block.get(), justification(held), highest);
    } else {
      t.fetch(highest.get().blockId(), highest.get().signatures());
    }
  }

  private void proposeFirst() {
    if (!t.workPending && !t.heartbeatDue) {
      return; // 1.7: an idle chain stays idle
    }
    long wait = Math.min(t.firstDueMs() - t.nowMs, t.config.timers().minBlockIntervalMs());
    if (wait > 0) {
      t.emit(
          new ConsensusEffect.StartTimer(new TimerId(t.height(), 0, TimerId.Kind.PROPOSE), wait));
      return;
    }
    build();
  }

  private void build() {
    if (t.round.building()) {
      return;
    }
    t.round = t.round.withBuilding(true);
    t.emit(
        new ConsensusEffect.BuildBlock(
            t.height(), t.round.number(), t.parent, Math.max(t.nowMs, t.parent.timeMs() + 1)));
  }

  void onBuilt(int round, Block block) {
    if (!t.isRunning()
        || round != t.round.number()
        || !t.round.building()
        || !t.isProposer()
        || t.round.proposed()) {
      return;
    }
    t.round = t.round.withBuilding(false);
    SortedMap<Integer, Change> held = t.changes.at(round);
    if (round > 0 && highest(held).isPresent()) {
      maybePropose(); // a prepared block became known while this one was built: it has precedence
      return;
    }
    t.bodies = t.bodies.with(block, Execution.VALID); // the builder has executed it
    propose(block, round == 0 ? List.of() : justification(held), Optional.empty());
  }

  private Optional<PreparedCertificate> highest(SortedMap<Integer, Change> held) {
    int best = -1;
    Optional<PreparedCertificate> certificate = Optional.empty();
    for (Change each : held.values()) {
      if (t.rules.outranks(each.preparedRound(), best)) {
        best = each.preparedRound();
        certificate = each.change().prepared();
      }
    }
    return certificate;
  }

  private static List<SignedStatement> justification(SortedMap<Integer, Change> held) {
    return held.values().stream().map(Change::signed).toList();
  }

  private void propose(
      Block block, List<SignedStatement> justification, Optional<PreparedCertificate> prepared) {
    Proposal proposal =
        new Proposal(t.round.number(), CompactBlock.of(block), justification, prepared);
    Verdict<Boolean> check = checkBlock(t.signer.address(), proposal);
    if (!check.isAccepted()) {
      t.round = t.round.withProposed();
      t.notice(ConsensusCode.WRONG_PARENT, "own block is not proposable: " + check);
      return;
    }
    t.keep(block);
    t.round = t.round.withProposed();
    t.sign(proposal)
        .ifPresent(
            signed -> {
              t.persistBody(block);
              t.say(signed);
              t.round = t.round.withProposal(signed);
              tryAccept();
            });
  }
}
