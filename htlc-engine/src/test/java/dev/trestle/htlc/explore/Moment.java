package dev.trestle.htlc.explore;

import java.util.ArrayList;
import java.util.List;

/**
 * What the world is like at one tick, as far as one honest party is concerned: its own leg, the leg
 * that pays it, what it signed and knows. Ages are confirmations, 0 for what is in no block; waits
 * count the blocks since a transaction was sent, 0 for what was not sent. Both stop growing where
 * nothing depends on them any more.
 */
final class Moment {
  static final int NOBODY = 0;
  static final int ADVERSARY = 1;
  static final int HONEST = 2;

  /** Confirmations of the lock that pays the party. */
  int paidLock;

  /** Who has spent it, and how deep that is. */
  int paidSpender;

  int paidSpend;

  /** The party's claim of it. */
  int claimWait;

  boolean claimUnsent;

  /** The party's own lock. */
  int lockWait;

  boolean lockUnsent;
  int ownLock;
  int ownSpender;
  int ownSpend;
  int refundWait;
  boolean secretKnown;

  /** Looks missed: 0 none yet, up to the budget while away, one more when back. */
  int outage;

  /** 0, or how the party says that it is over. */
  int end;

  /** The legs between other parties, who work together: not locked, or all locked. */
  int others;

  private static final int[] BITS = {3, 2, 3, 4, 1, 4, 1, 3, 2, 3, 4, 1, 4, 4, 1};

  private int[] fields() {
    return new int[] {
      paidLock,
      paidSpender,
      paidSpend,
      claimWait,
      bit(claimUnsent),
      lockWait,
      bit(lockUnsent),
      ownLock,
      ownSpender,
      ownSpend,
      refundWait,
      bit(secretKnown),
      outage,
      end,
      others
    };
  }

  private static int bit(boolean value) {
    return value ? 1 : 0;
  }

  /** All of it in one number. */
  long pack() {
    long packed = 0;
    int[] fields = fields();
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] < 0 || fields[i] >> BITS[i] != 0) {
        throw new IllegalStateException("field " + i + " is " + fields[i]);
      }
      packed = packed << BITS[i] | fields[i];
    }
    return packed;
  }

  static Moment of(long packed) {
    int[] f = new int[BITS.length];
    long rest = packed;
    for (int i = BITS.length - 1; i >= 0; i--) {
      f[i] = (int) (rest & (1L << BITS[i]) - 1);
      rest >>= BITS[i];
    }
    Moment m = new Moment();
    m.paidLock = f[0];
    m.paidSpender = f[1];
    m.paidSpend = f[2];
    m.claimWait = f[3];
    m.claimUnsent = f[4] == 1;
    m.lockWait = f[5];
    m.lockUnsent = f[6] == 1;
    m.ownLock = f[7];
    m.ownSpender = f[8];
    m.ownSpend = f[9];
    m.refundWait = f[10];
    m.secretKnown = f[11] == 1;
    m.outage = f[12];
    m.end = f[13];
    m.others = f[14];
    return m;
  }

  Moment copy() {
    return of(pack());
  }

  /** What has happened since {@code before}, for people. */
  String since(Moment before, int budget) {
    List<String> said = new ArrayList<>();
    if (outage > 0 && outage <= budget && outage != before.outage) {
      said.add("the party is away");
    }
    change(said, before.paidLock, paidLock, "the lock that pays it");
    change(said, before.ownLock, ownLock, "its own lock");
    say(said, before.lockWait == 0 && lockWait > 0, "it sends its lock");
    say(said, before.refundWait == 0 && refundWait > 0, "it sends its refund");
    say(said, !before.claimUnsent && claimUnsent, "it signs its claim and dies before it is sent");
    say(said, !before.lockUnsent && lockUnsent, "it signs its lock and dies before it is sent");
    say(said, before.claimWait == 0 && claimWait > 0, "it sends its claim");
    say(said, !before.secretKnown && secretKnown, "it learns the secret");
    say(said, before.others == 0 && others > 0, "the others' leg is locked");
    if (paidSpender != before.paidSpender) {
      said.add(
          paidSpender == ADVERSARY
              ? "the lock that pays it is refunded"
              : paidSpender == HONEST ? "its claim is in a block" : "that spending is taken back");
    }
    if (ownSpender != before.ownSpender) {
      said.add(
          ownSpender == ADVERSARY
              ? "its own lock is claimed"
              : ownSpender == HONEST
                  ? "its refund is in a block"
                  : "the spending of its own lock is taken back");
    }
    return String.join("; ", said);
  }

  private static void change(List<String> said, int before, int now, String what) {
    say(said, before == 0 && now > 0, what + " is in a block");
    say(said, before > 0 && now == 0, what + " is taken back");
  }

  private static void say(List<String> said, boolean happened, String what) {
    if (happened) {
      said.add(what);
    }
  }
}
