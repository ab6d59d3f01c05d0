package dev.trestle.htlc.simulation;

import dev.trestle.htlc.TimelockPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a seed stands for.
 *
 * @param chains of the legs, in their order
 * @param skews of the chains' clocks, seconds
 * @param honest which parties keep the rules; the others work together
 * @param clocks how far the parties' clocks are off, seconds
 * @param beyond whether a chain takes back more blocks than it declared possible, once
 */
record Scenario(
    long seed,
    Flaw flaw,
    List<ChainKind> chains,
    List<Long> skews,
    List<Boolean> honest,
    List<Long> clocks,
    boolean beyond) {
  /** Kinds of chains. */
  enum ChainKind {
    /** Scripts; a claim stays valid after the expiry, whose clock is a median (BIP-113). */
    SCRIPT,
    /** A contract that refuses claims from the expiry on. */
    HARD_CONTRACT,
    /** A contract that takes claims until the refund. */
    SOFT_CONTRACT
  }

  /** Seconds between two looks, and between two blocks. */
  static final long TICK = 60;

  /** Blocks after which a transaction is final. */
  static final int FINAL = 3;

  /** Ticks that a party may be away, once; with the look after it, what the policy allows. */
  static final int OUTAGE = 29;

  /** The budget of every party. */
  static final TimelockPolicy POLICY = new TimelockPolicy(1800, 120);

  private static final int TWO = 2;

  Scenario {
    chains = List.copyOf(chains);
    skews = List.copyOf(skews);
    honest = List.copyOf(honest);
    clocks = List.copyOf(clocks);
  }

  /** Follows from the seed alone: a flaw changes nothing but what the honest parties do. */
  static Scenario of(long seed, Flaw flaw) {
    Random random = random(seed, 1);
    int legs = random.nextInt(3) == 0 ? TWO + 1 : TWO;
    List<ChainKind> chains = new ArrayList<>();
    List<Long> skews = new ArrayList<>();
    List<Long> clocks = new ArrayList<>();
    for (int i = 0; i < legs; i++) {
      chains.add(ChainKind.values()[random.nextInt(ChainKind.values().length)]);
      skews.add(random.nextLong(-TICK, TICK + 1));
      clocks.add(random.nextLong(-TICK / 2, TICK / 2 + 1));
    }
    // bit k: party k+1 keeps the rules; at least one does
    int all = (1 << legs) - 1;
    int mask = random.nextInt(4) == 0 ? all : 1 + random.nextInt(all);
    List<Boolean> honest = new ArrayList<>();
    for (int i = 0; i < legs; i++) {
      honest.add((mask >> i & 1) == 1);
    }
    return new Scenario(seed, flaw, chains, skews, honest, clocks, random.nextInt(12) == 0);
  }

  /** Small seeds alone would give generators that begin almost alike. */
  static Random random(long seed, int stream) {
    long mixed = (seed + stream * 0x632BE59BD9B4E019L) * 0x9E3779B97F4A7C15L;
    return new Random(mixed ^ (mixed >>> 29));
  }

  boolean isAllHonest() {
    return !honest.contains(false);
  }

  @Override
  public String toString() {
    return "legs on %s, honest %s, chain clocks %s, party clocks %s%s%s"
        .formatted(
            chains,
            honest,
            skews,
            clocks,
            beyond ? ", a reorganisation beyond the bound" : "",
            flaw == Flaw.NONE ? "" : ", flaw " + flaw);
  }
}
