package dev.trestle.htlc;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What record and chain views say together: the questions that the planner's rules ask. */
final class SwapFacts {
  final SwapRecord record;
  final SwapTerms terms;
  final List<ChainView> views;
  final long now;
  final int own;
  final int incoming;

  /** A secret that a chain shows and that hashes to the swap's hash. */
  record SeenSecret(int leg, Hash32 preimage) {}

  SwapFacts(SwapRecord record, List<ChainView> views, long now) {
    if (views.size() != record.terms().legs().size()) {
      throw new IllegalArgumentException("one view for each leg");
    }
    this.record = record;
    this.terms = record.terms();
    this.views = List.copyOf(views);
    this.now = now;
    this.own = record.ownLeg();
    this.incoming = record.incomingLeg();
  }

  Optional<HtlcObservation> seen(int leg) {
    return views.get(leg).observation();
  }

  List<LockFunding> funding(int leg) {
    return seen(leg).map(HtlcObservation::funding).orElse(List.of());
  }

  Optional<LockSpend> spend(int leg) {
    return seen(leg).flatMap(HtlcObservation::spend);
  }

  long expiry(int leg) {
    return terms.legs().get(leg).expirySeconds();
  }

  List<Timing> timings() {
    return views.stream().map(ChainView::timing).toList();
  }

  int lastLeg() {
    return terms.legs().size() - 1;
  }

  /** True time may run before or behind a chain's clock: the later one counts for deadlines. */
  long latestClock(int leg) {
    return Math.max(now, seen(leg).map(HtlcObservation::chainTimeSeconds).orElse(now));
  }

  /** By the chain's own clock, which is what a refund is checked against. */
  boolean isExpired(int leg) {
    return seen(leg).map(o -> o.chainTimeSeconds() >= expiry(leg)).orElse(false);
  }

  /** R10; a chain that took back what was irreversible is not healthy, whatever it says. */
  boolean allHealthy() {
    return views.stream().allMatch(ChainView::healthy) && vanished().isEmpty();
  }

  /** Legs with a funding that counted, was irreversible once and is gone. */
  List<Integer> vanished() {
    List<Integer> legs = new ArrayList<>();
    record
        .furthest()
        .forEach(
            (leg, ids) -> {
              List<Hash32> there = funding(leg).stream().map(LockFunding::transactionId).toList();
              if (seen(leg).isPresent() && !there.containsAll(ids)) {
                legs.add(leg);
              }
            });
    return legs;
  }

  /** R3: from any chain; an adapter's word is checked against the hash. */
  Optional<SeenSecret> seenSecret() {
    for (int leg = 0; leg < views.size(); leg++) {
      if (spend(leg).orElse(null) instanceof LockSpend.Claimed claimed && isOurs(claimed)) {
        return Optional.of(new SeenSecret(leg, claimed.preimage()));
      }
    }
    return Optional.empty();
  }

  /** Legs whose adapter reports a preimage of something else. */
  List<Integer> liedAbout() {
    List<Integer> legs = new ArrayList<>();
    for (int leg = 0; leg < views.size(); leg++) {
      if (spend(leg).orElse(null) instanceof LockSpend.Claimed claimed && !isOurs(claimed)) {
        legs.add(leg);
      }
    }
    return legs;
  }

  private boolean isOurs(LockSpend.Claimed claimed) {
    return Secrets.hashOf(claimed.preimage()).equals(terms.hash());
  }

  boolean isSecretPublic() {
    return record.secret().isPresent() || seenSecret().isPresent();
  }

  boolean isAudited(int leg) {
    return LockAudit.check(terms.legs().get(leg), views.get(leg)).isAccepted();
  }

  boolean allAudited() {
    for (int leg = 0; leg < views.size(); leg++) {
      if (!isAudited(leg)) {
        return false;
      }
    }
    return true;
  }

  boolean isClaimed(int leg, LegMark.Phase atLeast) {
    return seen(leg)
        .map(LegMark::of)
        .map(mark -> mark.claimed() && mark.spend().compareTo(atLeast) >= 0)
        .orElse(false);
  }

  boolean isRefunded(int leg, LegMark.Phase atLeast) {
    return seen(leg)
        .map(LegMark::of)
        .map(mark -> !mark.claimed() && mark.spend().compareTo(atLeast) >= 0)
        .orElse(false);
  }

  /** Which funding of the incoming leg to claim: the first of the agreed amount, else the first. */
  Optional<LockFunding> claimable() {
    List<LockFunding> all = funding(incoming);
    return all.stream()
        .filter(f -> f.amount().equals(terms.legs().get(incoming).amount()))
        .findFirst()
        .or(() -> all.stream().findFirst());
  }

  /** Whether the refund of a funding of this party's leg is irreversible. */
  boolean isRefundFinal(LockFunding funding) {
    return record.steps().stream()
        .filter(s -> s.key().withAttempt(0).equals(StepKey.refund(own, funding)))
        .anyMatch(s -> isFinalSuccess(s.transactionId()));
  }

  private boolean isFinalSuccess(Hash32 transactionId) {
    return views.get(own).transactions().get(transactionId)
            instanceof TransactionStatus.Included included
        && included.isFinal()
        && included.success();
  }

  /** Whether this party's lock was included and failed for good. */
  boolean lockFailed() {
    return record
        .step(StepKey.lock(own))
        .map(s -> views.get(own).transactions().get(s.transactionId()))
        .map(
            status -> status instanceof TransactionStatus.Included i && i.isFinal() && !i.success())
        .orElse(false);
  }

  /**
   * Own fundings that neither a claim nor a final refund has taken. Of several fundings a claim may
   * have taken any, perhaps only a small one that the claimer put there itself: then the refund of
   * each is tried.
   */
  List<LockFunding> unresolvedOwn() {
    List<LockFunding> open = new ArrayList<>();
    List<LockFunding> all = funding(own);
    for (int i = 0; i < all.size(); i++) {
      boolean first = i == 0;
      boolean gone =
          first
              && ((all.size() == 1 && isClaimed(own, LegMark.Phase.INCLUDED))
                  || isRefunded(own, LegMark.Phase.FINAL));
      boolean refundWaits = first && isRefunded(own, LegMark.Phase.INCLUDED);
      if (!gone && !refundWaits && !isRefundFinal(all.get(i))) {
        open.add(all.get(i));
      }
    }
    return open;
  }

  /**
   * Whether every funding of the own leg is irreversibly back. Small coins of others do not count:
   * they may be worth less than the fee, and nobody may keep the swap open with them.
   */
  boolean isOwnBack() {
    List<LockFunding> all = funding(own);
    if (all.isEmpty()) {
      return false;
    }
    boolean firstBack = isRefunded(own, LegMark.Phase.FINAL);
    for (int i = 0; i < all.size(); i++) {
      boolean counts = i == 0 || !isSmallAndForeign(all.get(i));
      if (counts && !(i == 0 && firstBack) && !isRefundFinal(all.get(i))) {
        return false;
      }
    }
    return true;
  }

  private boolean isSmallAndForeign(LockFunding funding) {
    boolean mine =
        record
            .step(StepKey.lock(own))
            .map(lock -> lock.transactionId().equals(funding.transactionId()))
            .orElse(true); // without a record of it nothing is known to be another's
    return !mine && terms.legs().get(own).amount().isMoreThan(funding.amount());
  }
}
