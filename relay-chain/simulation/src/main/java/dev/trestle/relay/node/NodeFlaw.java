package dev.trestle.relay.node;

/** A bug put into nodes on purpose, to prove that the simulation of whole nodes notices it. */
public enum NodeFlaw {
  NONE,
  /** A block and the state after it are written one by one, not as one batch. */
  BATCH_NOT_ATOMIC,
  /** A stored block is not forced to the disk. */
  STORE_NOT_SYNCED,
  /** A message leaves before its record in the write-ahead log is forced. */
  LOG_NOT_SYNCED,
  /** A validator starts with a new sign guard, whatever its key has signed. */
  GUARD_FORGOTTEN,
  /** A round that fails takes the transactions of its block with it. */
  ROUND_DROPS_TRANSACTIONS,
  /** Block sync takes a certificate for good. */
  CERTIFICATE_UNCHECKED
}
