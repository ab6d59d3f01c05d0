package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import java.util.Locale;

/**
 * Whether a lock counts. That the output script or contract slot is the agreed one holds already:
 * the adapter derives it from the terms and reports fundings of nothing else.
 */
public final class LockAudit {
  private LockAudit() {}

  /** Why a lock does not count (yet). */
  public enum Reason implements ReasonCode {
    CHAIN_UNAVAILABLE,
    NOT_LOCKED,
    NOT_FINAL,
    SPENT,
    WRONG_AMOUNT;

    @Override
    public String code() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * Accepts a first funding of exactly the agreed amount that is irreversible and unspent. Only the
   * first funding counts: a later one of the right amount does not mend it. Later while it may
   * still become so.
   */
  public static Verdict<LockFunding> check(SwapLeg leg, ChainView view) {
    if (view.observation().isEmpty()) {
      return Verdict.later(Reason.CHAIN_UNAVAILABLE, leg.chain() + " does not answer");
    }
    HtlcObservation seen = view.observation().get();
    if (seen.funding().isEmpty()) {
      return Verdict.later(Reason.NOT_LOCKED, "nothing is locked on " + leg.chain());
    }
    LockFunding first = seen.funding().getFirst();
    if (!first.isFinal() || first.confirmations() < 1) {
      return Verdict.later(
          Reason.NOT_FINAL, first.confirmations() + " confirmations on " + leg.chain());
    }
    if (!first.amount().equals(leg.amount())) {
      return Verdict.reject(
          Reason.WRONG_AMOUNT, "locked " + first.amount() + " instead of " + leg.amount());
    }
    if (seen.spend().isPresent()) {
      return Verdict.reject(Reason.SPENT, "spent by " + seen.spend().get().transactionId());
    }
    return Verdict.accept(first);
  }
}
