package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.relay.consensus.Bodies.Execution;
import dev.trestle.relay.consensus.ConsensusMessage.Commit;
import dev.trestle.relay.consensus.HeightState.Phase;
import java.util.Optional;
import java.util.SortedMap;

/** R2, becoming prepared, and R3, deciding. */
final class VoteRules {
  private final Transition t;

  VoteRules(Transition transition) {
    this.t = transition;
  }

  /** Tallies a PREPARE or COMMIT; rounds far from the current one are not kept. */
  void count(SignedMessage vote, int sender) {
    Statement statement = vote.message().statement();
    if (statement.round() > t.round.number() + ConsensusLimits.ROUND_WINDOW
        || statement.round() < t.round.number() - ConsensusLimits.PAST_ROUNDS) {
      return;
    }
    t.votes = t.votes.add(statement, sender, vote.signature());
  }

  void onVote(SignedMessage vote, int sender) {
    count(vote, sender);
    Statement statement = vote.message().statement();
    if (statement.kind() == StatementKind.PREPARE) {
      onPrepareQuorum(statement.round(), statement.blockId());
    } else {
      onCommitQuorum(statement.round(), statement.blockId());
    }
  }

  /**
   * R2. Only for the block accepted in the current round: a COMMIT for an older round after this
   * node's ROUND_CHANGE denied being prepared there would contradict it (E4), and break agreement.
   */
  void onPrepareQuorum(int round, Hash32 blockId) {
    if (!t.isRunning() || !t.isMember() || !t.rules.mayCommit(round, t.round.number())) {
      return;
    }
    boolean current = round == t.round.number();
    if (current
        ? t.round.committed() || !t.round.accepted().equals(Optional.of(blockId))
        : t.hasSaid(StatementKind.COMMIT, round)) {
      return;
    }
    SortedMap<Integer, EcdsaSignature> signatures =
        t.votes.of(StatementKind.PREPARE, round, blockId);
    if (!t.rules.isQuorum(t.validators, signatures.size())) {
      return;
    }
    PreparedCertificate certificate =
        new PreparedCertificate(
            t.height(), round, blockId, SignatureList.of(t.validators.size(), signatures));
    if (t.prepared.isEmpty() || t.prepared.get().round() < round) {
      t.prepared = Optional.of(certificate);
      t.emit(new ConsensusEffect.Persist(new DurableRecord.Prepared(certificate)));
    }
    if (current) {
      t.round = t.round.withCommitted();
    }
    t.sign(new Commit(t.height(), round, blockId))
        .ifPresent(
            signed -> {
              t.say(signed);
              count(signed, t.self.getAsInt());
            });
    onCommitQuorum(round, blockId);
  }

  /** R3: commits of any one round. */
  void onCommitQuorum(int round, Hash32 blockId) {
    SortedMap<Integer, EcdsaSignature> signatures =
        t.votes.of(StatementKind.COMMIT, round, blockId);
    if (t.isRunning() && t.rules.isQuorum(t.validators, signatures.size())) {
      onCertificate(
          new CommitCertificate(
              t.height(), round, blockId, SignatureList.of(t.validators.size(), signatures)));
    }
  }

  /** R3. {@code certificate} is verified and of this height; it is applied as a whole. */
  void onCertificate(CommitCertificate certificate) {
    if (!t.isRunning()) {
      return;
    }
    Optional<Block> body = t.bodies.find(certificate.blockId());
    if (body.isPresent()) {
      decide(body.get(), certificate);
    } else {
      t.phase = Phase.FETCHING;
      t.decided = Optional.of(certificate);
      t.rounds.activate(); // R7 repeats the request
      t.fetch(certificate.blockId(), certificate.signatures());
    }
  }

  void onBody(Block block) {
    if (block.height() != t.height()) {
      return;
    }
    boolean asked = t.fetching.filter(block.id()::equals).isPresent();
    if (!asked) {
      return; // bodies are kept only where a certificate names them
    }
    t.fetching = Optional.empty();
    t.keep(block);
    if (t.phase == Phase.FETCHING
        && t.decided.filter(each -> each.blockId().equals(block.id())).isPresent()) {
      decide(block, t.decided.get());
    } else {
      t.proposals.tryAccept();
      t.proposals.maybePropose();
    }
  }

  private void decide(Block block, CommitCertificate certificate) {
    if (t.bodies.execution(block.id()) == Execution.INVALID) {
      t.phase = Phase.HALTED;
      t.notice(ConsensusCode.DIVERGED, "a quorum committed " + block);
      t.emit(new ConsensusEffect.Diverged(block, certificate));
      return;
    }
    t.phase = Phase.DECIDED;
    t.pace = t.active ? t.pace.sample(t.nowMs - t.workStartMs()) : t.pace;
    t.emit(new ConsensusEffect.Decide(block, certificate));
    t.emit(new ConsensusEffect.Persist(new DurableRecord.EndHeight(t.height())));
    t.emit(new ConsensusEffect.Announce(certificate));
  }
}
