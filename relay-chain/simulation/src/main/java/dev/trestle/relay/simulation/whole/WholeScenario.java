package dev.trestle.relay.simulation.whole;

import dev.trestle.relay.node.NodeFlaw;
import dev.trestle.relay.node.simulated.Failure;
import dev.trestle.relay.simulation.Partitions;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a run does, all of it drawn from its seed.
 *
 * @param followers nodes without a vote
 * @param chaosMs how long faults go on after the chain is at work; the lies never stop
 */
record WholeScenario(
    long seed,
    NodeFlaw flaw,
    int validators,
    int followers,
    Liar liar,
    Weather weather,
    Machines machines,
    long chaosMs) {

  /** What the one faulty validator does, if there is one. */
  enum Liar {
    NONE,
    SILENT,
    /** Two machines with one key, each with a guard of its own: it contradicts itself. */
    TWINS,
    /** Sends forged blocks, certificates and votes, bytes that are no frames, false claims. */
    FORGER
  }

  /**
   * The network during the chaos.
   *
   * @param lossPercent frames that are lost
   * @param duplicatePercent frames that arrive twice
   * @param maxDelayMs the longest delay; frames overtake each other
   */
  record Weather(
      int lossPercent, int duplicatePercent, int maxDelayMs, Partitions.Kind partitions) {
    static final Weather CALM = new Weather(0, 0, 20, Partitions.Kind.NONE);
  }

  /**
   * The machines during the chaos.
   *
   * @param steps one fails about once in so many writes and frames; 0: never
   * @param logsAtRisk validators whose log a failure may damage or destroy
   * @param jumpingClocks validators whose clock jumps by minutes
   */
  record Machines(int steps, int logsAtRisk, int jumpingClocks) {
    static final Machines SOUND = new Machines(0, 0, 0);
  }

  /** One run in so many has seven validators. */
  private static final int LARGE_EVERY = 16;

  /** What is left of a disk where no log is at risk. */
  static final List<Failure> CLEAN = List.of(Failure.KILLED, Failure.POWER_LOST, Failure.TORN);

  static WholeScenario of(long seed, NodeFlaw flaw) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 2);
    int validators = random.nextInt(LARGE_EVERY) == 0 ? 7 : 4;
    Liar liar = pick(random, Liar.values());
    int spare = (validators - 1) / 3 - (liar == Liar.NONE ? 0 : 1);
    // in half of the runs the chain goes on while machines fail
    boolean rough = random.nextBoolean();
    Weather weather =
        new Weather(
            random.nextInt(rough ? 31 : 5),
            random.nextInt(10),
            20 + random.nextInt(!rough ? 60 : random.nextBoolean() ? 150 : 1_500),
            rough ? pick(random, Partitions.Kind.values()) : Partitions.Kind.NONE);
    Machines machines =
        random.nextInt(4) == 0
            ? Machines.SOUND
            : new Machines(
                12 + random.nextInt(150),
                Math.min(1, spare),
                random.nextInt(1 + Math.min(1, spare)));
    return new WholeScenario(
        seed,
        flaw,
        validators,
        random.nextInt(3) == 0 ? 1 : 0,
        liar,
        weather,
        machines,
        3_000 + random.nextInt(6_000));
  }

  /** Four validators, no fault at all: the ground for tests of one thing. */
  static WholeScenario calm(long seed) {
    return new WholeScenario(
        seed, NodeFlaw.NONE, 4, 0, Liar.NONE, Weather.CALM, Machines.SOUND, 2_000);
  }

  static <T> T pick(SplittableRandom random, T[] from) {
    return from[random.nextInt(from.length)];
  }
}
