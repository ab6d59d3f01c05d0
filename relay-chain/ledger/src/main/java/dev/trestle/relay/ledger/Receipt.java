package dev.trestle.relay.ledger;

import dev.trestle.base.Hash32;
import java.util.List;

/**
 * What became of one transaction of a block.
 *
 * @param code {@code ok}, or why not: the {@code code()} of a {@link LedgerCode} or of a light
 *     client's {@code RejectionCode}
 * @param detail for people; not part of any hash
 * @param events empty for a failed transaction
 */
public record Receipt(
    Hash32 transactionId, Outcome outcome, String code, String detail, List<LedgerEvent> events) {
  public static final String OK = "ok";

  public Receipt {
    events = List.copyOf(events);
  }

  /** How it ended. */
  public enum Outcome {
    APPLIED,
    /** The same request was fulfilled before; nothing changed but the nonce. */
    EXISTING,
    /** The request was refused, and proof of the signer's misbehaviour was recorded. */
    EVIDENCE_RECORDED,
    /** Nothing changed but the nonce. */
    FAILED
  }

  /** Whether what was asked for is so. */
  public boolean isSuccess() {
    return outcome == Outcome.APPLIED || outcome == Outcome.EXISTING;
  }
}
