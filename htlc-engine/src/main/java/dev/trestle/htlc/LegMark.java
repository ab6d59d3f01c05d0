package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;

/**
 * How far one lock has come on its chain.
 *
 * @param fundings how many transactions funded it
 * @param funding phase of the first
 * @param fundingId the first funding; zero while there is none
 * @param spend phase of the spending
 * @param claimed whether the spending shows the secret
 * @param spendId the spending transaction; zero while there is none
 */
public record LegMark(
    int fundings, Phase funding, Hash32 fundingId, Phase spend, boolean claimed, Hash32 spendId) {
  /** How certain a transaction is; the number is part of the journal's format. */
  public enum Phase {
    NONE(0),
    MEMPOOL(1),
    INCLUDED(2),
    FINAL(3);

    private final int number;

    Phase(int number) {
      this.number = number;
    }
  }

  /** Before anything was seen. */
  public static final LegMark NOTHING =
      new LegMark(0, Phase.NONE, Hash32.ZERO, Phase.NONE, false, Hash32.ZERO);

  private static final int MAX_FUNDINGS = 0xffff;

  /**
   * What an observation comes to.
   *
   * @throws IllegalStateException for a lock that both sides have spent together: no port that the
   *     engine uses shows one
   */
  public static LegMark of(HtlcObservation seen) {
    Phase funding = Phase.NONE;
    Hash32 fundingId = Hash32.ZERO;
    if (!seen.funding().isEmpty()) {
      LockFunding first = seen.funding().getFirst();
      funding = phase(first.confirmations(), first.isFinal());
      fundingId = first.transactionId();
    }
    Phase spent = Phase.NONE;
    Hash32 spendId = Hash32.ZERO;
    boolean claimed = false;
    if (seen.spend().isPresent()) {
      LockSpend spend = seen.spend().get();
      spent = phase(spend.confirmations(), spend.isFinal());
      spendId = spend.transactionId();
      claimed =
          switch (spend) {
            case LockSpend.Claimed _ -> true;
            case LockSpend.Refunded _ -> false;
            case LockSpend.Cooperative together ->
                // taken for either of the two, it would end a swap the wrong way
                throw new IllegalStateException(
                    "spent by both, which this engine never agrees to: " + together);
          };
    }
    int count = Math.min(seen.funding().size(), MAX_FUNDINGS);
    return new LegMark(count, funding, fundingId, spent, claimed, spendId);
  }

  private static Phase phase(long confirmations, boolean isFinal) {
    if (isFinal && confirmations > 0) {
      return Phase.FINAL;
    }
    return confirmations > 0 ? Phase.INCLUDED : Phase.MEMPOOL;
  }

  void write(CanonicalWriter out) {
    out.u16(fundings).u8(funding.number).hash(fundingId);
    out.u8(spend.number).bool(claimed).hash(spendId);
  }

  static LegMark read(CanonicalReader in) {
    return new LegMark(in.u16(), readPhase(in), in.hash(), readPhase(in), in.bool(), in.hash());
  }

  private static Phase readPhase(CanonicalReader in) {
    int number = in.u8();
    for (Phase phase : Phase.values()) {
      if (phase.number == number) {
        return phase;
      }
    }
    throw new DecodeException("phase " + number + " is unknown");
  }
}
