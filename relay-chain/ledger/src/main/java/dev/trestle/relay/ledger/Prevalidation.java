package dev.trestle.relay.ledger;

import dev.trestle.lightclient.Claim;
import dev.trestle.relay.ledger.tx.TransactionBody;

/** Which transactions are worth looking at before they are executed. */
final class Prevalidation {
  /**
   * Bytes of evidence that take a good part of the time of a signature: to hash them once with
   * Keccak alone takes 15 of its 37 microseconds. A branch of a Bitcoin block is smaller, and to
   * hand it to another thread and its answer back would save nothing.
   */
  static final int LARGE_EVIDENCE = 4_096;

  /** Signatures from which on it is worth it; the sender's own is checked elsewhere. */
  static final int SEVERAL = 2;

  private Prevalidation() {}

  /** By what can be seen of the transaction alone, since it is asked of each. */
  static boolean isExpensive(TransactionBody body) {
    return switch (body) {
      case TransactionBody.UpdateClient _,
          TransactionBody.SubmitMisbehaviour _,
          TransactionBody.AttestHeader _ ->
          true;
      case TransactionBody.SignRelease b -> b.signatures().size() >= SEVERAL;
      case TransactionBody.SubmitAttestedDeposit b ->
          b.attestations().votes().size() + b.attestations().attestors().size() >= SEVERAL
              || isLarge(b.claim());
      case TransactionBody.SubmitDeposit b -> isLarge(b.claim());
      case TransactionBody.SubmitTakeBack b -> isLarge(b.claim());
      case TransactionBody.SubmitMessage b -> isLarge(b.claim());
      case TransactionBody.SubmitRelease b -> isLarge(b.claim());
      case TransactionBody.TimeoutPacket b -> b.value().size() + b.proof().size() >= LARGE_EVIDENCE;
      case TransactionBody.RegisterChain _,
          TransactionBody.RegisterRoute _,
          TransactionBody.OpenTransfer _,
          TransactionBody.ClaimRefund _,
          TransactionBody.PlanSweep _,
          TransactionBody.AgreeSwap _,
          TransactionBody.Pause _,
          TransactionBody.Resume _,
          TransactionBody.Propose _,
          TransactionBody.Vote _,
          TransactionBody.ExecuteProposal _,
          TransactionBody.ValidatorReady _ ->
          false;
    };
  }

  private static boolean isLarge(Claim claim) {
    return claim.value().size() + claim.proof().size() >= LARGE_EVIDENCE;
  }
}
