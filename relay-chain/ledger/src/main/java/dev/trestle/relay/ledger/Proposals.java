package dev.trestle.relay.ledger;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.record.ChainRecord;
import dev.trestle.relay.ledger.record.GovernanceRecord;
import dev.trestle.relay.ledger.record.LaneRecord;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.record.RouteRecord;
import dev.trestle.relay.ledger.record.StateKeys;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;

/**
 * Decisions of governance that are not urgent: proposed by one key, voted for by the threshold, and
 * executed after a delay in which everybody can see them and one can pause.
 */
final class Proposals {
  /** Block time within which a proposal has to be approved, and then to be executed: 30 days. */
  static final long LIFETIME_MILLIS = 30L * 24 * 3_600_000;

  /** Most proposals of one key that are open at once. */
  static final int MAX_OPEN = 16;

  /** How many of the newest proposals are looked at for {@link #MAX_OPEN}. */
  private static final int RECENT = 256;

  private Proposals() {}

  static Outcome propose(Execution x, PublicKey sender, TransactionBody.Propose body) {
    if (!x.view().governance().set().keys().contains(sender)) {
      return Outcome.refuse(LedgerCode.NOT_AUTHORISED, "not a governance key");
    }
    Verdict<GovernanceAction> possible = possible(x, body.action());
    if (!possible.isAccepted()) {
      return Outcome.refuse(possible);
    }
    long last = x.view().lastProposal();
    int open = 0;
    for (long n = last; n > Math.max(0, last - RECENT); n--) {
      ProposalRecord before = x.view().proposal(n).orElseThrow();
      boolean counts =
          before.state() == ProposalRecord.State.OPEN
              && before.proposer().equals(sender)
              && !isOver(x, before.proposedMillis());
      open += counts ? 1 : 0;
    }
    if (open >= MAX_OPEN) {
      return Outcome.refuse(LedgerCode.TOO_MANY_PROPOSALS, open + " open");
    }
    ProposalRecord proposal =
        new ProposalRecord(
            Math.addExact(last, 1),
            body.action().encode(),
            sender,
            x.block().timeMillis(),
            List.of(),
            Optional.empty(),
            ProposalRecord.State.OPEN);
    x.putNumber(StateKeys.lastProposal(), proposal.number());
    x.emit(
        new LedgerEvent.ProposalMade(
            proposal.number(), proposal.actionHash(), body.action().getClass().getSimpleName()));
    count(x, proposal, sender);
    return Outcome.APPLIED;
  }

  static Outcome vote(Execution x, PublicKey sender, TransactionBody.Vote body) {
    if (!x.view().governance().set().keys().contains(sender)) {
      return Outcome.refuse(LedgerCode.NOT_AUTHORISED, "not a governance key");
    }
    Optional<ProposalRecord> found = x.view().proposal(body.proposal());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_PROPOSAL, "proposal " + body.proposal());
    }
    ProposalRecord proposal = found.get();
    if (!proposal.actionHash().equals(body.actionHash())) {
      return Outcome.refuse(LedgerCode.OTHER_ACTION, proposal.actionHash().toHex());
    }
    if (proposal.state() != ProposalRecord.State.OPEN) {
      return Outcome.refuse(LedgerCode.WRONG_PROPOSAL_STATE, proposal.state().name());
    }
    if (isOver(x, proposal.proposedMillis())) {
      return Outcome.refuse(LedgerCode.PROPOSAL_EXPIRED, "proposal " + proposal.number());
    }
    if (proposal.votes().contains(sender)) {
      return Outcome.refuse(LedgerCode.ALREADY_VOTED, "proposal " + proposal.number());
    }
    count(x, proposal, sender);
    return Outcome.APPLIED;
  }

  private static void count(Execution x, ProposalRecord proposal, PublicKey voter) {
    ProposalRecord next = proposal.withVote(voter);
    x.emit(new LedgerEvent.ProposalVoted(next.number(), voter, next.votes().size()));
    if (isApproved(x.view().governance(), next)) {
      next = next.approved(x.block().timeMillis());
      long from = x.block().timeMillis() + x.genesis().parameters().governanceDelayMillis();
      x.emit(new LedgerEvent.ProposalApproved(next.number(), from));
    }
    x.put(StateKeys.proposal(next.number()), next.encode());
  }

  /** Only keys that govern now count, whoever governed when they voted. */
  static boolean isApproved(GovernanceRecord governance, ProposalRecord proposal) {
    long counted =
        proposal.votes().stream().distinct().filter(governance.set().keys()::contains).count();
    return counted >= governance.set().threshold();
  }

  private static boolean isOver(Execution x, long sinceMillis) {
    return x.block().timeMillis() - sinceMillis > LIFETIME_MILLIS;
  }

  static Outcome execute(Execution x, TransactionBody.ExecuteProposal body) {
    Optional<ProposalRecord> found = x.view().proposal(body.proposal());
    if (found.isEmpty()) {
      return Outcome.refuse(LedgerCode.UNKNOWN_PROPOSAL, "proposal " + body.proposal());
    }
    ProposalRecord proposal = found.get();
    if (proposal.state() != ProposalRecord.State.APPROVED) {
      return Outcome.refuse(LedgerCode.WRONG_PROPOSAL_STATE, proposal.state().name());
    }
    if (x.view().isPaused(new PauseSubject.Everything())) {
      return Outcome.refuse(LedgerCode.PAUSED, "everything");
    }
    if (!isApproved(x.view().governance(), proposal)) {
      return Outcome.refuse(LedgerCode.APPROVALS_MISSING, "governance has changed since");
    }
    long from =
        proposal.approvedMillis().orElseThrow() + x.genesis().parameters().governanceDelayMillis();
    if (x.block().timeMillis() < from) {
      return Outcome.refuse(LedgerCode.DELAY_NOT_OVER, "executable from " + from);
    }
    if (isOver(x, from)) {
      return Outcome.refuse(LedgerCode.PROPOSAL_EXPIRED, "proposal " + proposal.number());
    }
    Verdict<GovernanceAction> decoded = decode(proposal.action()).then(a -> possible(x, a));
    if (!(decoded instanceof Verdict.Accepted<GovernanceAction>(GovernanceAction action))) {
      return Outcome.refuse(decoded);
    }
    Outcome done = carryOut(x, action);
    if (done instanceof Outcome.Applied) {
      x.put(StateKeys.proposal(proposal.number()), proposal.executed().encode());
      x.emit(new LedgerEvent.ProposalExecuted(proposal.number()));
    }
    return done;
  }

  private static Verdict<GovernanceAction> decode(Bytes action) {
    try {
      return Verdict.accept(GovernanceAction.decode(action));
    } catch (DecodeException malformed) {
      return Verdict.reject(LedgerCode.INVALID_ACTION, String.valueOf(malformed.getMessage()));
    }
  }

  /** What would never or not any more work, so that it is neither proposed nor executed. */
  private static Verdict<GovernanceAction> possible(Execution x, GovernanceAction action) {
    return switch (action) {
      case GovernanceAction.SetValidators(List<Genesis.Validator> validators) -> {
        for (Genesis.Validator each : validators) {
          EvmAddress address = each.key().evmAddress();
          if (x.view().conviction(address).isPresent()) {
            yield Verdict.reject(LedgerCode.CONVICTED_VALIDATOR, address.toString());
          }
        }
        yield Verdict.accept(action);
      }
      case GovernanceAction.SetGovernance set -> Verdict.accept(action);
      case GovernanceAction.SetLimits set ->
          x.view().chain(set.chain()).isPresent()
              ? Verdict.accept(action)
              : Verdict.reject(LedgerCode.UNKNOWN_CHAIN, set.chain().toString());
      case GovernanceAction.RecoverClient recover ->
          Recovery.possible(x, recover).then(subject -> Verdict.accept(action));
      case GovernanceAction.CloseLane(Hash32 routeId) ->
          Lanes.closable(x.view(), routeId).then(route -> Verdict.accept(action));
      case GovernanceAction.RotateCommittee rotate ->
          Committees.possible(x, rotate).then(record -> Verdict.accept(action));
    };
  }

  private static Outcome carryOut(Execution x, GovernanceAction action) {
    return switch (action) {
      case GovernanceAction.SetValidators(List<Genesis.Validator> validators) -> {
        Validators.plan(x, validators);
        yield Outcome.APPLIED;
      }
      case GovernanceAction.SetGovernance(Genesis.Governance governance) -> {
        GovernanceRecord next =
            new GovernanceRecord(Math.addExact(x.view().governance().epoch(), 1), governance);
        x.put(StateKeys.governance(), next.encode());
        x.emit(
            new LedgerEvent.GovernanceChanged(
                next.epoch(), governance.keys().size(), governance.threshold()));
        yield Outcome.APPLIED;
      }
      case GovernanceAction.SetLimits set -> {
        ChainRecord chain = x.view().chain(set.chain()).orElseThrow();
        x.put(StateKeys.chain(set.chain()), chain.withLimits(set.limits()).encode());
        x.emit(new LedgerEvent.LimitsChanged(set.chain()));
        yield Outcome.APPLIED;
      }
      case GovernanceAction.RecoverClient recover -> Recovery.recover(x, recover);
      case GovernanceAction.CloseLane(Hash32 routeId) -> {
        RouteRecord route = x.view().route(routeId).orElseThrow();
        Lanes.close(x, route.lane(), LaneRecord.Cause.GOVERNANCE);
        yield Outcome.APPLIED;
      }
      case GovernanceAction.RotateCommittee rotate -> Committees.rotate(x, rotate);
    };
  }
}
