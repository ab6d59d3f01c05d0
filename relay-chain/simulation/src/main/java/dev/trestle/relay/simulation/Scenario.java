package dev.trestle.relay.simulation;

import dev.trestle.relay.consensus.Flaw;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What a run does, all of it drawn from its seed.
 *
 * @param validators size of the first set
 * @param healAtMs when all faults but the lies stop
 */
record Scenario(
    long seed,
    Flaw flaw,
    int validators,
    Membership.Change change,
    long epochLength,
    Attack attack,
    Weather weather,
    Machines machines,
    long healAtMs) {

  /** What the f faulty validators do. */
  enum Attack {
    /** There are none. */
    NONE,
    SILENT,
    EQUIVOCATOR,
    TWINS,
    SPLITTER,
    FORGER,
    FORGETFUL
  }

  /**
   * The network before it heals.
   *
   * @param lossPercent packets that are lost
   * @param duplicatePercent packets that arrive twice
   * @param maxDelayMs the longest delay; packets overtake each other
   */
  record Weather(
      int lossPercent, int duplicatePercent, int maxDelayMs, Partitions.Kind partitions) {
    static final Weather CALM = new Weather(0, 0, 20, Partitions.Kind.NONE);
  }

  /**
   * The correct validators' machines before everything heals.
   *
   * @param crashes a machine fails about once in so many writes and effects; 0: never
   * @param lostLogs validators whose log a crash may destroy
   * @param jumpingClocks validators whose clock jumps by minutes
   * @param at the one moment at which one machine fails, instead of by chance
   */
  record Machines(int crashes, int lostLogs, int jumpingClocks, Optional<CrashPoint> at) {
    static final Machines SOUND = new Machines(0, 0, 0, Optional.empty());
  }

  /** Machine {@code node} fails at its write number {@code write}. */
  record CrashPoint(int node, int write, Disk.Failure failure) {}

  private static final List<Integer> SIZES = List.of(4, 4, 4, 4, 4, 5, 6, 7);

  /** One run in so many has 21 validators: it costs as much as a hundred of four. */
  private static final int LARGE_EVERY = 200;

  static Scenario of(long seed, Flaw flaw) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 1);
    Attack attack = pick(random, Attack.values());
    boolean directed = attack == Attack.SPLITTER;
    boolean large = random.nextInt(LARGE_EVERY) == 0;
    int size = large ? 21 : SIZES.get(random.nextInt(SIZES.size()));
    int faulty = attack == Attack.NONE ? 0 : (size - 1) / 3;
    int spare = (size - 1) / 3 - faulty;
    Weather weather =
        directed
            ? new Weather(0, 5, 60, Partitions.Kind.NONE)
            : new Weather(
                random.nextInt(41),
                random.nextInt(10),
                20 + random.nextInt(random.nextBoolean() ? 200 : 3_000),
                pick(random, Partitions.Kind.values()));
    Machines machines =
        directed || random.nextInt(3) == 0
            ? Machines.SOUND
            : new Machines(
                30 + random.nextInt(300),
                random.nextBoolean() ? spare : 0,
                random.nextInt(1 + Math.max(1, spare)),
                Optional.empty());
    Membership.Change change =
        directed || random.nextInt(3) > 0
            ? Membership.Change.FIXED
            : random.nextBoolean() ? Membership.Change.ROTATING : Membership.Change.GROWING;
    return new Scenario(
        seed,
        flaw,
        size,
        change,
        2 + random.nextInt(4),
        attack,
        weather,
        machines,
        large ? 2_000 : 4_000 + random.nextInt(6_000));
  }

  static <T> T pick(SplittableRandom random, T[] from) {
    return from[random.nextInt(from.length)];
  }

  /** Four validators, no fault at all: the ground for tests of one thing. */
  static Scenario calm(long seed, Attack attack) {
    return new Scenario(
        seed,
        Flaw.NONE,
        4,
        Membership.Change.FIXED,
        1,
        attack,
        Weather.CALM,
        Machines.SOUND,
        3_000);
  }

  Scenario with(Weather other) {
    return new Scenario(
        seed, flaw, validators, change, epochLength, attack, other, machines, healAtMs);
  }

  Scenario with(Machines other) {
    return new Scenario(
        seed, flaw, validators, change, epochLength, attack, weather, other, healAtMs);
  }

  Scenario withMembers(Membership.Change other, int size, long length) {
    return new Scenario(seed, flaw, size, other, length, attack, weather, machines, healAtMs);
  }

  /** Everything heals only then. */
  Scenario until(long otherHealAtMs) {
    return new Scenario(
        seed, flaw, validators, change, epochLength, attack, weather, machines, otherHealAtMs);
  }

  /** How many keys lie. */
  int faulty() {
    return attack == Attack.NONE ? 0 : (validators - 1) / 3;
  }
}
