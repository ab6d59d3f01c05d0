package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.CommitteeRecord;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.record.ValidatorsRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Who governs and who certifies, and how that changes. Sets check their floors when decoded (I7).
 */
final class GovernanceInvariants {
  private final Step step;

  GovernanceInvariants(Step step) {
    this.step = step;
  }

  void change(Table table, Bytes key, Optional<Bytes> was, Optional<Bytes> now) {
    if (table == Table.GOVERNANCE) {
      governance(was.map(GovernanceRecord::decode), now.map(GovernanceRecord::decode));
    } else if (table == Table.COMMITTEE) {
      committee(now.map(CommitteeRecord::decode));
    } else if (table == Table.VALIDATORS) {
      validators(key, was, now);
    } else if (!key.equals(StateKeys.lastProposal())) {
      proposal(key, was.map(ProposalRecord::decode), now.map(ProposalRecord::decode));
    }
  }

  private void governance(Optional<GovernanceRecord> was, Optional<GovernanceRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I7, "governance was removed");
    StepInvariants.require(step.isDecision(), Invariant.I14, "governance changed by itself");
    StepInvariants.require(
        now.get().epoch() == was.map(GovernanceRecord::epoch).orElse(-1L) + 1,
        Invariant.I8,
        "epoch of governance");
  }

  /** As many seats with distinct keys, one epoch further, the old keys for a bounded while. */
  private void committee(Optional<CommitteeRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I7, "the committee was removed");
    StepInvariants.require(step.isDecision(), Invariant.I14, "the committee changed by itself");
    CommitteeRecord old = step.before().committee();
    CommitteeRecord next = now.get();
    StepInvariants.require(next.epoch() == old.epoch() + 1, Invariant.I8, "epoch of the committee");
    long latest = step.block().timeMillis() + GovernanceAction.RotateCommittee.MAX_OVERLAP_MILLIS;
    StepInvariants.require(
        next.attestKeys().size() == old.attestKeys().size()
            && next.attestKeys().stream().map(PublicKey::xOnly).distinct().count()
                == next.attestKeys().size()
            && next.previous()
                .filter(before -> before.attestKeys().equals(old.attestKeys()))
                .filter(before -> before.untilMillis() <= latest)
                .isPresent(),
        Invariant.I7,
        "seats of the committee");
  }

  private void validators(Bytes key, Optional<Bytes> was, Optional<Bytes> now) {
    if (key.equals(StateKeys.plannedValidators())) {
      boolean byBlock = step.body().isEmpty() && now.isEmpty();
      StepInvariants.require(
          step.isDecision() || byBlock, Invariant.I14, "validators planned by nobody");
      return;
    }
    StepInvariants.require(
        step.body().isEmpty(), Invariant.I14, "validators changed within a block");
    if (!key.equals(StateKeys.validators())) {
      return;
    }
    StepInvariants.require(now.isPresent(), Invariant.I7, "the validators were removed");
    ValidatorsRecord next = ValidatorsRecord.decode(now.get());
    ValidatorsRecord old = was.map(ValidatorsRecord::decode).orElseThrow();
    long height = step.block().height();
    boolean sameKeys = Validators.keys(next.members()).equals(Validators.keys(old.members()));
    boolean counted =
        sameKeys
            ? next.epoch() == old.epoch() && next.since() == old.since()
            : next.epoch() == old.epoch() + 1 && next.since() == height + 1;
    StepInvariants.require(
        counted && height % step.after().genesis().parameters().epochBlocks() == 0,
        Invariant.I8,
        "validators changed within an epoch");
    List<Genesis.Validator> wanted =
        step.before().plannedValidators().map(ValidatorsRecord::members).orElse(List.of());
    StepInvariants.require(
        next.members().stream()
            .allMatch(each -> old.members().contains(each) || wanted.contains(each)),
        Invariant.I7,
        "a validator that nobody wanted");
  }

  /** Votes only grow, by keys that govern; what is executed was approved and has waited. */
  private void proposal(Bytes key, Optional<ProposalRecord> was, Optional<ProposalRecord> now) {
    StepInvariants.require(now.isPresent(), Invariant.I2, "a proposal was removed");
    ProposalRecord proposal = now.get();
    StepInvariants.require(
        key.equals(StateKeys.proposal(proposal.number()))
            && step.after().lastProposal() >= proposal.number(),
        Invariant.I6,
        "proposal " + proposal.number());
    GovernanceRecord governance = step.before().governance();
    List<PublicKey> before = was.map(ProposalRecord::votes).orElse(List.of());
    List<PublicKey> votes = proposal.votes();
    StepInvariants.require(
        new HashSet<>(votes).size() == votes.size()
            && votes.size() >= before.size()
            && votes.subList(0, before.size()).equals(before)
            && governance.set().keys().containsAll(votes.subList(before.size(), votes.size())),
        Invariant.I7,
        "votes of proposal " + proposal.number());
    was.ifPresent(
        old ->
            StepInvariants.require(
                old.action().equals(proposal.action())
                    && old.proposer().equals(proposal.proposer())
                    && old.proposedMillis() == proposal.proposedMillis()
                    && old.state().compareTo(proposal.state()) <= 0
                    && old.state() != ProposalRecord.State.EXECUTED,
                Invariant.I2,
                "proposal " + proposal.number() + " was altered"));
    if (proposal.state() == ProposalRecord.State.OPEN) {
      return;
    }
    long approved = proposal.approvedMillis().orElse(Long.MAX_VALUE);
    StepInvariants.require(
        Proposals.isApproved(governance, proposal) && approved <= step.block().timeMillis(),
        Invariant.I7,
        "proposal " + proposal.number() + " has too few votes");
    if (proposal.state() == ProposalRecord.State.EXECUTED) {
      long waited = step.block().timeMillis() - approved;
      StepInvariants.require(
          waited >= step.after().genesis().parameters().governanceDelayMillis()
              && was.filter(old -> old.approvedMillis().equals(proposal.approvedMillis()))
                  .isPresent(),
          Invariant.I7,
          "proposal " + proposal.number() + " was executed before its time");
    }
  }
}
