package dev.trestle.relay.consensus;

/** Bounds on what peers can make this node decode, keep or do. */
public final class ConsensusLimits {
  /** Validators in one set. */
  public static final int MAX_VALIDATORS = 256;

  /** Bytes of one transaction. */
  public static final int MAX_TRANSACTION_BYTES = 512 * 1024;

  /** Transactions in one block. */
  public static final int MAX_TRANSACTIONS = 20_000;

  /** Bytes of an encoded block. */
  public static final int MAX_BLOCK_BYTES = 4 * 1024 * 1024;

  /** Pieces of evidence in one block. */
  public static final int MAX_EVIDENCE = 16;

  /** Bytes of an encoded consensus message: a block and its justification. */
  public static final int MAX_MESSAGE_BYTES = MAX_BLOCK_BYTES + 256 * 1024;

  /** The highest round a message may name. */
  public static final int MAX_ROUND = 1 << 30;

  /** Votes and proposals for rounds up to this far above the current one are kept. */
  public static final int ROUND_WINDOW = 16;

  /** Commits for rounds up to this far below the current one are kept. */
  public static final int PAST_ROUNDS = 64;

  /** Messages of the next height kept for each sender: one of each kind. */
  public static final int FUTURE_MESSAGES_PER_SENDER = 4;

  /** Heights after which evidence is too old for a block. */
  public static final long EVIDENCE_MAX_AGE = 100_000;

  /** Different blocks counted for one sender, step and round; the second one is evidence. */
  public static final int BLOCKS_PER_VOTER = 2;

  /** Block bodies kept for the height that is being decided. */
  public static final int MAX_BODIES = 32;

  /** Statements remembered for each sender to find contradictions. */
  public static final int STATEMENTS_PER_SENDER = 256;

  /** Turns of the whole set for which a proposer that missed its turn is left out. */
  public static final int LEFT_OUT_TURNS = 8;

  /** Heights after which the rotation of proposers starts from nothing again. */
  public static final int ROTATION_PERIOD = 1_024;

  /** Milliseconds between two answers to the same peer that is behind. */
  public static final long HELP_INTERVAL_MS = 1_000;

  private ConsensusLimits() {}
}
