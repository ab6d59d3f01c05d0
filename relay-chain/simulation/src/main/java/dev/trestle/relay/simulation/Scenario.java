package dev.trestle.relay.simulation;

import dev.trestle.relay.consensus.Flaw;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a run does, all of it drawn from its seed.
 *
 * @param lossPercent packets lost before the network heals
 * @param maxDelayMs the longest delay before the network heals
 * @param healAtMs when faults of the network stop
 * @param crashes whether correct nodes crash
 */
record Scenario(
    long seed,
    Flaw flaw,
    int validators,
    Attack attack,
    int lossPercent,
    int maxDelayMs,
    long healAtMs,
    boolean crashes,
    boolean partitions) {

  /** What the f faulty validators do. */
  enum Attack {
    SILENT,
    EQUIVOCATOR,
    TWINS,
    SPLITTER
  }

  private static final List<Integer> SIZES = List.of(4, 4, 4, 5, 7);

  static Scenario of(long seed, Flaw flaw) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    Attack attack = Attack.values()[random.nextInt(Attack.values().length)];
    boolean directed = attack == Attack.SPLITTER;
    return new Scenario(
        seed,
        flaw,
        SIZES.get(random.nextInt(SIZES.size())),
        attack,
        directed ? 0 : random.nextInt(41),
        directed ? 60 : 20 + random.nextInt(random.nextBoolean() ? 200 : 3_000),
        4_000 + random.nextInt(6_000),
        !directed && random.nextInt(3) > 0,
        !directed && random.nextInt(3) > 0);
  }

  /** f: how many validators are faulty. */
  int liars() {
    return (validators - 1) / 3;
  }
}
