package dev.trestle.relay.ledger;

import dev.trestle.base.Amount;
import dev.trestle.base.ChainId;
import dev.trestle.base.TrestleException;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.tx.TransactionBody;

/** Sends each body to the part of the ledger that judges it. */
final class Handlers {
  private final Deposits deposits;

  Handlers(Deposits deposits) {
    this.deposits = deposits;
  }

  /**
   * Runs one body. Faults of the storage and violated invariants pass through and stop the block;
   * any other exception is a bug that the same input meets on every node: it refuses the input.
   */
  Outcome handle(Execution x, PublicKey sender, TransactionBody body) {
    try {
      return dispatch(x, sender, body);
    } catch (TrestleException fault) {
      throw fault;
    } catch (Amount.AmountOutOfRange outOfRange) {
      return Outcome.refuse(LedgerCode.AMOUNT_OUT_OF_RANGE, "an account would leave its range");
    } catch (RuntimeException bug) {
      return Outcome.refuse(LedgerCode.CLIENT_FAULT, bug.getClass().getSimpleName());
    }
  }

  /**
   * Plans what waits on one chain; false when that failed and nothing of it may be kept. A chain
   * whose family has a bug keeps its releases waiting and does not stop the others.
   */
  boolean planWaiting(Execution x, ChainId chain) {
    try {
      Releases.planWaiting(x, chain);
      return true;
    } catch (TrestleException fault) {
      throw fault;
    } catch (RuntimeException bug) {
      return false;
    }
  }

  private Outcome dispatch(Execution x, PublicKey sender, TransactionBody body) {
    return switch (body) {
      case TransactionBody.RegisterChain b -> Registration.register(x, b);
      case TransactionBody.UpdateClient b -> updateClient(x, b);
      case TransactionBody.SubmitMisbehaviour b -> Clients.misbehaviour(x, b.chain(), b.evidence());
      case TransactionBody.AttestHeader b -> Attestations.attest(x, b);
      case TransactionBody.RegisterRoute b -> Routes.register(x, b);
      case TransactionBody.OpenTransfer b -> Transfers.open(x, sender, b);
      case TransactionBody.SubmitDeposit b -> deposits.submit(x, b);
      case TransactionBody.SubmitAttestedDeposit b -> deposits.submit(x, b);
      case TransactionBody.SubmitMessage b -> Messages.submit(x, b);
      case TransactionBody.TimeoutPacket b -> Timeouts.submit(x, b);
      case TransactionBody.SignRelease b -> Settlement.sign(x, b);
      case TransactionBody.SubmitRelease b -> Settlement.submit(x, b);
      case TransactionBody.ClaimRefund b -> Transfers.claimRefund(x, b);
      case TransactionBody.PlanSweep b -> Releases.planSweep(x, b);
      case TransactionBody.SubmitTakeBack b -> TakeBacks.submit(x, b);
      case TransactionBody.AgreeSwap b -> Swaps.agree(x, b);
      case TransactionBody.Pause b -> Pauses.pause(x, sender, b);
      case TransactionBody.Resume b -> Pauses.resume(x, b);
      case TransactionBody.Propose b -> Proposals.propose(x, sender, b);
      case TransactionBody.Vote b -> Proposals.vote(x, sender, b);
      case TransactionBody.ExecuteProposal b -> Proposals.execute(x, b);
      case TransactionBody.ValidatorReady b -> Validators.ready(x, sender, b);
    };
  }

  private static Outcome updateClient(Execution x, TransactionBody.UpdateClient body) {
    Verdict<Clients.Usable> usable = Clients.usable(x, body.chain());
    return usable instanceof Verdict.Accepted<Clients.Usable>(Clients.Usable chain)
        ? Clients.update(x, chain, body.message())
        : Outcome.refuse(usable);
  }
}
