package dev.trestle.relay.node;

import dev.trestle.base.ReasonCode;
import java.util.Locale;

/** Why the shell of a node refuses something or stops. Stable: part of the API. */
public enum NodeReason implements ReasonCode {
  /** A file could not be read, written or forced to the disk. */
  STORAGE_FAULT,
  /** Stored bytes do not decode or contradict each other. */
  STORAGE_CORRUPT,
  /** The sign guard is missing although a validator key is configured. */
  GUARD_MISSING,
  /** The sign guard is older than the block store or than a signature seen in the chain. */
  GUARD_ROLLED_BACK,
  /** Another node has the sign guard open. */
  GUARD_IN_USE,
  /** The configuration has an unknown key, a missing key or a value out of range. */
  BAD_CONFIG,
  /** The data directory belongs to another chain. */
  WRONG_CHAIN,
  /** The mempool has no room for this transaction. */
  MEMPOOL_FULL,
  /** This sender has too many transactions waiting. */
  SENDER_FULL,
  /** The transaction is known already. */
  DUPLICATE,
  /** The nonce was used already. */
  NONCE_USED,
  /** The nonce is too far above the sender's next one. */
  NONCE_TOO_HIGH,
  /** Another transaction of this sender with this nonce waits already. */
  NONCE_TAKEN,
  /** More bytes than the limit allows. */
  TOO_LARGE,
  /** The peer sent bytes that do not follow the format. */
  BAD_FRAME,
  /** The peer's certificate is not bound to a validator, and only a validator may send this. */
  NOT_A_VALIDATOR,
  /** More requests than the limit allows. */
  RATE_LIMITED,
  /** A block or certificate does not verify. */
  BAD_BLOCK,
  /** There is no such block, transaction or key. */
  NOT_FOUND,
  /** The node keeps no blocks from so low on any more; another one may. */
  PRUNED,
  /** The node is shutting down. */
  CLOSED,
  /** A folder is to be made where there is something already. */
  ALREADY_EXISTS,
  /** The disk has less free space than the node needs to store what it signs. */
  DISK_FULL,
  /** A snapshot is malformed, is not that of a certified block, or is not whole. */
  SNAPSHOT_INVALID,
  /** A snapshot ends before what this validator has signed: a newer one is needed. */
  SNAPSHOT_BELOW_GUARD,
  /** Another process has the node's store open. */
  NODE_RUNNING,
  /** It did not happen within the time allowed. */
  TIMED_OUT;

  @Override
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
