package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.ConsensusMessage.Proposal;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All checks of a message that need no protocol state: membership, signature, and that attached
 * certificates and justifications hold. Pure and safe to call from worker threads.
 */
public final class MessageVerifier {
  private final Hash32 chainId;
  private final Rules rules;

  public MessageVerifier(Hash32 chainId) {
    this(chainId, Rules.QBFT);
  }

  /**
   * @param memo of the node, shared with its {@link ConsensusCore}
   */
  public MessageVerifier(Hash32 chainId, SignatureMemo memo) {
    this(chainId, memo.rules());
  }

  MessageVerifier(Hash32 chainId, Rules rules) {
    this.chainId = chainId;
    this.rules = rules;
  }

  /**
   * @param validators the set of the message's height
   */
  public Verdict<VerifiedMessage> verify(SignedMessage signed, ValidatorSet validators) {
    OptionalInt sender = validators.indexOf(signed.sender());
    if (sender.isEmpty()) {
      return Verdict.reject(ConsensusCode.UNKNOWN_SIGNER, signed.sender().toString());
    }
    if (!signed.signedStatement().isSigned(chainId, rules)) {
      return Verdict.reject(ConsensusCode.BAD_SIGNATURE, signed.sender().toString());
    }
    Verdict<Boolean> attachments =
        switch (signed.message()) {
          case Proposal proposal -> justified(proposal, validators);
          case ConsensusMessage.Prepare prepare -> Verdict.accept(true);
          case ConsensusMessage.Commit commit -> Verdict.accept(true);
          case ConsensusMessage.RoundChange change -> prepared(change.prepared(), validators);
        };
    return attachments.then(
        valid -> Verdict.accept(new VerifiedMessage(signed, sender.getAsInt(), validators.hash())));
  }

  /** R1: the block of a later round must be the highest prepared one a quorum knows of. */
  private Verdict<Boolean> justified(Proposal proposal, ValidatorSet validators) {
    if (!proposal.block().header().chainId().equals(chainId)) {
      return Verdict.reject(ConsensusCode.WRONG_CHAIN, "a block of another chain");
    }
    if (!rules.checksJustification()) {
      return Verdict.accept(true);
    }
    if (proposal.round() == 0) {
      return proposal.justification().isEmpty() && proposal.prepared().isEmpty()
          ? Verdict.accept(true)
          : unjustified("round 0 needs none");
    }
    int highest = -1;
    SortedSet<Integer> senders = new TreeSet<>();
    for (SignedStatement change : proposal.justification()) {
      Verdict<Integer> sender = roundChange(change, proposal, validators);
      if (!(sender instanceof Verdict.Accepted<Integer>(Integer index))) {
        return sender.then(never -> unjustified("unreachable"));
      }
      if (!senders.add(index) && rules.countsOnce()) {
        return Verdict.reject(ConsensusCode.DUPLICATE_SIGNER, "validator " + index);
      }
      if (rules.outranks(change.statement().preparedRound(), highest)) {
        highest = change.statement().preparedRound();
      }
    }
    int count = rules.countsOnce() ? senders.size() : proposal.justification().size();
    if (!rules.isQuorum(validators, count)) {
      return Verdict.reject(ConsensusCode.QUORUM_LOW, count + " round changes");
    }
    return carries(proposal, highest, validators);
  }

  private Verdict<Integer> roundChange(
      SignedStatement change, Proposal proposal, ValidatorSet validators) {
    Statement statement = change.statement();
    if (statement.kind() != StatementKind.ROUND_CHANGE
        || statement.height() != proposal.height()
        || (rules.bindsRound() && statement.round() != proposal.round())) {
      return Verdict.reject(ConsensusCode.UNJUSTIFIED, "not a round change to this round");
    }
    OptionalInt sender = validators.indexOf(change.signer());
    if (sender.isEmpty()) {
      return Verdict.reject(ConsensusCode.UNKNOWN_SIGNER, change.signer().toString());
    }
    return change.isSigned(chainId, rules)
        ? Verdict.accept(sender.getAsInt())
        : Verdict.reject(ConsensusCode.BAD_SIGNATURE, change.signer().toString());
  }

  private Verdict<Boolean> carries(Proposal proposal, int highest, ValidatorSet validators) {
    if (highest < 0) {
      return proposal.prepared().isEmpty()
          ? Verdict.accept(true)
          : unjustified("a certificate nobody claims");
    }
    Optional<PreparedCertificate> certificate = proposal.prepared();
    if (certificate.isEmpty()
        || certificate.get().height() != proposal.height()
        || certificate.get().round() != highest
        || (rules.bindsPreparedBlock()
            && !certificate.get().blockId().equals(proposal.block().id()))) {
      return unjustified("not the highest prepared block, round " + highest);
    }
    return prepared(certificate, validators);
  }

  private Verdict<Boolean> prepared(
      Optional<PreparedCertificate> certificate, ValidatorSet validators) {
    if (certificate.isEmpty() || !rules.checksPreparedCertificate()) {
      return Verdict.accept(true);
    }
    return certificate.get().verify(validators, chainId, rules).then(ok -> Verdict.accept(true));
  }

  private static <T> Verdict<T> unjustified(String detail) {
    return Verdict.reject(ConsensusCode.UNJUSTIFIED, detail);
  }
}
