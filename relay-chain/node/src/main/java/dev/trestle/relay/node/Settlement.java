package dev.trestle.relay.node;

import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;

/** What became of a transaction that somebody waits for. */
public sealed interface Settlement {
  /** A block with it is final and stored here. */
  record Included(TransactionRecord record) implements Settlement {}

  /**
   * It does not wait for a block here.
   *
   * @param retry whether the same bytes may be taken later
   */
  record Refused(ReasonCode reason, String detail, boolean retry) implements Settlement {}

  /** No block had it in time; it may still come. */
  record TimedOut(Hash32 id) implements Settlement {}

  /** The node ended first. */
  record Closed() implements Settlement {}
}
