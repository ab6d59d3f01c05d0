package dev.trestle.relay.consensus;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why consensus does not accept something. Stable: part of the API. */
public enum ConsensusCode implements ReasonCode {
  /** Not the canonical encoding of anything, or a body that does not match its header. */
  MALFORMED,
  /** The certificate counts another number of validators than the set has. */
  WRONG_SET_SIZE,
  /** Not {@code 3k > 2n} signatures. */
  QUORUM_LOW,
  /** The sender is not a member of the set. */
  UNKNOWN_SIGNER,
  BAD_SIGNATURE,
  WRONG_CHAIN,
  WRONG_HEIGHT,
  /** The certificate is for another block. */
  WRONG_BLOCK,
  /** Checked against another validator set than the one the header names. */
  WRONG_VALIDATORS,
  /** The epoch does not follow from the parent's. */
  WRONG_EPOCH,
  /** A proposal by somebody who is not the proposer of its round. */
  NOT_PROPOSER,
  /** A proposal whose round-change justification does not allow its block. */
  UNJUSTIFIED,
  /** The same validator twice where distinct ones are required. */
  DUPLICATE_SIGNER,
  WRONG_PARENT,
  /** The block's time is not after its parent's, or not near the local clock. */
  TIME_OUT_OF_RANGE,
  /** The block's copy of its parent's certificate is missing or wrong. */
  BAD_LAST_COMMIT,
  /** A fresh block that names somebody else as builder. */
  WRONG_BUILDER,
  /** Execution gave another state root than the header names. */
  STATE_ROOT_MISMATCH,
  /** The two statements do not contradict each other. */
  NOT_CONTRADICTING,
  /** The sign guard holds a later position, or another statement at this one. */
  SIGN_REFUSED,
  /** A quorum certified what this node refuses: its state or software differs from the others'. */
  DIVERGED,
  /** Quorums certified two blocks of one height: more than a third of the set lies. */
  FORKED,
  /** Durable records are ahead of the block store: the store lost blocks. */
  STORE_BEHIND_LOG,
  /** Fewer validators than the configuration allows. */
  SET_TOO_SMALL;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
