package dev.trestle.relay.ledger;

/**
 * What holds at every block, by the ids of the design. Each is checked where it can be seen: after
 * every step of a block from its writes alone ({@link StepInvariants}), over the whole state
 * ({@link LedgerAudit}), or over two replicas and whole histories, in tests (I10, I12).
 */
public enum Invariant {
  /** Nothing happens for a packet, a burn or a release without a fact that its chain proved. */
  I1,
  /** A packet, a deposit, a burn and a release have one effect, for ever. */
  I2,
  /** A packet ends as exactly one of acknowledged, failed and timed out. */
  I3,
  /** What is owed is locked, and what is locked is there as coins; no account is negative. */
  I4,
  /** Policy, contract, committee and hub are those that the route fixed, and part of the packet. */
  I5,
  /** A record stands under the key of its own content, and says what the proven fact says. */
  I6,
  /** No set, threshold or number of confirmations below its floor; only a quorum lets go on. */
  I7,
  /** Heights and epochs never go back; a client that is frozen or expired verifies nothing. */
  I8,
  /** The work of a step and of a block is bounded. */
  I9,
  /** Replicas agree on every bit. */
  I10,
  /** A swap's first lock outlives its second; a group of packets succeeds or fails as one. */
  I11,
  /** With honest parties at work every packet and release comes to its end. */
  I12,
  /** What enters and leaves custody stays within the limits of its window. */
  I13,
  /** Each kind of transaction writes its own tables; none but governance touches governance. */
  I14,
  /** Nothing that a pause stops happens during it. */
  I15,
  /** Sequences of a lane go up by one, from 1; nonces and queues never go back. */
  I16,
  /** Amounts are in range, and what is credited, kept and released adds up to the unit. */
  I17
}
