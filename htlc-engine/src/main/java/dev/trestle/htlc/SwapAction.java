package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.base.Hash32;

/** What a party should do next. Every one may be repeated: doing it twice changes nothing. */
public sealed interface SwapAction {
  /** Send the lock of this leg (from 0), signing it once. */
  record FundLeg(int leg) implements SwapAction {}

  /** Claim a funding of this leg. For the initiator's first claim this reveals the secret. */
  record ClaimLeg(int leg, LockFunding funding) implements SwapAction {}

  /** Take a funding of this leg back; its expiry has passed on its chain. */
  record RefundLeg(int leg, LockFunding funding) implements SwapAction {}

  /** Make the secret durable, before anything uses it. It was seen on the chain of {@code leg}. */
  record LearnSecret(int leg, Hash32 preimage) implements SwapAction {}

  /**
   * Nothing to do before the chains change.
   *
   * @param untilSeconds Unix time at which the answer changes even if the chains do not
   */
  record Wait(long untilSeconds, String why) implements SwapAction {}

  /** Give up; this party has locked nothing and will not. */
  record Abort(String why) implements SwapAction {}

  /** Tell the operator. */
  record Alarm(AlarmCode code, String detail) implements SwapAction {}

  /** Over: record the end. */
  record Complete(SwapStatus outcome) implements SwapAction {}
}
