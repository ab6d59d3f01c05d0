package dev.trestle.htlc.explore;

import dev.trestle.adapter.ChainProfile.Timing;
import java.util.ArrayList;
import java.util.List;

/**
 * Every block that adversaries and miners can make of a moment. What an honest party has sent is in
 * one of the next {@code D} blocks and, counting those that take blocks back, out of reach after
 * {@code R} more; until then whatever else is valid may stand in its place.
 */
final class Blocks {
  private final Setup setup;
  private final int own;
  private final int incoming;
  private final List<Long> expiries;

  Blocks(Setup setup) {
    this.setup = setup;
    this.own = setup.role().party();
    this.incoming = (own + setup.world().size() - 1) % setup.world().size();
    this.expiries = setup.expiries();
  }

  List<Moment> after(int tick, Moment m) {
    List<Moment> all = new ArrayList<>();
    for (Moment paid : paidLeg(tick, m)) {
      for (Moment both : ownLeg(tick, paid)) {
        all.add(both);
        if (both.others == 0 && setup.world().size() > 2) {
          Moment more = both.copy();
          more.others = 1;
          all.add(more);
        }
      }
    }
    return all;
  }

  private List<Moment> paidLeg(int tick, Moment m) {
    Timing chain = setup.world().get(incoming);
    int deep = (int) chain.irreversible() + 1;
    int limit = (int) (chain.claim() + chain.irreversible()) + 1;
    List<Moment> all = new ArrayList<>();
    if (m.paidLock == 0) {
      all.add(m);
      Moment locked = m.copy();
      locked.paidLock = 1;
      all.add(locked);
      return all;
    }
    if (m.paidLock < deep) {
      Moment gone = m.copy();
      gone.paidLock = 0;
      gone.paidSpender = Moment.NOBODY;
      gone.paidSpend = 0;
      gone.claimWait = 0; // it spends nothing now and is sent anew
      all.add(gone);
    }
    boolean soft = chain.softExpiry();
    long expiry = expiries.get(incoming);
    long early = tick + chain.clockSkew();
    boolean decided = m.claimWait >= limit;
    boolean inTime = soft || early - deep < expiry;
    Spending spending =
        new Spending(
            m.paidSpender,
            m.paidSpend,
            early >= expiry,
            m.claimWait > 0 && (soft || early < expiry),
            decided && inTime);
    for (int[] next : spending.next(deep, deep)) {
      Moment n = m.copy();
      n.paidLock = Math.min(m.paidLock + 1, deep);
      n.paidSpender = next[0];
      n.paidSpend = next[1];
      n.claimWait = m.claimWait == 0 ? 0 : Math.min(m.claimWait + 1, limit);
      all.add(n);
    }
    return all;
  }

  private List<Moment> ownLeg(int tick, Moment m) {
    if (m.lockWait == 0) {
      return List.of(m);
    }
    Timing chain = setup.world().get(own);
    int deep = (int) chain.irreversible() + 1;
    int lockLimit = (int) (chain.lock() + chain.irreversible()) + 1;
    int refundLimit = (int) (chain.refund() + chain.irreversible()) + 1;
    int lockWait = Math.min(m.lockWait + 1, lockLimit);
    List<Moment> all = new ArrayList<>();
    boolean mayBeOut = m.lockWait < lockLimit && m.ownLock < deep;
    if (mayBeOut) {
      Moment out = m.copy();
      out.lockWait = lockWait;
      out.ownLock = 0;
      out.ownSpender = Moment.NOBODY;
      out.ownSpend = 0;
      out.refundWait = 0;
      all.add(out);
    }
    boolean known = !setup.role().isInitiator() || m.claimWait > 0;
    long late = tick - chain.clockSkew();
    // a block that takes others back may be dated as they were
    boolean accepted = chain.softExpiry() || late - chain.irreversible() < expiries.get(own);
    Spending spending =
        new Spending(
            m.ownSpender,
            m.ownSpend,
            m.ownLock > 0 && known && accepted,
            m.refundWait > 0,
            m.refundWait >= refundLimit);
    int seen = (int) Math.max(deep, chain.seen() + 1);
    for (int[] next : spending.next(deep, seen)) {
      Moment n = m.copy();
      n.lockWait = lockWait;
      n.ownLock = mayBeOut ? m.ownLock + 1 : deep;
      n.ownSpender = next[0];
      n.ownSpend = next[1];
      n.refundWait = m.refundWait == 0 ? 0 : Math.min(m.refundWait + 1, refundLimit);
      all.add(n);
    }
    return all;
  }

  /**
   * Who spends a lock, for which two compete.
   *
   * @param theirs whether the adversary's spending can be in this block
   * @param ours whether the honest party's can
   * @param decided whether the honest party's can no longer be kept out, unless the other is in
   */
  private record Spending(int by, int depth, boolean theirs, boolean ours, boolean decided) {
    List<int[]> next(int deep, int most) {
      List<int[]> all = new ArrayList<>();
      int deeper = Math.min(depth + 1, most);
      if (by != Moment.NOBODY && depth >= deep) {
        all.add(new int[] {by, deeper});
        return all;
      }
      if (decided) {
        boolean lost = by == Moment.ADVERSARY;
        all.add(new int[] {lost ? by : Moment.HONEST, lost ? deeper : deep});
        return all;
      }
      all.add(new int[] {Moment.NOBODY, 0});
      if (by != Moment.NOBODY) {
        all.add(new int[] {by, deeper});
      }
      if (theirs && by != Moment.ADVERSARY) {
        all.add(new int[] {Moment.ADVERSARY, 1});
      }
      if (ours && by != Moment.HONEST) {
        all.add(new int[] {Moment.HONEST, 1});
      }
      return all;
    }
  }
}
