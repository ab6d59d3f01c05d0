package dev.trestle.relay.consensus;

import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.ConsensusMessage.Commit;
import dev.trestle.relay.consensus.ConsensusMessage.Prepare;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import dev.trestle.relay.consensus.ConsensusMessage.RoundChange;
import dev.trestle.relay.consensus.HeightState.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a message goes; R8, peers at other heights, and R9, peers that contradict themselves, up to
 * a quorum that does.
 */
final class PeerRules {
  private final Transition t;

  PeerRules(Transition transition) {
    this.t = transition;
  }

  void onMessage(VerifiedMessage message) {
    SignedMessage signed = message.signed();
    if (message.height() > t.height()) {
      onAhead(message);
      return;
    }
    if (message.height() < t.height()) {
      rememberLate(message);
      onBehind(signed);
      return;
    }
    if (!message.validatorsHash().equals(t.validators.hash())) {
      t.notice(ConsensusCode.WRONG_VALIDATORS, "verified against another set");
      return;
    }
    if (signed.sender().equals(t.signer.address())) {
      onEcho(signed);
      return;
    }
    remember(statements(signed, t.validators));
    if (signed.message() instanceof Proposal proposal) {
      proposal.block().lastCommit().ifPresent(this::onParentCertificate);
    }
    if (!t.isRunning()) {
      return;
    }
    switch (signed.message()) {
      case Proposal proposal -> t.proposals.onProposal(signed, proposal);
      case Prepare prepare -> t.voting.onVote(signed, message.senderIndex());
      case Commit commit -> t.voting.onVote(signed, message.senderIndex());
      case RoundChange change -> t.rounds.onRoundChange(signed, change, message.senderIndex());
    }
  }

  /** A message with this node's own key: harmless if it is an echo, alarming if it is not. */
  private void onEcho(SignedMessage signed) {
    Statement statement = signed.message().statement();
    boolean known = t.own.stream().anyMatch(each -> each.message().statement().equals(statement));
    if (!known && statement.kind() != StatementKind.ROUND_CHANGE) {
      t.notice(ConsensusCode.DUPLICATE_SIGNER, "somebody else uses this node's key: " + statement);
    }
  }

  /** R9. */
  private void remember(List<SignedStatement> statements) {
    EvidenceLog.Result result = t.said.addAll(statements, t.signer.address());
    t.said = result.log();
    report(result);
  }

  /** R9, of the height before: a COMMIT for another block than the decided one may come late. */
  private void rememberLate(VerifiedMessage message) {
    ValidatorSet before = t.parent.validators();
    if (message.height() == t.parent.height() && message.validatorsHash().equals(before.hash())) {
      rememberBefore(statements(message.signed(), before));
    }
  }

  private void rememberBefore(List<SignedStatement> statements) {
    EvidenceLog.Result result = t.saidBefore.addAll(statements, t.signer.address());
    t.saidBefore = result.log();
    report(result);
  }

  private void report(EvidenceLog.Result result) {
    result.evidence().forEach(each -> t.emit(new ConsensusEffect.ReportEvidence(each)));
  }

  /** Everything signed in a message counts, also what others signed in its attachments. */
  private static List<SignedStatement> statements(SignedMessage signed, ValidatorSet validators) {
    List<SignedStatement> all = new ArrayList<>(List.of(signed.signedStatement()));
    switch (signed.message()) {
      case Proposal proposal -> {
        all.addAll(proposal.justification());
        proposal.prepared().ifPresent(each -> all.addAll(statements(each, validators)));
      }
      case RoundChange change ->
          change.prepared().ifPresent(each -> all.addAll(statements(each, validators)));
      case Prepare prepare -> {}
      case Commit commit -> {}
    }
    return all;
  }

  private static List<SignedStatement> statements(
      PreparedCertificate certificate, ValidatorSet validators) {
    return certificate.signatures().statements(certificate.statement(), validators);
  }

  /**
   * R8: the sender has decided this height. One claim proves nothing; f + 1 do. That the others are
   * one height ahead is normal for a moment, so only R7 asks for that one.
   */
  private void onAhead(VerifiedMessage message) {
    long before = t.peers.certainHeight(t.validators.maxFaulty());
    t.peers = t.peers.ahead(message, t.height() + 1);
    long certain = t.peers.certainHeight(t.validators.maxFaulty());
    if (certain > t.height()) {
      t.rounds.activate();
    }
    if (certain > Math.max(before, t.height() + 1)) {
      t.emit(new ConsensusEffect.SyncNeeded(certain - 1));
    }
  }

  void repeatSync() {
    long certain = t.peers.certainHeight(t.validators.maxFaulty());
    if (certain > t.height()) {
      t.emit(new ConsensusEffect.SyncNeeded(certain - 1));
    }
  }

  /** R8: a peer that is behind gets the decision; a late COMMIT is no sign of being behind. */
  private void onBehind(SignedMessage signed) {
    if (signed.message() instanceof Commit
        || signed.sender().equals(t.signer.address())
        || !t.peers.mayHelp(signed.sender(), t.nowMs)) {
      return;
    }
    t.peers = t.peers.helped(signed.sender(), t.nowMs);
    t.emit(new ConsensusEffect.SendDecided(signed.sender(), signed.height()));
  }

  /** R3 and R8. Verified here, because it comes from anywhere. */
  void onCertificate(CommitCertificate certificate) {
    if (certificate.height() < t.height()) {
      onParentCertificate(certificate);
      return;
    }
    if (t.phase == Phase.FETCHING && certificate.height() == t.height()) {
      onSecondCertificate(certificate);
    }
    if (!t.isRunning()) {
      return;
    }
    Verdict<CommitCertificate> verdict =
        certificate.verify(t.validators, t.config.chainId(), t.rules);
    if (!verdict.isAccepted()) {
      t.notice(ConsensusCode.BAD_SIGNATURE, "certificate refused: " + verdict);
      return;
    }
    if (certificate.height() > t.height()) {
      t.emit(new ConsensusEffect.SyncNeeded(certificate.height()));
      return;
    }
    remember(certificate.signatures().statements(certificate.statement(), t.validators));
    t.voting.onCertificate(certificate);
  }

  /** Of the height before; of older ones only the store knows what was decided. */
  private void onParentCertificate(CommitCertificate certificate) {
    ValidatorSet validators = t.parent.validators();
    if (t.phase != Phase.HALTED
        && certificate.height() == t.parent.height()
        && !certificate.blockId().equals(t.parent.id())
        && holds(certificate, validators)) {
      rememberBefore(certificate.signatures().statements(certificate.statement(), validators));
      fork(Optional.empty(), certificate);
    }
  }

  /** A block of this height is decided, and its body is on the way. */
  private void onSecondCertificate(CommitCertificate certificate) {
    CommitCertificate first = t.decided.orElseThrow();
    if (!certificate.blockId().equals(first.blockId()) && holds(certificate, t.validators)) {
      remember(certificate.signatures().statements(certificate.statement(), t.validators));
      fork(Optional.of(first), certificate);
    }
  }

  private boolean holds(CommitCertificate certificate, ValidatorSet validators) {
    return certificate.verify(validators, t.config.chainId(), t.rules).isAccepted();
  }

  private void fork(Optional<CommitCertificate> decided, CommitCertificate other) {
    t.phase = Phase.HALTED;
    t.notice(ConsensusCode.FORKED, "another block of height " + other.height() + " is certified");
    t.emit(new ConsensusEffect.Forked(decided, other));
  }
}
