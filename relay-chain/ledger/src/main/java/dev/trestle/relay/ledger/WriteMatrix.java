package dev.trestle.relay.ledger;

import dev.trestle.relay.ledger.record.StateKeys.Table;
import dev.trestle.relay.ledger.tx.TransactionBody;
import java.util.Set;

/** Which tables each kind of transaction may write (I14), besides the sender's nonce. */
final class WriteMatrix {
  private static final Set<Table> CLIENT = Set.of(Table.CHAIN, Table.CLIENT);
  private static final Set<Table> ATTEST =
      Set.of(Table.ATTESTATION, Table.ATTESTED, Table.SUSPENDED, Table.CHAIN, Table.CLIENT);
  private static final Set<Table> ROUTE =
      Set.of(Table.ROUTE, Table.ROUTE_BACK, Table.CUSTODY_ASSET);
  private static final Set<Table> OPENING =
      Set.of(Table.TRANSFER, Table.OPEN_TRANSFER, Table.OPEN_COUNT);
  private static final Set<Table> DEPOSIT =
      Set.of(
          Table.TRANSFER,
          Table.OPEN_TRANSFER,
          Table.OPEN_COUNT,
          Table.CREDITED,
          Table.COIN,
          Table.COIN_FREE,
          Table.SUPPLY,
          Table.ROUTE_SUPPLY,
          Table.FLOW);
  private static final Set<Table> MESSAGE =
      Set.of(
          Table.PACKET,
          Table.TRANSFER,
          Table.SUPPLY,
          Table.ROUTE_SUPPLY,
          Table.BURN,
          Table.LANE,
          Table.SEQUENCE,
          Table.RELEASE,
          Table.RELEASE_STATE,
          Table.QUEUE,
          Table.QUEUE_END);
  private static final Set<Table> TIMEOUT =
      Set.of(Table.PACKET, Table.TRANSFER, Table.SUPPLY, Table.ROUTE_SUPPLY, Table.LANE);
  private static final Set<Table> SIGN = Set.of(Table.RELEASE, Table.RELEASE_STATE);
  private static final Set<Table> SETTLE =
      Set.of(
          Table.PACKET,
          Table.SEQUENCE,
          Table.RELEASE,
          Table.RELEASE_STATE,
          Table.COIN,
          Table.COIN_FREE,
          Table.MERGING,
          Table.SUPPLY,
          Table.TRANSFER);
  private static final Set<Table> TAKE_BACK =
      Set.of(
          Table.TRANSFER,
          Table.COIN,
          Table.COIN_FREE,
          Table.SUPPLY,
          Table.ROUTE_SUPPLY,
          Table.RELEASE,
          Table.RELEASE_STATE);
  private static final Set<Table> REFUND =
      Set.of(
          Table.SUPPLY,
          Table.TRANSFER,
          Table.RELEASE,
          Table.RELEASE_STATE,
          Table.QUEUE,
          Table.QUEUE_END);
  private static final Set<Table> SWEEP =
      Set.of(Table.SUPPLY, Table.COIN, Table.COIN_FREE, Table.RELEASE, Table.RELEASE_STATE);

  /** The block's own work: planning what waits, and the merges that it waits for. */
  static final Set<Table> PLANNING =
      Set.of(
          Table.RELEASE,
          Table.RELEASE_STATE,
          Table.QUEUE,
          Table.COIN,
          Table.COIN_FREE,
          Table.MERGING,
          Table.SUPPLY,
          Table.FLOW);

  /** The end of transfers that nobody paid, block's own work as well. */
  static final Set<Table> EXPIRY = OPENING;

  /** Evidence of a block. */
  static final Set<Table> CONVICTION = Set.of(Table.CONVICTED);

  /** The end of a block. */
  static final Set<Table> EPOCH = Set.of(Table.VALIDATORS, Table.READY);

  private static final Set<Table> DECISION =
      Set.of(
          Table.PROPOSAL,
          Table.VALIDATORS,
          Table.GOVERNANCE,
          Table.CHAIN,
          Table.CLIENT,
          Table.LANE,
          Table.COMMITTEE);

  private WriteMatrix() {}

  static Set<Table> of(TransactionBody body) {
    return switch (body) {
      case TransactionBody.RegisterChain b -> CLIENT;
      case TransactionBody.UpdateClient b -> CLIENT;
      case TransactionBody.SubmitMisbehaviour b -> Set.of(Table.CLIENT);
      case TransactionBody.AttestHeader b -> ATTEST;
      case TransactionBody.RegisterRoute b -> ROUTE;
      case TransactionBody.OpenTransfer b -> OPENING;
      case TransactionBody.SubmitDeposit b -> DEPOSIT;
      case TransactionBody.SubmitAttestedDeposit b -> DEPOSIT;
      case TransactionBody.SubmitMessage b -> MESSAGE;
      case TransactionBody.TimeoutPacket b -> TIMEOUT;
      case TransactionBody.SignRelease b -> SIGN;
      case TransactionBody.SubmitRelease b -> SETTLE;
      case TransactionBody.AgreeSwap b -> Set.of(Table.SWAP, Table.SWAP_HASH);
      case TransactionBody.Pause b -> Set.of(Table.PAUSE);
      case TransactionBody.Resume b -> Set.of(Table.PAUSE);
      case TransactionBody.ClaimRefund b -> REFUND;
      case TransactionBody.PlanSweep b -> SWEEP;
      case TransactionBody.SubmitTakeBack b -> TAKE_BACK;
      case TransactionBody.Propose b -> Set.of(Table.PROPOSAL);
      case TransactionBody.Vote b -> Set.of(Table.PROPOSAL);
      case TransactionBody.ExecuteProposal b -> DECISION;
      case TransactionBody.ValidatorReady b -> Set.of(Table.READY);
    };
  }
}
