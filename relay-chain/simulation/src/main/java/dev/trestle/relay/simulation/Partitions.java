package dev.trestle.relay.simulation;

import java.util.SplittableRandom;

/**
 * Which links are cut before the network heals: a bit for each ordered pair of keys, drawn anew or
 * moved on every few ticks.
 */
public final class Partitions {
  /** How the network falls apart. */
  public enum Kind {
    NONE,
    /** Two random sides, changing, sometimes whole. */
    RANDOM,
    /** Every way to split in two, one after the other: seven for four validators. */
    EVERY_SPLIT,
    /** Some do not hear some others, who hear them. */
    ONE_WAY,
    /** One split that opens and closes all the time. */
    FLAPPING,
    /** One after the other is cut off alone. */
    ISOLATED
  }

  private static final int HOLD_TICKS = 7;

  private final Kind kind;
  private final int count;
  private final SplittableRandom random;
  private final boolean[][] cut;
  private long split;
  private int ticks;

  /**
   * @param count validators
   * @param first where in the order of all splits to begin
   */
  public Partitions(Kind kind, int count, long first, SplittableRandom random) {
    this.kind = kind;
    this.count = count;
    this.random = random;
    this.cut = new boolean[count][count];
    // the first key is always on side 0, so every split has one number from 1 on
    this.split = 1 + Math.floorMod(first, splits());
  }

  /** Splits in two non-empty sides, as far as a number tells them apart; one node has none. */
  private long splits() {
    return Math.max(1, (1L << Math.min(62, count - 1)) - 1);
  }

  /** Whether nothing comes from one to the other now. */
  public boolean isCut(int from, int to) {
    return cut[from][to];
  }

  /** Every 100 ms. */
  public void tick() {
    ticks++;
    switch (kind) {
      case NONE -> {}
      case RANDOM -> {
        if (random.nextInt(8) == 0) {
          apply(random.nextInt(3) == 0 ? 0 : random.nextLong(splits() + 1) << 1);
        }
      }
      case EVERY_SPLIT -> {
        if (ticks % HOLD_TICKS == 1) {
          apply(split << 1);
          split = split % splits() + 1;
        }
      }
      case ONE_WAY -> {
        if (ticks % HOLD_TICKS == 1) {
          oneWay();
        }
      }
      case FLAPPING -> {
        if (random.nextInt(3) == 0) {
          apply(random.nextBoolean() ? split << 1 : 0);
        }
      }
      case ISOLATED -> {
        if (ticks % HOLD_TICKS == 1) {
          apply(1L << (ticks / HOLD_TICKS % count));
        }
      }
    }
  }

  /** Bit i: the side of key i. */
  private void apply(long sides) {
    for (int from = 0; from < count; from++) {
      for (int to = 0; to < count; to++) {
        cut[from][to] = (sides >>> from & 1) != (sides >>> to & 1);
      }
    }
  }

  private void oneWay() {
    long speakers = random.nextLong();
    long hearers = random.nextLong();
    for (int from = 0; from < count; from++) {
      for (int to = 0; to < count; to++) {
        cut[from][to] = from != to && (speakers >>> from & 1) == 1 && (hearers >>> to & 1) == 1;
      }
    }
  }

  /** Nothing is cut any more. */
  public void heal() {
    apply(0);
  }
}
