package dev.trestle.htlc.simulation;

import dev.trestle.adapter.sim.SimAdapter;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes the blocks. Transactions of honest parties wait for as long as the chains' declared times
 * allow; those of adversaries are in the next block. Mempools forget, fees jump, blocks are taken
 * back.
 */
final class Miner {
  /** Longest wait of an honest transaction, blocks; the declared 300 s less what ticks cost. */
  static final int MAX_WAIT = 3;

  private static final long USUAL_FEE = 10;
  private static final int FEE_RANGE = 190;
  private static final int SICK_TICKS = 60;

  final Set<Hash32> mean = new HashSet<>();
  private final SimWorld world;
  private final Random random;
  private final Tally.Counter count;
  private final Consumer<String> trace;
  private final Map<Hash32, Integer> firstSeen = new HashMap<>();
  private final Map<Hash32, Integer> due = new HashMap<>();
  private final List<Map<Hash32, Integer>> minedAt = new ArrayList<>();
  private final List<List<SimTransaction>> forgotten = new ArrayList<>();
  private final List<Integer> sickFrom = new ArrayList<>();
  private final List<Integer> lastChange = new ArrayList<>();
  private int tick;

  Miner(SimWorld world, Random random, Tally.Counter count, Consumer<String> trace) {
    this.trace = trace;
    this.world = world;
    this.random = random;
    this.count = count;
    for (int leg = 0; leg < world.chains.size(); leg++) {
      minedAt.add(new HashMap<>());
      forgotten.add(List.of());
      sickFrom.add(random.nextInt(3) == 0 ? random.nextInt(160) : -1000);
      lastChange.add(0);
    }
  }

  /** One block on each chain. */
  void tick(int now) {
    tick = now;
    world.time.advanceSeconds(Scenario.TICK);
    for (int leg = 0; leg < world.chains.size(); leg++) {
      SimChain chain = world.chains.get(leg);
      sicken(leg, chain);
      fees(chain);
      forgetAndRemember(leg, chain);
      mine(leg, chain);
      int depth = 1 + random.nextInt(Scenario.FINAL - 1);
      if (tick > 5 && random.nextInt(60) == 0 && mayReorganize(leg, depth)) {
        reorganize(leg, depth);
        count.reorganisations++;
      }
    }
  }

  /** Whether nothing on this chain waits or can still be taken back. */
  boolean isQuiet(int leg) {
    return world.chains.get(leg).mempool().isEmpty()
        && forgotten.get(leg).isEmpty()
        && tick - lastChange.get(leg) > Scenario.FINAL + 1;
  }

  private void sicken(int leg, SimChain chain) {
    int since = tick - sickFrom.get(leg);
    if (since == 0) {
      chain.setUsable(false);
      count.sickChains++;
    } else if (since == SICK_TICKS) {
      chain.setUsable(true);
    }
  }

  private void fees(SimChain chain) {
    if (random.nextInt(24) == 0) {
      chain.setFee(Amount.of(USUAL_FEE + random.nextInt(FEE_RANGE)));
      count.feeSpikes++;
    } else if (random.nextInt(4) == 0) {
      chain.setFee(Amount.of(USUAL_FEE));
    }
  }

  private void mine(int leg, SimChain chain) {
    for (SimTransaction tx : chain.mempool()) {
      Hash32 id = tx.id();
      if (firstSeen.putIfAbsent(id, tick) == null) {
        due.put(id, mean.contains(id) ? tick : tick + random.nextInt(MAX_WAIT + 1));
        lastChange.set(leg, tick);
      }
    }
    for (Hash32 id : chain.mine(tx -> due.getOrDefault(tx.id(), tick) <= tick).transactions()) {
      minedAt.get(leg).put(id, tick);
      lastChange.set(leg, tick);
    }
  }

  /** A node drops its mempool; sometimes somebody sends the transactions again a little later. */
  private void forgetAndRemember(int leg, SimChain chain) {
    List<SimTransaction> back = forgotten.get(leg);
    forgotten.set(leg, List.of());
    back.forEach(tx -> resend(chain, tx));
    if (back.isEmpty() && random.nextInt(12) == 0) {
      List<SimTransaction> drop = chain.mempool().stream().filter(tx -> mayDelay(tx.id())).toList();
      if (!drop.isEmpty()) {
        chain.evict(drop::contains);
        trace.accept("leg %d forgets %d transactions".formatted(leg + 1, drop.size()));
        count.evictions++;
        lastChange.set(leg, tick);
        if (random.nextBoolean()) {
          forgotten.set(leg, drop);
        }
      }
    }
  }

  private static void resend(SimChain chain, SimTransaction tx) {
    // refused when a conflict was mined meanwhile, which is as good
    new SimAdapter(chain).transactions().broadcast(tx.toBytes());
  }

  /** Whether keeping it out of the next block is still within the declared times. */
  boolean mayDelay(Hash32 id) {
    return tick + 1 <= due.getOrDefault(id, tick + MAX_WAIT);
  }

  /** Whether everything honest in these blocks is young enough to be final in time once more. */
  boolean mayReorganize(int leg, int depth) {
    return minedAt.get(leg).entrySet().stream()
        .filter(e -> e.getValue() > tick - depth - 1 && !mean.contains(e.getKey()))
        .allMatch(e -> firstSeen.getOrDefault(e.getKey(), 0) >= tick - MAX_WAIT);
  }

  void reorganize(int leg, int depth) {
    reorganize(leg, depth, Set.of());
  }

  /** Takes blocks back; {@code lost} goes for good, unless somebody sends it again. */
  void reorganize(int leg, int depth, Set<Hash32> lost) {
    SimChain chain = world.chains.get(leg);
    chain.reorganize(depth, tx -> !lost.contains(tx.id()));
    chain.evict(tx -> lost.contains(tx.id()) || spends(tx, lost));
    Set<Hash32> still = new HashSet<>();
    chain.mined().forEach(tx -> still.add(tx.id()));
    minedAt.get(leg).keySet().retainAll(still);
    lastChange.set(leg, tick);
    trace.accept("leg %d loses %d blocks".formatted(leg + 1, depth));
  }

  private static boolean spends(SimTransaction tx, Set<Hash32> lost) {
    return tx.body().inputs().stream().anyMatch(in -> lost.contains(in.id()));
  }
}
