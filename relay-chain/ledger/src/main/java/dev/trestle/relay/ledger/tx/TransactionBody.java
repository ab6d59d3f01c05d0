package dev.trestle.relay.ledger.tx;

import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EcdsaSignature;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SchnorrSignature;
import dev.trestle.lightclient.Claim;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.record.FactAttestations;
import dev.trestle.relay.ledger.record.LaneTerms;
import dev.trestle.relay.ledger.record.PauseSubject;
import dev.trestle.relay.ledger.record.PolicyTerms;
import dev.trestle.relay.ledger.record.SwapTerms;
import java.util.List;
import java.util.Optional;

/**
 * What a transaction asks for. Bodies carry evidence, never conclusions: the ledger checks each
 * proof itself. {@code approvals} are governance signatures over the digest that {@link Approvals}
 * gives for the body.
 */
public sealed interface TransactionBody {

  /**
   * Registers a chain. The ledger itself initialises the light client, verifies the sample headers
   * and demands that the client refuses altered ones.
   *
   * @param name for people, 1 to 64 bytes
   * @param adapterId adapter with which the chain is reached
   * @param clientType light-client family
   * @param anchor trusted start in the family's form
   * @param confirmations least confirmations of any fact of this chain
   * @param bridgeContract our contract on that chain, if it has contracts
   * @param sample live headers that follow the anchor, as one client message
   */
  record RegisterChain(
      ChainId chain,
      String name,
      String adapterId,
      String clientType,
      Bytes anchor,
      long confirmations,
      Optional<Bytes> bridgeContract,
      Bytes sample,
      ChainLimits limits,
      List<EcdsaSignature> approvals)
      implements TransactionBody {
    public RegisterChain {
      approvals = List.copyOf(approvals);
    }
  }

  /** Hands new headers to a chain's light client. Anyone may. */
  record UpdateClient(ChainId chain, Bytes message) implements TransactionBody {}

  /** Proves that a chain's consensus broke; freezes its client. Anyone may. */
  record SubmitMisbehaviour(ChainId chain, Bytes evidence) implements TransactionBody {}

  /**
   * One member's attestation of a header, as the family's {@link
   * dev.trestle.lightclient.AttestationRules} define it. Anyone may carry it: the signature says
   * whose it is.
   *
   * @param header in the raw form that the chain's adapter delivers
   * @param member index in the committee
   */
  record AttestHeader(ChainId chain, Bytes header, int member, EcdsaSignature signature)
      implements TransactionBody {}

  /**
   * Opens a way for an asset from the chain where it is at home to a contract that mints it.
   *
   * @param minTransfer smallest units; also the least amount that is paid out
   * @param feeRate satoshi per virtual byte of transactions that move custody coins
   * @param confirmations of deposits and releases, not below the home chain's
   * @param lane order and lifetime of its packets
   * @param trust who must have checked a deposit
   */
  record RegisterRoute(
      AssetId asset,
      ChainId destination,
      Bytes contract,
      Amount minTransfer,
      Amount maxTransfer,
      long feeRate,
      long confirmations,
      LaneTerms lane,
      PolicyTerms trust,
      List<EcdsaSignature> approvals)
      implements TransactionBody {
    public RegisterRoute {
      approvals = List.copyOf(approvals);
    }

    /** A route of {@link LaneTerms#DEFAULT} and {@link PolicyTerms#DEFAULT}. */
    public RegisterRoute(
        AssetId asset,
        ChainId destination,
        Bytes contract,
        Amount minTransfer,
        Amount maxTransfer,
        long feeRate,
        long confirmations,
        List<EcdsaSignature> approvals) {
      this(
          asset,
          destination,
          contract,
          minTransfer,
          maxTransfer,
          feeRate,
          confirmations,
          LaneTerms.DEFAULT,
          PolicyTerms.DEFAULT,
          approvals);
    }

    /** The same with other approvals. */
    public RegisterRoute approvedBy(List<EcdsaSignature> signatures) {
      return new RegisterRoute(
          asset,
          destination,
          contract,
          minTransfer,
          maxTransfer,
          feeRate,
          confirmations,
          lane,
          trust,
          signatures);
    }
  }

  /**
   * Announces a transfer and with it the deposit address that belongs to it alone. It waits for the
   * deposit until the end that its record names.
   *
   * @param recipient on the destination chain; an EVM address is left-padded with zeros
   * @param amount least deposit that will be credited
   * @param refundKey x-only key that may take the deposit back after {@code refundDelay} blocks
   * @param idempotencyKey the transfer's id follows from it and the sender
   */
  record OpenTransfer(
      Hash32 routeId,
      Hash32 recipient,
      Amount amount,
      Hash32 refundKey,
      int refundDelay,
      Hash32 idempotencyKey)
      implements TransactionBody {}

  /**
   * Proves the deposit of a transfer, which is booked; its packet waits for the sweep's proof.
   * Refused once the transfer's end has come, however early the deposit was paid: it is lost to
   * nobody, its depositor takes it back by the refund leaf after the refund delay.
   */
  record SubmitDeposit(Hash32 transferId, Claim claim) implements TransactionBody {}

  /**
   * As {@link SubmitDeposit}, for routes whose policy asks for more or others than the light
   * client.
   *
   * @param claim with an empty proof where the policy does without the light client
   */
  record SubmitAttestedDeposit(Hash32 transferId, Claim claim, FactAttestations attestations)
      implements TransactionBody {}

  /** Proves a message of a chain's bridge contract: a packet was received or value was sent. */
  record SubmitMessage(ChainId chain, Claim claim) implements TransactionBody {}

  /**
   * Proves that a packet was not received before its timeout: on an unordered lane that there is no
   * receipt, on an ordered one the last sequence that was received. What has to stand under which
   * path follows from the packet and the height.
   *
   * @param height of a block of the destination past the timeout
   * @param value what stands there: empty for absence
   * @param proof in the form of the destination's family
   */
  record TimeoutPacket(Hash32 packetId, long height, Bytes value, Bytes proof)
      implements TransactionBody {}

  /**
   * One member's signatures over a planned release, one an input.
   *
   * @param member index in the committee
   */
  record SignRelease(Hash32 releaseId, int member, List<SchnorrSignature> signatures)
      implements TransactionBody {
    public SignRelease {
      signatures = List.copyOf(signatures);
    }
  }

  /** Proves that a release was executed on its chain; a sweep's proof sends the packet. */
  record SubmitRelease(Hash32 releaseId, Claim claim) implements TransactionBody {}

  /**
   * Asks to pay back a deposit whose packet failed at the destination.
   *
   * @param script output script on the home chain
   * @param signature BIP-340 by the transfer's refund key over {@link Approvals#refund}
   */
  record ClaimRefund(Hash32 transferId, Bytes script, SchnorrSignature signature)
      implements TransactionBody {}

  /**
   * Plans the move of a deposit coin to the committee's resting place, out of its depositor's
   * reach. Anyone may, as soon as it is credited.
   */
  record PlanSweep(ChainId chain, Hash32 txId, long outputIndex) implements TransactionBody {}

  /**
   * Proves that a credited deposit was spent by a transaction that is not its sweep: its depositor
   * took it back after the delay. Reverses the credit. Anyone may, while no packet was sent for it.
   */
  record SubmitTakeBack(Hash32 transferId, Claim claim) implements TransactionBody {}

  /**
   * Records the terms of an atomic swap that both parties have signed.
   *
   * @param initiator locks first and knows the preimage
   */
  record AgreeSwap(
      SwapTerms terms,
      PublicKey initiator,
      PublicKey participant,
      EcdsaSignature initiatorSignature,
      EcdsaSignature participantSignature)
      implements TransactionBody {}

  /** Stops a subject at once. The sender must be a governance key or a committee member. */
  record Pause(PauseSubject subject) implements TransactionBody {}

  /** Lifts a pause; takes a governance quorum. */
  record Resume(PauseSubject subject, List<EcdsaSignature> approvals) implements TransactionBody {
    public Resume {
      approvals = List.copyOf(approvals);
    }
  }

  /** Proposes a decision; the proposer, a governance key, is for it. */
  record Propose(GovernanceAction action) implements TransactionBody {}

  /**
   * A governance key is for a proposal.
   *
   * @param actionHash SHA-256 of the encoded action that the voter has seen
   */
  record Vote(long proposal, Hash32 actionHash) implements TransactionBody {}

  /** Carries out an approved proposal after its delay. Anyone may. */
  record ExecuteProposal(long proposal) implements TransactionBody {}

  /**
   * A validator of the next set shows that it follows the chain.
   *
   * @param height of a block that it has seen; at most {@link #MAX_AGE} old
   */
  record ValidatorReady(long height) implements TransactionBody {
    /** Blocks for which it counts. */
    public static final long MAX_AGE = 50;
  }
}
