package dev.trestle.relay.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.MessageRules.ChainMessage;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.ProposalRecord;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Proposals, votes, delay and what they decide. */
class GovernanceTest {
  private static final ChainLimits CLOSED = new ChainLimits(Amount.ZERO, Amount.of(7), 1_000_000);

  private final Hub hub = Hub.ready();
  private final GovernanceAction.SetLimits close =
      new GovernanceAction.SetLimits(hub.home.id(), CLOSED);

  private String propose(SecretKey by, GovernanceAction action) {
    return hub.send(by, new TransactionBody.Propose(action)).code();
  }

  private String vote(int by, long proposal) {
    Hash32 hash = hub.view().proposal(proposal).orElseThrow().actionHash();
    return hub.send(hub.governance.get(by), new TransactionBody.Vote(proposal, hash)).code();
  }

  private String execute(long proposal) {
    return hub.send(new TransactionBody.ExecuteProposal(proposal)).code();
  }

  private ProposalRecord.State state(long proposal) {
    return hub.view().proposal(proposal).orElseThrow().state();
  }

  @Test
  void isProposedVotedForDelayedAndExecutedOnce() {
    assertThat(propose(hub.user, close)).isEqualTo("not-authorised");
    assertThat(propose(hub.governance.get(0), close)).isEqualTo("ok");
    assertThat(execute(1)).isEqualTo("wrong-proposal-state");
    assertThat(vote(0, 1)).isEqualTo("already-voted");
    assertThat(vote(1, 1)).isEqualTo("ok");
    assertThat(state(1)).isEqualTo(ProposalRecord.State.OPEN);
    assertThat(vote(2, 1)).isEqualTo("ok");
    assertThat(state(1)).isEqualTo(ProposalRecord.State.APPROVED);
    assertThat(vote(3, 1)).isEqualTo("wrong-proposal-state");
    assertThat(execute(1)).isEqualTo("delay-not-over");
    hub.pass(Hub.DELAY_MILLIS - 4_000);
    assertThat(execute(1)).isEqualTo("delay-not-over");
    assertThat(hub.view().chain(hub.home.id()).orElseThrow().limits()).isEqualTo(Hub.LIMITS);
    assertThat(execute(1)).isEqualTo("ok");
    assertThat(hub.view().chain(hub.home.id()).orElseThrow().limits()).isEqualTo(CLOSED);
    assertThat(execute(1)).isEqualTo("wrong-proposal-state");
    assertThat(execute(2)).isEqualTo("unknown-proposal");
    assertThat(execute(0)).isEqualTo("unknown-proposal");
  }

  @Test
  void aVoteIsForTheActionThatTheVoterHasSeen() {
    propose(hub.governance.get(0), close);
    assertThat(
            hub.send(hub.governance.get(1), new TransactionBody.Vote(1, Hub.hash("other"))).code())
        .isEqualTo("other-action");
    assertThat(hub.send(hub.user, new TransactionBody.Vote(1, Hub.hash("other"))).code())
        .isEqualTo("not-authorised");
  }

  @Test
  void proposalsExpire() {
    propose(hub.governance.get(0), close);
    hub.pass(Proposals.LIFETIME_MILLIS);
    assertThat(vote(1, 1)).isEqualTo("proposal-expired");
    long second = hub.approved(close);
    hub.pass(Hub.DELAY_MILLIS + Proposals.LIFETIME_MILLIS + 1);
    assertThat(execute(second)).isEqualTo("proposal-expired");
  }

  @Test
  void oneKeyCannotFloodProposals() {
    for (int i = 0; i < Proposals.MAX_OPEN; i++) {
      assertThat(propose(hub.governance.get(0), close)).isEqualTo("ok");
    }
    assertThat(propose(hub.governance.get(0), close)).isEqualTo("too-many-proposals");
    assertThat(propose(hub.governance.get(1), close)).isEqualTo("ok");
    hub.pass(Proposals.LIFETIME_MILLIS + 1);
    assertThat(propose(hub.governance.get(0), close)).isEqualTo("ok");
  }

  @Test
  void onePausesWhatAQuorumHasApproved() {
    long number = hub.approved(close);
    hub.pass(Hub.DELAY_MILLIS);
    PauseSubject everything = new PauseSubject.Everything();
    hub.send(hub.attestKeys.getFirst(), new TransactionBody.Pause(everything));
    assertThat(execute(number)).isEqualTo("paused");
    hub.ok(hub.resume(everything, 3));
    assertThat(execute(number)).isEqualTo("ok");
  }

  @Test
  void newGovernanceTakesOverAndTheOldOneIsWorthNothing() {
    List<SecretKey> next = Hub.keys("next governance", 5);
    Genesis.Governance set =
        new Genesis.Governance(next.stream().map(SecretKey::publicKey).toList(), 4);
    long pending = hub.approved(close);
    // approvals of the old set, signed before the change
    hub.send(
        hub.attestKeys.getFirst(), new TransactionBody.Pause(new PauseSubject.Chain(hub.far.id())));
    TransactionBody.Resume oldResume = hub.resume(new PauseSubject.Chain(hub.far.id()), 4);
    hub.decide(new GovernanceAction.SetGovernance(set));
    assertThat(hub.view().governance().epoch()).isEqualTo(1);

    assertThat(execute(pending)).isEqualTo("approvals-missing");
    assertThat(propose(hub.governance.get(0), close)).isEqualTo("not-authorised");
    assertThat(hub.send(oldResume).code()).isEqualTo("unknown-approver");
    assertThat(
            hub.send(
                    hub.governance.get(0), new TransactionBody.Pause(new PauseSubject.Everything()))
                .code())
        .isEqualTo("not-authorised");
    assertThat(propose(next.get(0), close)).isEqualTo("ok");
    long number = hub.view().lastProposal();
    Hash32 hash = hub.view().proposal(number).orElseThrow().actionHash();
    for (int i = 1; i < 4; i++) {
      assertThat(state(number)).isEqualTo(ProposalRecord.State.OPEN);
      hub.send(next.get(i), new TransactionBody.Vote(number, hash));
    }
    assertThat(state(number)).isEqualTo(ProposalRecord.State.APPROVED);
  }

  /** Keys that stay in the set keep their votes, and only those. */
  @Test
  void votesOfKeysThatLeftDoNotCount() {
    List<SecretKey> next =
        java.util.stream.Stream.concat(
                hub.governance.subList(0, 2).stream(), Hub.keys("new", 3).stream())
            .toList();
    propose(hub.governance.get(0), close);
    vote(1, 1);
    hub.decide(
        new GovernanceAction.SetGovernance(
            new Genesis.Governance(next.stream().map(SecretKey::publicKey).toList(), 4)));
    Hash32 hash = hub.view().proposal(1).orElseThrow().actionHash();
    hub.send(next.get(2), new TransactionBody.Vote(1, hash));
    assertThat(state(1)).isEqualTo(ProposalRecord.State.OPEN);
    hub.send(next.get(3), new TransactionBody.Vote(1, hash));
    assertThat(state(1)).isEqualTo(ProposalRecord.State.APPROVED);
  }

  @Test
  void lowerLimitsHoldAtOnce() {
    hub.ok(hub.openTransfer(1, 100_000));
    Bytes tx = hub.pay(hub.transferId(1), 100_000);
    hub.follow(hub.home, 3);
    hub.decide(close);
    assertThat(
            hub.send(new TransactionBody.SubmitDeposit(hub.transferId(1), hub.home.claim(tx)))
                .code())
        .isEqualTo("limit-exceeded");
    assertThat(
            propose(
                hub.governance.get(0),
                new GovernanceAction.SetLimits(dev.trestle.base.ChainId.parse("eip155:1"), CLOSED)))
        .isEqualTo("unknown-chain");
  }

  @Test
  void aFrozenClientIsRecoveredFromAnotherAnchor() {
    Hash32 packet = hub.deposit(1, 100_000);
    Bytes fact = hub.say(new ChainMessage.PacketReceived(packet, true));
    hub.ok(new TransactionBody.SubmitMisbehaviour(hub.far.id(), Bytes.utf8("misbehaviour")));
    assertThat(hub.submit(fact).code()).isEqualTo("client-frozen");
    long height = hub.far.height();
    Bytes anchor = hub.far.header(height - 1);
    var recover =
        new GovernanceAction.RecoverClient(hub.far.id(), anchor, hub.far.updateFrom(height - 1));
    hub.decide(recover);
    assertThat(hub.view().clientStatus(hub.far.id(), 0))
        .isEqualTo(Optional.of(ClientStatus.ACTIVE));
    assertThat(hub.view().chain(hub.far.id()).orElseThrow().headHeight()).isEqualTo(height);
    assertThat(hub.submit(fact).isSuccess()).isTrue();
    // nothing to recover any more
    long again = hub.approved(recover);
    hub.pass(Hub.DELAY_MILLIS);
    assertThat(execute(again)).isEqualTo("client-is-healthy");
  }

  @Test
  void recoveryDoesNotGoBackOrAcceptAWrongAnchor() {
    hub.ok(new TransactionBody.SubmitMisbehaviour(hub.far.id(), Bytes.utf8("misbehaviour")));
    long old =
        hub.approved(
            new GovernanceAction.RecoverClient(hub.far.id(), hub.far.header(101), Bytes.EMPTY));
    long wrong =
        hub.approved(
            new GovernanceAction.RecoverClient(hub.far.id(), Bytes.utf8("anchor"), Bytes.EMPTY));
    long sample =
        hub.approved(
            new GovernanceAction.RecoverClient(
                hub.far.id(), hub.far.header(101), hub.home.updateFrom(101)));
    hub.pass(Hub.DELAY_MILLIS);
    assertThat(execute(old)).isEqualTo("height-regressed");
    assertThat(execute(wrong)).isEqualTo("malformed");
    assertThat(execute(sample)).isEqualTo("bad-prev");
    assertThat(hub.view().clientStatus(hub.far.id(), 0))
        .isEqualTo(Optional.of(ClientStatus.FROZEN));
  }
}
