package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.LegMark.Phase;
import dev.trestle.htlc.SwapProgress.Step;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Tells the listener of one swap's progress; says each alarm once. */
final class Progress {
  private final DriverContext context;
  private final Set<AlarmCode> said = EnumSet.noneOf(AlarmCode.class);
  private SwapStatus status = SwapStatus.AGREED;

  Progress(DriverContext context) {
    this.context = context;
  }

  void status(SwapStatus now) {
    status = now;
  }

  void say(SwapRecord record, Step step, String detail) {
    emit(record, step, Optional.empty(), Optional.empty(), 0, detail);
  }

  void alarm(SwapRecord record, AlarmCode code, String detail) {
    if (said.add(code)) {
      say(record, Step.ALARM, code.code() + ": " + detail);
    }
  }

  void sent(SwapRecord record, StepKey key, boolean sent) {
    Step step =
        switch (key.kind()) {
          case LOCK -> sent ? Step.LOCK_SENT : Step.LOCK_SIGNED;
          case CLAIM -> sent ? Step.CLAIM_SENT : Step.CLAIM_SIGNED;
          case REFUND -> sent ? Step.REFUND_SENT : Step.REFUND_SIGNED;
        };
    Optional<Hash32> id = record.step(key).map(SwapRecord.SignedStep::transactionId);
    emit(record, step, Optional.of(key.leg()), id, 0, "attempt " + (key.attempt() + 1));
  }

  void changed(SwapRecord record, int leg, LegMark before, LegMark mark, HtlcObservation seen) {
    if (mark.funding() != before.funding() || !mark.fundingId().equals(before.fundingId())) {
      Step step = mark.funding() == Phase.FINAL ? Step.LOCK_FINAL : Step.LOCK_SEEN;
      emit(
          record,
          step,
          Optional.of(leg),
          id(mark.fundingId()),
          seen.funding().isEmpty() ? 0 : seen.funding().getFirst().confirmations(),
          text(mark.funding()));
    }
    if (mark.spend() != before.spend() || !mark.spendId().equals(before.spendId())) {
      boolean isFinal = mark.spend() == Phase.FINAL;
      Step claim = isFinal ? Step.CLAIM_FINAL : Step.CLAIM_SEEN;
      Step refund = isFinal ? Step.REFUND_FINAL : Step.REFUND_SEEN;
      boolean wasClaim = mark.spend() == Phase.NONE ? before.claimed() : mark.claimed();
      emit(
          record,
          wasClaim ? claim : refund,
          Optional.of(leg),
          id(mark.spendId()),
          seen.spend().map(LockSpend::confirmations).orElse(0L),
          text(mark.spend()));
    }
  }

  private static Optional<Hash32> id(Hash32 id) {
    return id.isZero() ? Optional.empty() : Optional.of(id);
  }

  private static String text(Phase phase) {
    return phase == Phase.NONE ? "vanished" : phase.name().toLowerCase(java.util.Locale.ROOT);
  }

  private void emit(
      SwapRecord record,
      Step step,
      Optional<Integer> leg,
      Optional<Hash32> transactionId,
      long confirmations,
      String detail) {
    context
        .listener()
        .accept(
            new SwapProgress(
                record.created().swapId(),
                step,
                status,
                leg,
                leg.map(index -> record.terms().legs().get(index).chain()),
                transactionId,
                confirmations,
                detail,
                context.time().nowSeconds() - record.created().atSeconds()));
  }
}
