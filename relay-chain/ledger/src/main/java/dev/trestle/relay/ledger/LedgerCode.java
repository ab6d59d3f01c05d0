package dev.trestle.relay.ledger;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why the ledger refuses a transaction or a block. Stable: part of the API. */
public enum LedgerCode implements ReasonCode {
  // transactions as such: a block that contains one of these is invalid
  MALFORMED,
  WRONG_RELAY_CHAIN,
  BAD_SIGNATURE,
  BAD_NONCE,
  TRANSACTION_TOO_LARGE,
  BLOCK_TOO_LARGE,
  WRONG_HEIGHT,
  TIME_NOT_LATER,
  // any body
  /** The sender's nonce is too high: transactions before it are missing. */
  NONCE_GAP,
  PAUSED,
  UNKNOWN_CHAIN,
  UNKNOWN_CLIENT_TYPE,
  CHAIN_NOT_ACTIVE,
  CLIENT_FROZEN,
  CLIENT_EXPIRED,
  /** The best known header is too old to tell how old a deposit is. */
  CLIENT_STALE,
  CLIENT_REFUSED,
  CLIENT_FAULT,
  BUDGET_EXHAUSTED,
  AMOUNT_OUT_OF_RANGE,
  NOT_AUTHORISED,
  APPROVALS_MISSING,
  UNKNOWN_APPROVER,
  // chains
  CHAIN_EXISTS,
  TOO_MANY_CHAINS,
  INVALID_REGISTRATION,
  ANCHOR_REFUSED,
  SAMPLE_REFUSED,
  FORGERY_ACCEPTED,
  HEIGHT_REGRESSED,
  NOT_ATTESTED,
  UNKNOWN_MEMBER,
  MEMBER_SUSPENDED,
  BAD_ATTESTATION,
  WRONG_EPOCH,
  STALE_HEIGHT,
  ALREADY_ATTESTED,
  EQUIVOCATION,
  // routes and transfers
  ROUTE_EXISTS,
  UNKNOWN_ROUTE,
  INVALID_ROUTE,
  NO_CUSTODY,
  CONTRACT_MISMATCH,
  POLICY_BELOW_FLOOR,
  /** A leaf of the policy is not about the route's home chain, or would count twice. */
  INVALID_POLICY,
  ASSET_MISMATCH,
  IDEMPOTENCY_KEY_REUSED,
  INVALID_TRANSFER,
  AMOUNT_OUT_OF_LIMITS,
  REFUND_DELAY_TOO_SHORT,
  UNKNOWN_TRANSFER,
  TRANSFER_NOT_OPEN,
  /** The time within which a deposit is credited is over. */
  TRANSFER_EXPIRED,
  /** The route, or the sender, has as many open transfers as there may be. */
  TOO_MANY_OPEN_TRANSFERS,
  TRANSFER_NOT_REFUNDABLE,
  /** No deposit of the transfer waits for its sweep. */
  TRANSFER_NOT_CREDITED,
  // proofs
  NOT_ENOUGH_CONFIRMATIONS,
  /** The evidence does not satisfy the policy of the route. */
  POLICY_NOT_MET,
  /** Verifiers name different blocks for one fact. */
  EVIDENCE_CONFLICT,
  NO_DEPOSIT,
  ALREADY_CREDITED,
  DEPOSIT_TOO_OLD,
  /** The proven transaction does not spend the deposit. */
  DEPOSIT_NOT_SPENT,
  /** The proven transaction is the deposit's sweep, whatever its witness. */
  DEPOSIT_SWEPT,
  LIMIT_EXCEEDED,
  NO_CONTRACT,
  NOT_OUR_MESSAGE,
  UNKNOWN_PACKET,
  WRONG_DESTINATION,
  ALREADY_ACKNOWLEDGED,
  ALREADY_TIMED_OUT,
  /** The packet's route has no lifetime. */
  NEVER_EXPIRES,
  /** The block of the proof is not past the packet's timeout. */
  TIMEOUT_NOT_REACHED,
  /** The destination has received the packet: something stands where absence was claimed. */
  PACKET_RECEIVED,
  /** The destination's family has no proofs of absence. */
  TIMEOUT_NOT_SUPPORTED,
  /** Headers of the destination's family do not tell the clock of the timeout as the chain does. */
  UNTRUSTED_CLOCK,
  /** Contracts of the destination's family take unordered lanes only. */
  ORDER_NOT_SUPPORTED,
  /** The outcome of an earlier sequence of the ordered lane is not recorded yet. */
  OUT_OF_ORDER,
  /** Nothing is sent on the lane any more. */
  LANE_CLOSED,
  ALREADY_EXECUTED,
  BURN_EXCEEDS_MINTED,
  // releases
  UNKNOWN_RELEASE,
  RELEASE_NOT_PLANNED,
  RELEASE_SETTLED,
  ALREADY_SIGNED,
  PLAN_MISMATCH,
  NOT_PAYABLE,
  UNKNOWN_COIN,
  COIN_RESERVED,
  SWEEP_NOT_NEEDED,
  RESERVE_TOO_LOW,
  // swaps
  HASH_REUSED,
  INVALID_SWAP,
  UNSAFE_TIMELOCK,
  // governance
  UNKNOWN_PROPOSAL,
  /** The proposal is not open any more, or not approved yet. */
  WRONG_PROPOSAL_STATE,
  ALREADY_VOTED,
  OTHER_ACTION,
  DELAY_NOT_OVER,
  PROPOSAL_EXPIRED,
  INVALID_ACTION,
  TOO_MANY_PROPOSALS,
  NOT_PLANNED_VALIDATOR,
  CONVICTED_VALIDATOR,
  CLIENT_IS_HEALTHY,
  // pauses
  ALREADY_PAUSED,
  NOT_PAUSED,
  // reading
  /** The state of that height was pruned, or there is no such block yet. */
  HEIGHT_NOT_KEPT,
  // faults
  INVARIANT_VIOLATED,
  CORRUPT_STATE,
  /** The values of a snapshot are not those of the state root. */
  WRONG_STATE_ROOT,
  STORAGE_FAILED,
  WRONG_GENESIS;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
