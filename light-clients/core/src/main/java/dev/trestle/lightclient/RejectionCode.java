package dev.trestle.lightclient;

import dev.trestle.base.ReasonCode;

/**
 * Why a light client refuses something. The codes are those of the public test vectors where these
 * have one. Stable: part of the API.
 */
public enum RejectionCode implements ReasonCode {
  MALFORMED,
  TRAILING_BYTES,
  BUDGET_EXCEEDED,
  WRONG_CHAIN,
  CLIENT_FROZEN,
  CLIENT_EXPIRED,
  CLIENT_ACTIVE,
  UNKNOWN_HEIGHT,
  NOTHING_NEW,
  NOT_MISBEHAVIOUR,
  NOT_SUPPORTED,
  // headers by proof of work
  BAD_PREV,
  BAD_DIFFBITS,
  HIGH_HASH,
  TIME_TOO_OLD,
  TIME_TOO_NEW,
  TIME_TIMEWARP_ATTACK,
  BAD_VERSION,
  REORG_TOO_DEEP,
  BELOW_MINIMUM_WORK,
  NOT_IN_BEST_CHAIN,
  // inclusion proofs
  ROOT_MISMATCH,
  BRANCH_LENGTH,
  INDEX_OUT_OF_RANGE,
  INNER_NODE_AS_TX,
  DUPLICATE_SUBTREE,
  BAD_COINBASE_PROOF,
  VALUE_MISMATCH,
  PATH_MISMATCH,
  RECEIPT_REVERTED,
  // committee signatures
  QUORUM_LOW,
  DUPLICATE_SIGNER,
  UNKNOWN_SIGNER,
  BAD_SIGNATURE,
  BITS_BEYOND_SET,
  WRONG_EPOCH,
  STALE_HEIGHT,
  // block filters
  FILTER_MISMATCH,
  UNEXPECTED_ELEMENT;

  @Override
  public String code() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
