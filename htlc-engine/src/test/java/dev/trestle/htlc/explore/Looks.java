package dev.trestle.htlc.explore;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.HtlcPort.LockSpend;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.htlc.ChainView;
import dev.trestle.htlc.JournalRecord;
import dev.trestle.htlc.Planner;
import dev.trestle.htlc.StepKey;
import dev.trestle.htlc.SwapAction;
import dev.trestle.htlc.SwapRecord;
import dev.trestle.htlc.SwapStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the honest party does at one look: exactly what the planner says, or nothing at all. */
final class Looks {
  private static final Amount AMOUNT = Amount.of(1_000);
  private static final Hash32 CLAIM = id("claim");
  private static final Hash32 REFUND = id("refund");

  private static final List<SwapStatus> ENDS =
      List.of(SwapStatus.COMPLETED, SwapStatus.ABORTED, SwapStatus.REFUNDED, SwapStatus.LOSS);

  private final Setup setup;
  private final Planner planner;
  private final JournalRecord.Created created;
  private final SwapRecord start;
  private final int own;
  private final int incoming;
  private final Map<Long, List<SwapAction>> plans = new HashMap<>();
  private long asked;

  Looks(Setup setup, Planner planner) {
    this.setup = setup;
    this.planner = planner;
    this.created = setup.created();
    this.start = SwapRecord.of(created);
    this.own = start.ownLeg();
    this.incoming = start.incomingLeg();
  }

  private static Hash32 id(String name) {
    return Digests.sha256(Bytes.utf8(name));
  }

  /** How many different questions the planner was asked. */
  long asked() {
    return asked;
  }

  /** Every way in which the look at {@code tick} can go. */
  List<Moment> at(int tick, Moment before) {
    List<Moment> all = new ArrayList<>();
    boolean away = before.outage > 0 && before.outage < setup.outage();
    if (away || (before.outage == 0 && setup.outage() > 0)) {
      Moment missed = before.copy();
      missed.outage++;
      all.add(missed);
    }
    Moment there = before.copy();
    if (there.outage > 0) {
      there.outage = setup.outage() + 1;
    }
    all.addAll(looked(tick, there));
    return all;
  }

  private List<Moment> looked(int tick, Moment there) {
    long key = there.pack();
    List<SwapAction> actions =
        plans.computeIfAbsent(
            key,
            unknown -> {
              asked++;
              return planner.plan(record(there), views(tick, there), Setup.START + tick);
            });
    Moment after = there.copy();
    boolean signsLock = false;
    boolean signsClaim = false;
    for (SwapAction action : actions) {
      switch (action) {
        case SwapAction.FundLeg fund -> {
          signsLock = after.lockWait == 0 && !after.lockUnsent;
          after.lockWait = Math.max(1, after.lockWait);
          after.lockUnsent = false;
        }
        case SwapAction.ClaimLeg claim -> {
          signsClaim = after.claimWait == 0 && !after.claimUnsent;
          after.claimWait = Math.max(1, after.claimWait);
          after.claimUnsent = false;
        }
        case SwapAction.RefundLeg refund -> after.refundWait = Math.max(1, after.refundWait);
        case SwapAction.LearnSecret learn -> after.secretKnown = true;
        case SwapAction.Complete(SwapStatus outcome) -> after.end = ENDS.indexOf(outcome) + 1;
        case SwapAction.Abort abort -> after.end = ENDS.indexOf(SwapStatus.ABORTED) + 1;
        case SwapAction.Wait wait -> {
          // until the next look
        }
        case SwapAction.Alarm alarm -> {
          // changes nothing
        }
      }
    }
    List<Moment> all = new ArrayList<>(List.of(after));
    if (there.outage == 0 && setup.outage() > 0 && (signsLock || signsClaim)) {
      all.add(diesBeforeSending(after, signsLock));
    }
    return all;
  }

  private static Moment diesBeforeSending(Moment after, boolean lock) {
    Moment dead = after.copy();
    dead.outage = 1;
    if (lock) {
      dead.lockWait = 0;
      dead.lockUnsent = true;
    } else {
      dead.claimWait = 0;
      dead.claimUnsent = true;
    }
    return dead;
  }

  /** For the planner's next tick the same question may have another answer. */
  void nextTick() {
    plans.clear();
  }

  private SwapRecord record(Moment m) {
    SwapRecord record = start;
    record =
        signed(
            record,
            new StepKey(StepKey.Kind.LOCK, own, Hash32.ZERO, 0, 0),
            lockId(own),
            m.lockUnsent,
            m.lockWait > 0);
    record =
        signed(
            record,
            new StepKey(StepKey.Kind.CLAIM, incoming, lockId(incoming), 0, 0),
            CLAIM,
            m.claimUnsent,
            m.claimWait > 0);
    record =
        signed(
            record,
            new StepKey(StepKey.Kind.REFUND, own, lockId(own), 0, 0),
            REFUND,
            false,
            m.refundWait > 0);
    Hash32 swap = created.swapId();
    if (m.secretKnown) {
      record = record.with(new JournalRecord.SecretLearned(swap, Setup.START, own, Setup.SECRET));
    }
    if (m.end > 0) {
      SwapStatus status = ENDS.get(m.end - 1);
      record = record.with(new JournalRecord.Final(swap, Setup.START, status, ""));
    }
    return record;
  }

  private SwapRecord signed(
      SwapRecord record, StepKey key, Hash32 id, boolean unsent, boolean sent) {
    if (!unsent && !sent) {
      return record;
    }
    Hash32 swap = created.swapId();
    SwapRecord signed =
        record.with(
            new JournalRecord.Signed(
                swap, Setup.START, key, id, Bytes.fromHex("01"), Amount.of(1)));
    return sent ? signed.with(new JournalRecord.Sent(swap, Setup.START, key)) : signed;
  }

  private static Hash32 lockId(int leg) {
    return LOCKS.get(leg);
  }

  private static final List<Hash32> LOCKS = List.of(id("lock 1"), id("lock 2"), id("lock 3"));

  private List<ChainView> views(int tick, Moment m) {
    List<ChainView> views = new ArrayList<>();
    for (int leg = 0; leg < setup.world().size(); leg++) {
      Optional<LockFunding> funding;
      Optional<LockSpend> spend = Optional.empty();
      if (leg == own) {
        boolean there = m.lockWait > 0;
        funding = there ? Optional.of(funding(leg, m.ownLock)) : Optional.empty();
        spend = ownSpend(m);
      } else if (leg == incoming) {
        funding = m.paidLock > 0 ? Optional.of(funding(leg, m.paidLock)) : Optional.empty();
        spend = paidSpend(m);
      } else {
        funding = m.others > 0 ? Optional.of(funding(leg, Integer.MAX_VALUE)) : Optional.empty();
      }
      long clock = Setup.START + tick - setup.world().get(leg).clockSkew();
      HtlcObservation seen = new HtlcObservation(clock, tick, funding.stream().toList(), spend);
      Timing believed = setup.believed().get(leg);
      views.add(new ChainView(leg, believed, true, Optional.of(seen), Map.of()));
    }
    return views;
  }

  private LockFunding funding(int leg, int confirmations) {
    return new LockFunding(lockId(leg), 0, AMOUNT, confirmations, isFinal(leg, confirmations));
  }

  /** With as many blocks on top as the chain declares: what it may take back is the world's. */
  private boolean isFinal(int leg, int confirmations) {
    return confirmations > setup.world().get(leg).irreversible();
  }

  private Optional<LockSpend> ownSpend(Moment m) {
    boolean seen = m.ownSpend > setup.world().get(own).seen();
    if (m.ownSpender == Moment.ADVERSARY && seen) {
      return Optional.of(
          new LockSpend.Claimed(
              id("their claim"), Setup.SECRET, m.ownSpend, isFinal(own, m.ownSpend)));
    }
    if (m.ownSpender == Moment.HONEST || m.refundWait > 0) {
      int depth = m.ownSpender == Moment.HONEST ? m.ownSpend : 0;
      return Optional.of(new LockSpend.Refunded(REFUND, depth, isFinal(own, depth)));
    }
    return Optional.empty();
  }

  private Optional<LockSpend> paidSpend(Moment m) {
    if (m.paidSpender == Moment.ADVERSARY) {
      return Optional.of(
          new LockSpend.Refunded(id("their refund"), m.paidSpend, isFinal(incoming, m.paidSpend)));
    }
    if (m.paidSpender == Moment.HONEST || m.claimWait > 0) {
      int depth = m.paidSpender == Moment.HONEST ? m.paidSpend : 0;
      return Optional.of(
          new LockSpend.Claimed(CLAIM, Setup.SECRET, depth, isFinal(incoming, depth)));
    }
    return Optional.empty();
  }
}
