package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * Names one transaction that a swap may need. For each name exactly one transaction is ever signed.
 *
 * @param kind what it does
 * @param leg from 0
 * @param fundingId transaction that funded what is spent; zero for a lock
 * @param fundingIndex output of it
 * @param attempt 0, then one more for each replacement; always 0 for a lock, which is never
 *     replaced
 */
public record StepKey(Kind kind, int leg, Hash32 fundingId, long fundingIndex, int attempt) {
  /** Most replacements of one claim or refund. */
  public static final int MAX_ATTEMPTS = 64;

  /** Kinds of transactions; the number is part of the journal's format. */
  public enum Kind {
    LOCK(0),
    CLAIM(1),
    REFUND(2);

    private final int number;

    Kind(int number) {
      this.number = number;
    }
  }

  static StepKey lock(int leg) {
    return new StepKey(Kind.LOCK, leg, Hash32.ZERO, 0, 0);
  }

  static StepKey claim(int leg, LockFunding funding) {
    return new StepKey(Kind.CLAIM, leg, funding.transactionId(), funding.outputIndex(), 0);
  }

  static StepKey refund(int leg, LockFunding funding) {
    return new StepKey(Kind.REFUND, leg, funding.transactionId(), funding.outputIndex(), 0);
  }

  StepKey withAttempt(int number) {
    return new StepKey(kind, leg, fundingId, fundingIndex, number);
  }

  void write(CanonicalWriter out) {
    out.u8(kind.number).u8(leg).hash(fundingId).u64(fundingIndex).u8(attempt);
  }

  static StepKey read(CanonicalReader in) {
    return new StepKey(readKind(in), in.u8(), in.hash(), in.u64(), in.u8());
  }

  private static Kind readKind(CanonicalReader in) {
    int number = in.u8();
    for (Kind kind : Kind.values()) {
      if (kind.number == number) {
        return kind;
      }
    }
    throw new DecodeException("step kind " + number + " is unknown");
  }
}
