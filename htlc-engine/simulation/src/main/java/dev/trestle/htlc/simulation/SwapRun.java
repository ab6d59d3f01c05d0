package dev.trestle.htlc.simulation;

import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.sim.SimFaults;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.LegMark;
import dev.trestle.htlc.Role;
import dev.trestle.htlc.SwapStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** One simulated swap: everything that happens follows from the seed. */
final class SwapRun {
  /** T1 + D + R + the outage, counted from the first leg's expiry, and what honest ticks cost. */
  private static final long END_TICKS = (780 + 240 + 1800) / Scenario.TICK + Miner.MAX_WAIT + 1;

  private static final int SETTLE_TICKS = 20;

  /** How long after an expiry the slowest clock of a chain has reached it. */
  private static final int MEDIAN_TICKS = 9;

  private final Scenario scenario;
  private final SimWorld world;
  private final Consumer<String> trace;
  private final Random random;
  private final Tally.Counter count = new Tally.Counter();
  private final Judge judge;
  private final Miner miner;
  private final List<SimParty> honest = new ArrayList<>();
  private final List<Adversary> adversaries = new ArrayList<>();
  private final Map<SimParty, Integer> outageFrom = new HashMap<>();
  private final Set<SimParty> mustNotice = new LinkedHashSet<>();
  private final int deepAt;
  private final List<Long> events = new ArrayList<>();
  private int tick;
  private int lastTrouble = -2;
  private boolean doomed;
  private boolean deep;
  private boolean calm;

  /**
   * @param outcomes how the honest parties ended
   */
  record Report(
      Scenario scenario, List<SwapStatus> outcomes, Tally tally, Optional<String> violation) {}

  private SwapRun(Scenario scenario, Consumer<String> trace) {
    this.scenario = scenario;
    this.trace = trace;
    this.random = Scenario.random(scenario.seed(), 2);
    this.world = new SimWorld(scenario);
    this.judge = new Judge(world, scenario);
    this.miner = new Miner(world, random, count, this::say);
    this.deepAt = scenario.beyond() ? 2 * Scenario.FINAL + random.nextInt(60) : -1;
    Adversary.Gang gang = new Adversary.Gang();
    for (int i = 0; i < scenario.honest().size(); i++) {
      if (scenario.honest().get(i)) {
        SimParty party =
            new SimParty(
                world, scenario, Role.of(i), judge, this::fault, this::mayCrash, this::say);
        honest.add(party);
        outageFrom.put(party, outage(i));
      } else {
        adversaries.add(new Adversary(world, miner, random, gang, count, Role.of(i)));
      }
    }
    honest.forEach(SimParty::enter);
    for (int leg = 0; leg < world.chains.size(); leg++) {
      events.add(world.expiry(leg));
    }
    long last = world.expiry(world.chains.size() - 1);
    events.add(last - Scenario.POLICY.revealWindow(world.chains.getLast().profile().timing()));
  }

  /** When a party is away: at any time, or, where it hurts, around the expiry of what it pays. */
  private int outage(int party) {
    int expiry = (int) ((world.expiry(party) - SimWorld.START) / Scenario.TICK);
    return switch (random.nextInt(4)) {
      case 0 -> -1000;
      case 1 -> random.nextInt(130);
      default -> expiry - Scenario.OUTAGE + random.nextInt(2 * Scenario.OUTAGE);
    };
  }

  static Report run(Scenario scenario) {
    return run(scenario, line -> {});
  }

  /**
   * @param trace told of everything that happens, for people
   */
  static Report run(Scenario scenario, Consumer<String> trace) {
    SwapRun run = new SwapRun(scenario, trace);
    Optional<String> violation = Optional.empty();
    try {
      run.run();
    } catch (Violation e) {
      violation = Optional.of(String.valueOf(e.getMessage()));
    }
    List<SwapStatus> outcomes = run.honest.stream().map(SimParty::status).toList();
    return new Report(scenario, outcomes, run.count.tally(), violation);
  }

  private void say(String what) {
    trace.accept("%4d %s".formatted(tick, what));
  }

  private void run() {
    adversaries.forEach(each -> say(each.toString()));
    long lastTick = (world.expiry(0) - SimWorld.START) / Scenario.TICK + END_TICKS;
    for (tick = 0; tick <= lastTick; tick++) {
      if (isActive()) {
        honest.forEach(this::act);
        judge.rethrow();
        adversaries.forEach(Adversary::step);
        if (tick > SETTLE_TICKS && isOver()) {
          break;
        }
      }
      if (tick == deepAt) {
        reorganizeBeyond();
      }
      miner.tick(tick);
    }
    calm = true; // what a party knows is asked after a look that finds something
    honest.forEach(SimParty::step);
    honest.forEach(party -> judge.ends(party, deep));
    mustNotice.forEach(judge::noticed);
    judge.rethrow();
  }

  /** Looks that could only find what the last one found are left out, as most time is waiting. */
  private boolean isActive() {
    long now = world.time.nowSeconds();
    boolean quiet = true;
    for (int leg = 0; leg < world.chains.size(); leg++) {
      quiet &= miner.isQuiet(leg);
    }
    boolean near =
        events.stream()
            .anyMatch(at -> now >= at - Scenario.TICK && now <= at + MEDIAN_TICKS * Scenario.TICK);
    return !quiet
        || near
        || tick < SETTLE_TICKS
        || now >= world.expiry(0)
        || adversaries.stream().anyMatch(a -> a.isDue(now))
        || !honest.stream().allMatch(p -> p.isWaiting() && !isAwayOrJustBack(p))
        || random.nextInt(12) == 0;
  }

  private boolean isAwayOrJustBack(SimParty party) {
    int from = outageFrom.getOrDefault(party, -1000);
    return tick >= from && tick <= from + Scenario.OUTAGE;
  }

  private void act(SimParty party) {
    int from = outageFrom.getOrDefault(party, -1000);
    if (tick >= from && tick < from + Scenario.OUTAGE) {
      if (tick == from) {
        count.outages++;
        say(party.role + " is away");
      }
      return;
    }
    if (tick == from + Scenario.OUTAGE || random.nextInt(40) == 0) {
      Flaws.afterCrash(scenario.flaw(), party.journal);
      party.restart();
    }
    party.step();
  }

  private boolean mayFail() {
    return tick - lastTrouble >= 2;
  }

  /** Failures cost one look at a time: how long a party may be down is the outage's matter. */
  private Optional<SimFaults.Fault> fault(SimFaults.Call call) {
    if (calm) {
      return Optional.empty();
    }
    if (doomed) {
      doomed = false;
      count.crashes++;
      throw new Crash();
    }
    if ((tick != lastTrouble && !mayFail()) || random.nextInt(25) != 0) {
      return Optional.empty();
    }
    lastTrouble = tick;
    boolean afterEffect = random.nextBoolean();
    doomed = random.nextInt(4) == 0;
    if (doomed && !afterEffect) {
      doomed = false;
      count.crashes++;
      throw new Crash();
    }
    count.failedCalls++;
    return Optional.of(new SimFaults.Fault(AdapterError.UNREACHABLE, afterEffect));
  }

  private void mayCrash() {
    if (!calm && (doomed || (mayFail() && random.nextInt(30) == 0))) {
      doomed = false;
      lastTrouble = tick;
      count.crashes++;
      throw new Crash();
    }
  }

  private boolean isOver() {
    for (int leg = 0; leg < world.chains.size(); leg++) {
      if (!miner.isQuiet(leg) || !isSettled(leg)) {
        return false;
      }
    }
    return honest.stream().allMatch(p -> p.status().isEnd());
  }

  private boolean isSettled(int leg) {
    HtlcObservation seen = world.observe(leg);
    boolean spent = seen.spend().map(s -> s.isFinal()).orElse(false);
    boolean one = seen.funding().size() == 1;
    return (spent && one) || (seen.funding().isEmpty() && scenario.isAllHonest() && tick > 60);
  }

  /** More blocks go than can go: a lock that was final is spent another way. */
  private void reorganizeBeyond() {
    int leg = random.nextInt(world.chains.size());
    List<LockFunding> funding = world.observe(leg).funding();
    int depth = Scenario.FINAL + random.nextInt(Scenario.FINAL);
    boolean gone = random.nextBoolean() && !funding.isEmpty();
    Set<Hash32> lost = new HashSet<>();
    if (gone) {
      LockFunding lock = funding.getFirst();
      depth = (int) Math.max(depth, lock.confirmations());
      lost.add(lock.transactionId());
      for (SimParty party : honest) {
        LegMark mark = party.view().marks().getOrDefault(leg, LegMark.NOTHING);
        boolean sender = world.terms.paidBy(party.role) == leg;
        boolean counted =
            mark.funding() == LegMark.Phase.FINAL && mark.fundingId().equals(lock.transactionId());
        // an honest payer sends the same lock again, perhaps before anybody has looked
        boolean comesBack = scenario.honest().get(leg);
        if (counted && !sender && !comesBack && !party.status().isEnd()) {
          mustNotice.add(party);
        }
      }
    }
    deep = true;
    say("leg %d loses %d blocks, %s of them for good".formatted(leg + 1, depth, lost.size()));
    count.deepReorganisations++;
    miner.reorganize(leg, depth, lost);
  }
}
