package dev.trestle.htlc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each rule of the protocol, one situation at a time. */
class SwapPlannerTest {
  private static final World WORLD = new World(Flavor.ACCOUNT, Flavor.UTXO);
  private static final SwapTerms TERMS = WORLD.terms();
  private static final Hash32 SECRET = WORLD.secret();
  private static final long NOW = World.START;
  private static final long T1 = TERMS.legs().get(0).expirySeconds();
  private static final long T2 = TERMS.legs().get(1).expirySeconds();
  private static final List<Timing> TIMINGS = WORLD.timings();
  private static final LockFunding LOCK1 = funding("lock 1", World.FIRST, 3);
  private static final LockFunding LOCK2 = funding("lock 2", World.SECOND, 3);

  private static Hash32 id(String name) {
    return Digests.sha256(Bytes.utf8(name));
  }

  private static LockFunding funding(String name, Amount amount, long confirmations) {
    return new LockFunding(id(name), 0, amount, confirmations, confirmations >= World.FINAL);
  }

  private static LockSpend claimed(Hash32 preimage, long confirmations) {
    return new LockSpend.Claimed(id("claim"), preimage, confirmations, confirmations >= 3);
  }

  private static LockSpend refunded(long confirmations) {
    return new LockSpend.Refunded(id("refund"), confirmations, confirmations >= 3);
  }

  /** One situation, in words. */
  private static final class Case {
    private final List<JournalRecord> entries = new ArrayList<>();
    private final Role role;
    private final boolean[] healthy = {true, true};
    private final boolean[] silent = {false, false};
    private final List<List<LockFunding>> funding = new ArrayList<>(List.of(List.of(), List.of()));
    private final List<Optional<LockSpend>> spend =
        new ArrayList<>(List.of(Optional.empty(), Optional.empty()));
    private final long[] clock = {NOW, NOW};
    private final Map<Hash32, TransactionStatus> own = new java.util.TreeMap<>();
    private long now = NOW;

    Case(Role role) {
      this.role = role;
    }

    Case at(long time) {
      now = time;
      clock[0] = time;
      clock[1] = time;
      return this;
    }

    Case clock(int leg, long time) {
      clock[leg - 1] = time;
      return this;
    }

    Case locked(int leg, LockFunding... fundings) {
      funding.set(leg - 1, List.of(fundings));
      return this;
    }

    Case spent(int leg, LockSpend how) {
      spend.set(leg - 1, Optional.of(how));
      return this;
    }

    Case unhealthy(int leg) {
      healthy[leg - 1] = false;
      return this;
    }

    Case silent(int leg) {
      silent[leg - 1] = true;
      return this;
    }

    Case signed(StepKey key, Hash32 txId, boolean sent) {
      entries.add(
          new JournalRecord.Signed(
              TERMS.swapId(), NOW, key, txId, Bytes.fromHex("01"), Amount.of(1)));
      if (sent) {
        entries.add(new JournalRecord.Sent(TERMS.swapId(), NOW, key));
      }
      return this;
    }

    Case ownLockSigned() {
      int leg = role.party();
      return signed(StepKey.lock(leg), id("lock " + (leg + 1)), true);
    }

    Case also(JournalRecord entry) {
      entries.add(entry);
      return this;
    }

    Case status(Hash32 txId, boolean success) {
      own.put(txId, new TransactionStatus.Included(1, id("block"), 5, true, success));
      return this;
    }

    SwapRecord record() {
      SwapRecord record =
          SwapRecord.of(
              new JournalRecord.Created(
                  TERMS.swapId(),
                  NOW,
                  role,
                  TERMS,
                  role == Role.INITIATOR ? Optional.of(3L) : Optional.empty(),
                  World.POLICY,
                  TIMINGS));
      for (JournalRecord entry : entries) {
        record = record.with(entry);
      }
      return record;
    }

    List<ChainView> views() {
      List<ChainView> views = new ArrayList<>();
      for (int leg = 0; leg < 2; leg++) {
        HtlcObservation seen =
            new HtlcObservation(clock[leg], 100, funding.get(leg), spend.get(leg));
        views.add(
            silent[leg]
                ? ChainView.unavailable(leg, TIMINGS.get(leg))
                : new ChainView(leg, TIMINGS.get(leg), healthy[leg], Optional.of(seen), own));
      }
      return views;
    }

    List<SwapAction> plan() {
      return SwapPlanner.plan(record(), views(), now);
    }

    SwapStatus status() {
      return SwapPlanner.status(record(), views(), now);
    }
  }

  private static Case initiator() {
    return new Case(Role.INITIATOR);
  }

  private static Case participant() {
    return new Case(Role.PARTICIPANT);
  }

  private static void assertWaits(Case situation) {
    assertThat(situation.plan()).singleElement().isInstanceOf(SwapAction.Wait.class);
  }

  private static void assertAborts(Case situation, String why) {
    assertThat(situation.plan())
        .filteredOn(a -> !(a instanceof SwapAction.Alarm))
        .singleElement()
        .asString()
        .contains("Abort", why);
  }

  private static final SwapAction FUND_1 = new SwapAction.FundLeg(0);
  private static final SwapAction FUND_2 = new SwapAction.FundLeg(1);
  private static final SwapAction CLAIM_1 = new SwapAction.ClaimLeg(0, LOCK1);
  private static final SwapAction CLAIM_2 = new SwapAction.ClaimLeg(1, LOCK2);
  private static final SwapAction REFUND_1 = new SwapAction.RefundLeg(0, LOCK1);
  private static final SwapAction REFUND_2 = new SwapAction.RefundLeg(1, LOCK2);

  @Test
  void r1TheInitiatorFundsFirstAndInTime() {
    long latest = T2 - World.POLICY.window(0, TIMINGS);
    assertThat(initiator().plan()).containsExactly(FUND_1);
    assertThat(initiator().at(latest).plan()).containsExactly(FUND_1);
    assertAborts(initiator().at(latest + 1), "unsafe-timelock");
    assertAborts(initiator().clock(2, latest + 1), "unsafe-timelock");
  }

  @Test
  void r1TheParticipantFundsAfterAFinalAuditedLock() {
    long latest = T2 - World.POLICY.window(1, TIMINGS);
    assertWaits(participant());
    assertWaits(participant().locked(1, funding("lock 1", World.FIRST, 0)));
    assertWaits(participant().locked(1, funding("lock 1", World.FIRST, 2)));
    assertThat(participant().locked(1, LOCK1).plan()).containsExactly(FUND_2);
    assertThat(participant().locked(1, LOCK1).at(latest).plan()).containsExactly(FUND_2);
    assertAborts(participant().locked(1, LOCK1).at(latest + 1), "unsafe-timelock");
    Amount less = World.FIRST.minus(Amount.of(1));
    assertAborts(participant().locked(1, funding("lock 1", less, 3)), "wrong-amount");
    Amount more = World.FIRST.plus(Amount.of(1));
    assertAborts(participant().locked(1, funding("lock 1", more, 3)), "wrong-amount");
    assertAborts(participant().locked(1, funding("dust", less, 3), LOCK1), "wrong-amount");
    assertAborts(participant().locked(1, LOCK1).spent(1, refunded(0)), "spent");
    assertAborts(
        participant().locked(1, LOCK1).locked(2, funding("foreign", Amount.of(1), 0)),
        "somebody else");
  }

  @Test
  void r1TheSameLockIsSentAgainOnlyWhileItIsSafe() {
    long latest = T2 - World.POLICY.window(1, TIMINGS);
    assertThat(participant().ownLockSigned().locked(1, LOCK1).plan()).containsExactly(FUND_2);
    assertWaits(participant().ownLockSigned().locked(1, LOCK1).at(latest + 1));
    assertWaits(participant().ownLockSigned());
    assertThat(participant().ownLockSigned().locked(1, LOCK1).at(latest + 1).status())
        .isEqualTo(SwapStatus.ABORTED);
  }

  @Test
  void r2TheSecretIsRevealedOnlyWhenEverythingIsFinalAndInTime() {
    long latest = T2 - World.POLICY.revealWindow(TIMINGS.get(1));
    assertThat(ready().plan()).containsExactly(CLAIM_2);
    assertThat(ready().at(latest).plan()).containsExactly(CLAIM_2);
    assertWaits(ready().at(latest + 1));
    assertWaits(ready().clock(2, latest + 1));
    assertThat(ready().at(latest + 1).status()).isEqualTo(SwapStatus.REFUNDING);
    assertWaits(ready().locked(2, funding("lock 2", World.SECOND, 2)));
    assertWaits(ready().locked(1, funding("lock 1", World.FIRST, 2)));
    Amount less = World.SECOND.minus(Amount.of(1));
    assertThat(ready().locked(2, funding("lock 2", less, 3)).plan())
        .noneMatch(SwapAction.ClaimLeg.class::isInstance)
        .anyMatch(a -> a.toString().contains("AUDIT_FAILED"));
    assertWaits(ready().unhealthy(1));
    assertWaits(ready().unhealthy(2));
    assertWaits(ready().silent(1));
  }

  private static Case ready() {
    return initiator().ownLockSigned().locked(1, LOCK1).locked(2, LOCK2);
  }

  @Test
  void r2AClaimThatWasSignedButPerhapsNotSentGoesOutOnlyWhileThatIsSafe() {
    long hard = T2 - World.POLICY.revealWindow(TIMINGS.get(1)) + World.POLICY.outageSeconds();
    StepKey claim = StepKey.claim(1, LOCK2);
    assertThat(ready().signed(claim, id("claim"), false).at(hard).plan()).contains(CLAIM_2);
    assertThat(ready().signed(claim, id("claim"), false).at(hard + 1).plan())
        .noneMatch(SwapAction.ClaimLeg.class::isInstance);
    assertThat(ready().signed(claim, id("claim"), true).at(hard + 1).plan()).contains(CLAIM_2);
  }

  @Test
  void r3AKnownSecretIsUsedAtOnceAndInEveryState() {
    SwapAction learn = new SwapAction.LearnSecret(1, SECRET);
    assertThat(locked().spent(2, claimed(SECRET, 0)).plan()).containsSubsequence(learn, CLAIM_1);
    JournalRecord known = new JournalRecord.SecretLearned(TERMS.swapId(), NOW, 1, SECRET);
    assertThat(locked().also(known).plan()).contains(CLAIM_1);
    assertThat(locked().also(known).silent(2).plan()).contains(CLAIM_1);
    assertThat(locked().also(known).unhealthy(1).plan()).contains(CLAIM_1);
    assertThat(locked().also(known).at(T1 + 1).plan())
        .contains(CLAIM_1)
        .anyMatch(a -> a.toString().contains("CLAIM_LATE"));
    JournalRecord end = new JournalRecord.Final(TERMS.swapId(), NOW, SwapStatus.REFUNDED, "");
    assertThat(locked().also(known).also(end).plan()).contains(CLAIM_1);
    assertThat(participant().locked(1, LOCK1).also(known).plan())
        .contains(CLAIM_1)
        .doesNotContain(FUND_2);
  }

  private static Case locked() {
    return participant().ownLockSigned().locked(1, LOCK1).locked(2, LOCK2);
  }

  @Test
  void r3APreimageOfSomethingElseIsAnAlarmAndNotASecret() {
    assertThat(locked().spent(2, claimed(id("decoy"), 0)).plan())
        .noneMatch(SwapAction.LearnSecret.class::isInstance)
        .noneMatch(SwapAction.ClaimLeg.class::isInstance)
        .anyMatch(a -> a.toString().contains("BAD_PREIMAGE"));
  }

  @Test
  void r4TheRefundFollowsTheChainsOwnClock() {
    assertWaits(locked().at(T2 + 1000).clock(2, T2 - 1));
    assertThat(locked().at(T2).plan()).containsExactly(REFUND_2);
    assertThat(ready().at(T1).plan()).contains(REFUND_1);
    assertThat(locked().at(T2).silent(1).plan()).containsExactly(REFUND_2);
    assertThat(locked().at(T2).unhealthy(2).plan()).containsExactly(REFUND_2);
  }

  @Test
  void r4UntilItIsFinalACompetingClaimIsWatchedFor() {
    assertThat(locked().at(T2).spent(2, refunded(0)).plan()).containsExactly(REFUND_2);
    assertWaits(locked().at(T2).spent(2, refunded(1)));
    assertThat(locked().at(T2).spent(2, claimed(SECRET, 0)).plan()).contains(CLAIM_1, REFUND_2);
    assertThat(locked().at(T2).spent(2, claimed(SECRET, 1)).plan())
        .contains(CLAIM_1)
        .doesNotContain(REFUND_2);
    assertThat(locked().at(T2).spent(2, refunded(3)).plan())
        .containsExactly(new SwapAction.Complete(SwapStatus.REFUNDED));
  }

  @Test
  void r8AndR9LateAndDoublePaymentsComeBack() {
    JournalRecord end = new JournalRecord.Final(TERMS.swapId(), NOW, SwapStatus.ABORTED, "");
    assertThat(participant().also(end).locked(2, LOCK2).at(T2).plan()).contains(REFUND_2);
    LockFunding second = funding("second", World.SECOND, 5);
    SwapAction refundSecond = new SwapAction.RefundLeg(1, second);
    Case twice = locked().locked(2, LOCK2, second).at(T2);
    assertThat(twice.plan()).contains(REFUND_2, refundSecond);
    assertThat(locked().locked(2, LOCK2, second).at(T2).spent(2, refunded(3)).plan())
        .contains(refundSecond)
        .noneMatch(SwapAction.Complete.class::isInstance);
    Case back =
        locked()
            .locked(2, LOCK2, second)
            .at(T2)
            .spent(2, refunded(3))
            .signed(StepKey.refund(1, second), id("refund 2"), true)
            .status(id("refund 2"), true);
    assertThat(back.plan()).contains(new SwapAction.Complete(SwapStatus.REFUNDED));
  }

  @Test
  void r4AClaimOfASmallCoinDoesNotStopTheRefundOfTheLock() {
    LockFunding small = funding("small", Amount.of(600), 3);
    assertThat(locked().locked(2, LOCK2, small).at(T2).spent(2, claimed(SECRET, 3)).plan())
        .contains(CLAIM_1, REFUND_2);
  }

  @Test
  void r9ACoinOfSomebodyElseDoesNotKeepTheSwapOpen() {
    LockFunding small = funding("small", Amount.of(600), 3);
    Case back = locked().locked(2, LOCK2, small).at(T2).spent(2, refunded(3));
    assertThat(back.plan())
        .contains(new SwapAction.RefundLeg(1, small), new SwapAction.Complete(SwapStatus.REFUNDED));
  }

  @Test
  void r10NothingNewOnAnUnhealthyChain() {
    assertWaits(initiator().unhealthy(1));
    assertWaits(initiator().unhealthy(2));
    assertWaits(initiator().silent(2));
    assertWaits(participant().locked(1, LOCK1).unhealthy(2));
    LegMark wasFinal =
        new LegMark(1, LegMark.Phase.FINAL, id("old"), LegMark.Phase.NONE, false, Hash32.ZERO);
    JournalRecord observed = new JournalRecord.Observed(TERMS.swapId(), NOW, 0, wasFinal);
    assertThat(participant().also(observed).locked(1, LOCK1).plan())
        .doesNotContain(FUND_2)
        .anyMatch(a -> a.toString().contains("DEEP_REORG"));
  }

  @Test
  void theEnds() {
    assertThat(locked().spent(1, claimed(SECRET, 3)).spent(2, claimed(SECRET, 3)).plan())
        .contains(new SwapAction.Complete(SwapStatus.COMPLETED));
    assertThat(locked().spent(1, refunded(3)).spent(2, claimed(SECRET, 3)).plan())
        .contains(new SwapAction.Complete(SwapStatus.LOSS));
    assertThat(ready().at(T1).spent(1, refunded(3)).plan())
        .contains(new SwapAction.Complete(SwapStatus.REFUNDED));
    assertThat(ready().spent(2, claimed(SECRET, 3)).status()).isEqualTo(SwapStatus.COMPLETED);
    assertThat(ready().spent(2, claimed(SECRET, 3)).plan())
        .noneMatch(SwapAction.Complete.class::isInstance);
  }

  @Test
  void aLockThatFailedIsNotSignedAgain() {
    Case failed = initiator().ownLockSigned().status(id("lock 1"), false);
    assertThat(failed.plan())
        .doesNotContain(FUND_1)
        .anyMatch(a -> a.toString().contains("LOCK_FAILED"));
  }

  @Test
  void everyStatusHasItsSituation() {
    assertThat(initiator().status()).isEqualTo(SwapStatus.AGREED);
    assertThat(participant().locked(1, LOCK1).status()).isEqualTo(SwapStatus.FUNDING);
    assertThat(ready().status()).isEqualTo(SwapStatus.ALL_LOCKED);
    assertThat(locked().spent(2, claimed(SECRET, 0)).status()).isEqualTo(SwapStatus.SECRET_KNOWN);
    assertThat(ready().signed(StepKey.claim(1, LOCK2), id("claim"), true).status())
        .isEqualTo(SwapStatus.REDEEMING);
    assertThat(locked().at(T2).status()).isEqualTo(SwapStatus.REFUNDING);
  }
}
