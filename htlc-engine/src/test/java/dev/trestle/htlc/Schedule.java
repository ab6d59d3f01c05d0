package dev.trestle.htlc;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.Async;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.sim.SimAdapter;
import dev.trestle.adapter.sim.SimChain;
import dev.trestle.adapter.sim.SimChain.Flavor;
import dev.trestle.adapter.sim.SimFaults;
import dev.trestle.adapter.sim.SimTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One simulated swap: everything that happens follows from the seed. Honest transactions wait as
 * long as the chain's declared times allow, parties crash and stay away within the outage budget,
 * calls fail before or after their effect, mempools forget, blocks are taken back.
 */
final class Schedule {
  /** Longest wait of an honest transaction, blocks; the declared 300 s less what ticks cost. */
  private static final int MAX_WAIT = 3;

  private static final int OUTAGE_TICKS = 9;
  private static final Amount MAX_FEES = Amount.of(400);

  private final Random random;
  private final World world;
  private final SwapTerms terms;
  private final Mistake mistake;
  private final Optional<Adversary> adversary;
  private final List<Party> honest = new ArrayList<>();
  private final Map<Hash32, Long> allowedFrom = new HashMap<>();
  private final Map<Role, Integer> outageFrom = new HashMap<>();
  private final Map<SimChain, List<SimTransaction>> forgotten = new HashMap<>();
  private int tick;

  /** What an honest party does wrong, and how the terms are wrong. */
  record Mistake(String name, boolean tightGap, Consumer<Party> seed) {
    static final Mistake NONE = new Mistake("none", false, party -> {});
  }

  /** An invariant that does not hold. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    Violation(String message) {
      super(message);
    }
  }

  Schedule(long seed, Mistake mistake) {
    // Small seeds alone give Random almost the same first bits.
    this.random = new Random(seed * 0x9E3779B97F4A7C15L ^ (seed << 17));
    this.mistake = mistake;
    Flavor one = random.nextBoolean() ? Flavor.UTXO : Flavor.ACCOUNT;
    Flavor two = random.nextBoolean() ? Flavor.UTXO : Flavor.ACCOUNT;
    this.world = new World(one, two);
    List<Long> expiries = TimelockPolicyTestSupport.expiries(world, mistake.tightGap());
    this.terms = world.terms(expiries);
    int mean = random.nextInt(3);
    if (mean != 1) {
      honest.add(world.alice);
    }
    if (mean != 2) {
      honest.add(world.bob);
    }
    this.adversary =
        mean == 0
            ? Optional.empty()
            : Optional.of(new Adversary(world, mean == 1 ? world.alice : world.bob, terms, random));
    for (Party party : honest) {
      mistake.seed().accept(party);
      party.faults = this::fault;
      party.enter(terms);
      outageFrom.put(party.role, random.nextInt(3) == 0 ? random.nextInt(90) : -100);
    }
  }

  private Optional<SimFaults.Fault> fault(SimFaults.Call call) {
    if (random.nextInt(25) != 0) {
      return Optional.empty();
    }
    return Optional.of(new SimFaults.Fault(AdapterError.UNREACHABLE, random.nextBoolean()));
  }

  /**
   * @throws Violation if an honest party lost, revealed too early, paid twice or did not end
   */
  void run() {
    long lastTick =
        (terms.legs().getFirst().expirySeconds() - World.START) / World.TICK
            + (780 + 240 + 600) / World.TICK
            + MAX_WAIT;
    for (tick = 0; tick <= lastTick; tick++) {
      for (Party party : honest) {
        act(party);
      }
      adversary.ifPresent(Adversary::step);
      chains();
      if (tick > 20 && isQuiet()) {
        break;
      }
    }
    honest.forEach(this::judge);
  }

  private boolean isQuiet() {
    return world.chains.stream().allMatch(c -> c.mempool().isEmpty() && isSettled(c))
        && honest.stream().allMatch(p -> p.driver.orElseThrow().view().status().isEnd());
  }

  private boolean isSettled(SimChain chain) {
    int leg = world.chains.indexOf(chain);
    HtlcObservation seen = truth(leg);
    boolean end = seen.spend().map(s -> s.isFinal()).orElse(false);
    return end || (seen.funding().isEmpty() && adversary.isEmpty() && tick > 60);
  }

  private HtlcObservation truth(int leg) {
    SimChain chain = world.chains.get(leg);
    return Async.await(new SimAdapter(chain).htlc().orElseThrow().observe(terms.htlcTerms(leg)));
  }

  private void act(Party party) {
    int from = outageFrom.getOrDefault(party.role, -100);
    if (tick >= from && tick < from + OUTAGE_TICKS) {
      return;
    }
    if (tick == from + OUTAGE_TICKS || random.nextInt(40) == 0) {
      party.restart();
    }
    boolean revealedBefore = party.hasSigned(StepKey.Kind.CLAIM);
    party.step();
    boolean reveals = !revealedBefore && party.hasSigned(StepKey.Kind.CLAIM);
    if (party.role == Role.INITIATOR && reveals) {
      judgeReveal();
    }
  }

  /** R2, checked on the chains themselves. */
  private void judgeReveal() {
    for (int leg = 0; leg < 2; leg++) {
      HtlcObservation seen = truth(leg);
      boolean there =
          !seen.funding().isEmpty()
              && seen.funding().getFirst().isFinal()
              && seen.funding().getFirst().amount().equals(terms.legs().get(leg).amount());
      if (!there) {
        throw new Violation("the secret is out and leg " + (leg + 1) + " is not final");
      }
    }
    long left = terms.legs().getLast().expirySeconds() - world.time.nowSeconds();
    if (left < World.POLICY.revealWindow(world.timings().getLast())) {
      throw new Violation("the secret is out with " + left + " s left");
    }
  }

  private void chains() {
    world.time.advanceSeconds(World.TICK);
    for (SimChain chain : world.chains) {
      forgetAndRemember(chain);
      for (SimTransaction tx : chain.mempool()) {
        boolean mean = adversary.map(a -> a.transactions.contains(tx.id())).orElse(false);
        allowedFrom.computeIfAbsent(
            tx.id(), id -> tick + (mean ? 0L : random.nextInt(MAX_WAIT + 1)));
      }
      chain.mine(tx -> allowedFrom.getOrDefault(tx.id(), 0L) <= tick);
      boolean again = adversary.isEmpty() && tick > 5 && random.nextInt(60) == 0;
      if (again) {
        chain.reorganize(1 + random.nextInt(World.FINAL - 1));
      }
    }
  }

  /** A node drops its mempool; somebody sends the transactions again a little later. */
  private void forgetAndRemember(SimChain chain) {
    List<SimTransaction> back = forgotten.remove(chain);
    if (back != null) {
      back.forEach(tx -> resend(chain, tx));
    } else if (random.nextInt(15) == 0) {
      List<SimTransaction> waiting = chain.mempool();
      if (!waiting.isEmpty()) {
        forgotten.put(chain, waiting);
        chain.evict(tx -> true);
      }
    }
  }

  private static void resend(SimChain chain, SimTransaction tx) {
    // Refused when a conflict was mined meanwhile, which is as good.
    new SimAdapter(chain).transactions().broadcast(tx.toBytes());
  }

  private void judge(Party party) {
    SimChain own = world.chains.get(terms.paidBy(party.role));
    SimChain other = world.chains.get(terms.paysTo(party.role));
    Amount paid = terms.legs().get(terms.paysTo(party.role)).amount();
    Amount cost = terms.legs().get(terms.paidBy(party.role)).amount();
    Amount ownNow = world.balance(party, own).plus(MAX_FEES);
    Amount otherNow = world.balance(party, other).plus(MAX_FEES);
    boolean whole = !ownNow.isLessThan(World.wealth()) && !otherNow.isLessThan(World.wealth());
    boolean swapped =
        !otherNow.isLessThan(World.wealth().plus(paid))
            && !ownNow.isLessThan(World.wealth().minus(cost));
    if (!whole && !swapped) {
      throw new Violation(
          party.role + " lost: " + ownNow + " and " + otherNow + ", " + party.status());
    }
    if (!party.status().isEnd()) {
      throw new Violation(party.role + " has not ended: " + party.status());
    }
    if (truth(terms.paidBy(party.role)).funding().size() > 1) {
      throw new Violation(party.role + " paid twice");
    }
    Set<StepKey> signed = new HashSet<>();
    for (JournalRecord entry : party.journal.entries) {
      if (entry instanceof JournalRecord.Signed s && !signed.add(s.key())) {
        throw new Violation(party.role + " signed twice: " + s.key());
      }
    }
  }

  @Override
  public String toString() {
    return mistake.name()
        + ", "
        + world.first.flavor()
        + " to "
        + world.second.flavor()
        + ", honest "
        + honest.stream().map(p -> p.role).toList();
  }
}
