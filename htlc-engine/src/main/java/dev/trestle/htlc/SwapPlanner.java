package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a party of a cycle of two or more legs does next: one pure function, the same in production,
 * in simulation and in the exhaustive search. The rules R1 to R10 are those of the swap protocol;
 * R6 and R7 hold because nothing is ever signed together with a counterparty.
 */
public final class SwapPlanner {
  /** Longest time after which a plan is looked at again although nothing was due, seconds. */
  public static final long LOOK_AGAIN_SECONDS = 3600;

  private SwapPlanner() {}

  /**
   * @param views one for each leg, in the order of the legs
   * @param nowSeconds true time
   * @return what to do, most urgent first; never empty
   */
  public static List<SwapAction> plan(SwapRecord record, List<ChainView> views, long nowSeconds) {
    SwapFacts facts = new SwapFacts(record, views, nowSeconds);
    List<SwapAction> actions = new ArrayList<>();
    alarms(facts, actions);
    if (record.secret().isEmpty()) {
      facts
          .seenSecret()
          .ifPresent(s -> actions.add(new SwapAction.LearnSecret(s.leg(), s.preimage())));
    }
    claim(facts, actions);
    refund(facts, actions);
    if (record.end().isEmpty()) {
      Optional<SwapStatus> outcome = outcome(facts);
      if (outcome.isPresent()) {
        actions.add(new SwapAction.Complete(outcome.get()));
      } else {
        fund(facts, actions);
      }
    }
    if (actions.stream().allMatch(SwapAction.Alarm.class::isInstance)) {
      actions.add(waiting(facts));
    }
    return List.copyOf(actions);
  }

  /** Where the swap stands for this party. */
  public static SwapStatus status(SwapRecord record, List<ChainView> views, long nowSeconds) {
    if (record.end().isPresent()) {
      return record.end().get().outcome();
    }
    SwapFacts f = new SwapFacts(record, views, nowSeconds);
    Optional<SwapStatus> outcome = outcome(f);
    if (outcome.isPresent()) {
      return outcome.get();
    }
    if (f.isClaimed(f.incoming, LegMark.Phase.FINAL)) {
      return SwapStatus.COMPLETED;
    }
    if (record.hasSigned(StepKey.Kind.CLAIM, f.incoming)) {
      return SwapStatus.REDEEMING;
    }
    if (f.isSecretPublic()) {
      return SwapStatus.SECRET_KNOWN;
    }
    boolean ownFunded = !f.funding(f.own).isEmpty();
    if (ownFunded && (f.isExpired(f.own) || f.isRefunded(f.own, LegMark.Phase.MEMPOOL))) {
      return SwapStatus.REFUNDING;
    }
    if (ownFunded && record.role().isInitiator() && isRevealClosed(f)) {
      return SwapStatus.REFUNDING;
    }
    if (f.allAudited()) {
      return SwapStatus.ALL_LOCKED;
    }
    if (record.hasSigned(StepKey.Kind.LOCK, f.own)) {
      boolean gone = !ownFunded && f.seen(f.own).isPresent() && isFundingClosed(f);
      return gone ? SwapStatus.ABORTED : SwapStatus.FUNDING;
    }
    boolean anything = f.views.stream().anyMatch(v -> !f.funding(v.leg()).isEmpty());
    return anything ? SwapStatus.FUNDING : SwapStatus.AGREED;
  }

  private static void alarms(SwapFacts f, List<SwapAction> out) {
    for (int leg : f.liedAbout()) {
      out.add(alarm(AlarmCode.BAD_PREIMAGE, "the adapter of leg " + (leg + 1) + " reports one"));
    }
    for (int leg : f.vanished()) {
      out.add(alarm(AlarmCode.DEEP_REORG, "the lock of leg " + (leg + 1) + " was final"));
    }
    if (f.lockFailed() && f.funding(f.own).isEmpty()) {
      out.add(alarm(AlarmCode.LOCK_FAILED, "the lock was included without effect"));
    }
    Optional<Hash32> mine =
        f.record.step(StepKey.lock(f.own)).map(SwapRecord.SignedStep::transactionId);
    for (LockFunding funding : f.funding(f.own)) {
      if (mine.isEmpty() || !mine.get().equals(funding.transactionId())) {
        out.add(alarm(AlarmCode.FOREIGN_FUNDING, "by " + funding.transactionId()));
      }
    }
    if (LockAudit.check(f.terms.legs().get(f.incoming), f.views.get(f.incoming))
            instanceof Verdict.Rejected<LockFunding>(var reason, var detail)
        && reason == LockAudit.Reason.WRONG_AMOUNT) {
      out.add(alarm(AlarmCode.AUDIT_FAILED, detail));
    }
    boolean unpaid = !f.isClaimed(f.incoming, LegMark.Phase.INCLUDED);
    if (f.isSecretPublic()
        && unpaid
        && !f.funding(f.incoming).isEmpty()
        && f.isExpired(f.incoming)) {
      out.add(alarm(AlarmCode.CLAIM_LATE, "leg " + (f.incoming + 1) + " has expired"));
    }
  }

  /** R2 and R3. */
  private static void claim(SwapFacts f, List<SwapAction> out) {
    boolean taken =
        f.isClaimed(f.incoming, LegMark.Phase.INCLUDED)
            || f.isRefunded(f.incoming, LegMark.Phase.INCLUDED);
    if (taken || f.claimable().isEmpty()) {
      return;
    }
    if (f.isSecretPublic() || isRevealed(f) || mayReveal(f)) {
      out.add(new SwapAction.ClaimLeg(f.incoming, f.claimable().get()));
    }
  }

  /**
   * Whether this initiator's claim may be out already. A claim that is signed but not known to be
   * sent is sent after a restart only while that is still safe; the outage budget is for exactly
   * this.
   */
  private static boolean isRevealed(SwapFacts f) {
    if (!f.record.role().isInitiator()) {
      return false;
    }
    if (f.record.hasSent(StepKey.Kind.CLAIM, f.incoming)) {
      return true;
    }
    Timing last = f.views.get(f.lastLeg()).timing();
    long needed =
        f.record.created().policy().revealWindow(last)
            - f.record.created().policy().outageSeconds();
    return f.record.hasSigned(StepKey.Kind.CLAIM, f.incoming)
        && f.allAudited()
        && f.latestClock(f.lastLeg()) + needed <= f.expiry(f.lastLeg());
  }

  /** R2: every leg final and as agreed, every chain healthy, and time enough to be paid. */
  private static boolean mayReveal(SwapFacts f) {
    return f.record.role().isInitiator()
        && f.record.end().isEmpty()
        && f.allHealthy()
        && f.allAudited()
        && !isRevealClosed(f);
  }

  private static boolean isRevealClosed(SwapFacts f) {
    long needed = f.record.created().policy().revealWindow(f.views.get(f.lastLeg()).timing());
    return f.latestClock(f.lastLeg()) + needed > f.expiry(f.lastLeg());
  }

  /** R4, R8 and R9: whatever pays the own lock comes back, however late or often it was paid. */
  private static void refund(SwapFacts f, List<SwapAction> out) {
    if (f.isExpired(f.own)) {
      for (LockFunding funding : f.unresolvedOwn()) {
        out.add(new SwapAction.RefundLeg(f.own, funding));
      }
    }
  }

  /** R1 and R10. */
  private static void fund(SwapFacts f, List<SwapAction> out) {
    boolean signed = f.record.hasSigned(StepKey.Kind.LOCK, f.own);
    if (!signed && f.isSecretPublic()) {
      // Revealed before this party paid: be paid (R3), pay nothing.
      if (f.funding(f.incoming).isEmpty()) {
        out.add(new SwapAction.Abort("the secret is public and nothing is locked for this party"));
      }
      return;
    }
    if (f.seen(f.own).isEmpty() || f.lockFailed()) {
      return;
    }
    if (!f.funding(f.own).isEmpty()) {
      if (!signed) {
        out.add(new SwapAction.Abort("somebody else has paid this party's lock"));
      }
      return;
    }
    Optional<String> never = neverFund(f);
    if (never.isPresent()) {
      if (!signed) {
        out.add(new SwapAction.Abort(never.get()));
      }
      return;
    }
    boolean earlierFinal = IntStream.range(0, f.own).allMatch(f::isAudited);
    if (earlierFinal && f.allHealthy()) {
      out.add(new SwapAction.FundLeg(f.own));
    }
  }

  private static Optional<String> neverFund(SwapFacts f) {
    for (int earlier = f.own - 1; earlier >= 0; earlier--) {
      if (LockAudit.check(f.terms.legs().get(earlier), f.views.get(earlier))
          instanceof Verdict.Rejected<LockFunding>(var reason, var detail)) {
        return Optional.of(reason.code() + ": " + detail);
      }
    }
    Verdict<TimelockPolicy.Assessment> time = fundingWindow(f);
    if (time instanceof Verdict.Rejected<TimelockPolicy.Assessment>(var reason, var detail)) {
      return Optional.of(reason.code() + ": " + detail);
    }
    return Optional.empty();
  }

  /** A15: recomputed with the chains' present parameters. */
  private static Verdict<TimelockPolicy.Assessment> fundingWindow(SwapFacts f) {
    long clock = f.now;
    for (int leg = 0; leg < f.views.size(); leg++) {
      clock = Math.max(clock, f.latestClock(leg));
    }
    return f.record.created().policy().check(f.terms, clock, f.timings(), f.own);
  }

  private static boolean isFundingClosed(SwapFacts f) {
    return !fundingWindow(f).isAccepted();
  }

  /** How the swap has ended for this party, once nothing can change any more. */
  private static Optional<SwapStatus> outcome(SwapFacts f) {
    boolean paid = f.isClaimed(f.incoming, LegMark.Phase.FINAL);
    boolean back = f.isOwnBack();
    boolean gone = f.isClaimed(f.own, LegMark.Phase.FINAL);
    boolean neverPaid =
        f.seen(f.own).isPresent()
            && f.funding(f.own).isEmpty()
            && !f.record.hasSigned(StepKey.Kind.LOCK, f.own);
    if (paid && (gone || back || neverPaid)) {
      return Optional.of(SwapStatus.COMPLETED);
    }
    boolean lost = f.isRefunded(f.incoming, LegMark.Phase.FINAL);
    if (gone && lost) {
      return Optional.of(SwapStatus.LOSS);
    }
    boolean hopeless = lost || (f.seen(f.incoming).isPresent() && f.funding(f.incoming).isEmpty());
    if (back && (hopeless || !(f.isSecretPublic() || isRevealed(f)))) {
      return Optional.of(SwapStatus.REFUNDED);
    }
    return Optional.empty();
  }

  private static SwapAction waiting(SwapFacts f) {
    List<Long> times = new ArrayList<>();
    List<Timing> timings = f.timings();
    TimelockPolicy policy = f.record.created().policy();
    times.add(f.expiry(f.own));
    times.add(f.expiry(f.lastLeg()) - policy.window(f.own, timings) + 1);
    times.add(f.expiry(f.lastLeg()) - policy.revealWindow(timings.getLast()) + 1);
    long until =
        times.stream().filter(t -> t > f.now).min(Long::compare).orElse(f.now + LOOK_AGAIN_SECONDS);
    return new SwapAction.Wait(until, whyWaiting(f));
  }

  private static String whyWaiting(SwapFacts f) {
    if (f.record.end().isPresent()) {
      return "over; watched for late payments";
    }
    for (ChainView view : f.views) {
      String chain = f.terms.legs().get(view.leg()).chain().toString();
      if (view.observation().isEmpty()) {
        return chain + " does not answer";
      }
      if (!view.healthy()) {
        return chain + " is not healthy";
      }
    }
    for (int leg = 0; leg < f.views.size(); leg++) {
      if (f.spend(leg).isEmpty() && !f.isAudited(leg)) {
        return leg == f.own
            ? "for this party's lock to become final"
            : "for the counterparty's lock";
      }
    }
    boolean anySpend = f.views.stream().anyMatch(v -> f.spend(v.leg()).isPresent());
    if (anySpend) {
      return "for a spending to become final";
    }
    return f.record.role().isInitiator()
        ? "for the expiry: too late to reveal the secret"
        : "for the secret, or the expiry";
  }

  private static SwapAction alarm(AlarmCode code, String detail) {
    return new SwapAction.Alarm(code, detail);
  }
}
