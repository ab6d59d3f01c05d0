package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Digests;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.ConsensusConfig;
import dev.trestle.relay.consensus.SimulatedConsensus;
import dev.trestle.relay.consensus.TimerPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * One seeded run in one thread: a virtual clock, a network that loses, delays, repeats, reorders
 * and splits, machines that fail, validators that lie. Then everything heals and progress is
 * demanded.
 */
final class World {
  static final long EPOCH_MS = 1_700_000_000_000L;
  static final Hash32 CHAIN = Digests.sha256(Bytes.utf8("simulated chain"));

  private static final TimerPolicy TIMERS =
      new TimerPolicy(400, 400, 2_000, 8_000, 1_000, 300, 1_000, 500, 5_000);
  private static final int HEIGHTS_AFTER_HEAL = 3;
  private static final long LIVENESS_MS = 120_000;
  private static final long MAX_EVENTS = 5_000_000;
  private static final int TICK_MS = 100;
  private static final int POLL_TICKS = 10;
  private static final int CLOCK_ERROR_MS = 100;
  private static final int CLOCK_JUMP_MS = 600_000;

  private record Event(long timeMs, long sequence, int target, Runnable task)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(timeMs, other.timeMs);
      return order != 0 ? order : Long.compare(sequence, other.sequence);
    }
  }

  final Scenario scenario;
  final SplittableRandom random;
  final Membership membership;
  final ChainHead genesis;
  final ConsensusConfig config = new ConsensusConfig(CHAIN, TIMERS, 1);
  final Signatures signatures = new Signatures();
  final SimulatedConsensus engine;
  final SimLedger ledger;
  final Invariants invariants;
  final Network network;
  final List<SimNode> nodes = new ArrayList<>();
  private final List<SimNode> correct;
  private final List<SimNode> jumping;
  private final Attacker attacker;
  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private long timeMs;
  private long sequence;
  private long audit;
  private int ticks;
  private int clockJumps;

  private World(Scenario scenario) {
    this.scenario = scenario;
    this.random = new SplittableRandom(scenario.seed());
    // which validators lie turns with the seed, so that they propose at different heights
    this.membership =
        new Membership(
            scenario.change(),
            scenario.validators(),
            scenario.epochLength(),
            scenario.faulty(),
            random.nextInt(scenario.validators()));
    this.genesis = ChainHead.genesis(CHAIN, EPOCH_MS - 1, membership.at(1));
    this.engine = new SimulatedConsensus(scenario.flaw(), signatures);
    this.ledger = new SimLedger(CHAIN, membership);
    this.invariants = new Invariants(membership, signatures, ledger);
    int copies =
        switch (scenario.attack()) {
          case TWINS -> 2;
          case FORGETFUL -> 1;
          case NONE, SILENT, EQUIVOCATOR, SPLITTER, FORGER -> 0;
        };
    for (int key = 0; key < membership.everyone().size(); key++) {
      for (int copy = 0; copy < (isLiar(key) ? copies : 1); copy++) {
        nodes.add(new SimNode(this, nodes.size(), key, random.nextInt(2 * CLOCK_ERROR_MS)));
      }
    }
    this.correct = nodes.stream().filter(node -> !isLiar(node.key)).toList();
    this.jumping = correct.subList(0, scenario.machines().jumpingClocks());
    correct
        .subList(correct.size() - scenario.machines().lostLogs(), correct.size())
        .forEach(SimNode::setLogAtRisk);
    this.attacker =
        switch (scenario.attack()) {
          case NONE, SILENT -> Attacker.SILENT;
          case EQUIVOCATOR -> new Equivocator(this);
          case TWINS -> new Twins(this);
          case SPLITTER -> new Splitter(this);
          case FORGER -> new Forger(this);
          case FORGETFUL -> new Forgetful(this);
        };
    this.network =
        new Network(
            this,
            attacker,
            new Partitions(
                scenario.weather().partitions(),
                membership.everyone().size(),
                scenario.seed(),
                random));
  }

  /** Runs to the end or to the first violation. */
  static Report run(Scenario scenario) {
    return run(scenario, HEIGHTS_AFTER_HEAL);
  }

  /**
   * As {@link #run(Scenario)}.
   *
   * @param heights that are demanded once everything has healed
   */
  static Report run(Scenario scenario, int heights) {
    World world = new World(scenario);
    Optional<String> violation = Optional.empty();
    try {
      world.runAll(heights);
    } catch (Violation found) {
      violation = Optional.of(String.valueOf(found.getMessage()));
    } catch (TrestleException | IllegalArgumentException | IllegalStateException fault) {
      violation = Optional.of("a core or shell failed: " + fault);
    }
    return new Report(
        scenario, violation, world.audit, world.sequence, world.slowest(), world.faults());
  }

  /**
   * What an outage came to.
   *
   * @param heights decided by anybody while it lasted
   * @param recoveryMs from its end until everybody has a block that is new to all
   */
  record Outage(long heights, long recoveryMs) {}

  /**
   * Runs with {@code down} machines that stop after a second, all at once, and are started again
   * when the scenario heals.
   *
   * @throws Violation as for any run, and if there is no new block within two minutes of that
   */
  static Outage outage(Scenario scenario, int down) {
    World world = new World(scenario);
    long[] highest = new long[2];
    world.schedule(
        1_000,
        -1,
        () -> {
          highest[0] = world.highest();
          world.correct.subList(0, down).forEach(SimNode::stop);
        });
    world.schedule(scenario.healAtMs() - 1, -1, () -> highest[1] = world.highest());
    world.runAll(1);
    return new Outage(highest[1] - highest[0], world.timeMs - scenario.healAtMs());
  }

  private void runAll(int heights) {
    for (SimNode node : nodes) {
      schedule(random.nextInt(50), node.id, node::start);
    }
    schedule(0, -1, this::tick);
    runUntil(scenario.healAtMs(), Long.MAX_VALUE);
    for (SimNode node : nodes) {
      node.setClock(random.nextInt(2 * CLOCK_ERROR_MS) - CLOCK_ERROR_MS);
      if (!node.isUp()) {
        node.start();
      }
    }
    long target = highest() + heights;
    runUntil(scenario.healAtMs() + LIVENESS_MS, target);
    if (slowest() < target) {
      StringBuilder where = new StringBuilder("L1 no progress to height " + target);
      for (SimNode node : nodes) {
        where.append("\n  ").append(node.name).append(' ').append(node.state().diagnostics());
      }
      throw new Violation(where.toString());
    }
  }

  private void runUntil(long endMs, long target) {
    while (slowest() < target) {
      Event next = queue.peek();
      if (next == null || next.timeMs() > endMs) {
        timeMs = endMs;
        return;
      }
      if (sequence > MAX_EVENTS) {
        throw new Violation("a storm of " + MAX_EVENTS + " events");
      }
      queue.remove();
      timeMs = next.timeMs();
      mix(timeMs);
      mix(next.target());
      next.task().run();
    }
  }

  private void tick() {
    ticks++;
    network.tick();
    if (!isHealed()) {
      for (SimNode node : jumping) {
        if (random.nextInt(10) == 0) {
          node.setClock(random.nextInt(2 * CLOCK_JUMP_MS) - CLOCK_JUMP_MS);
          clockJumps++;
        }
      }
    }
    attacker.tick();
    nodes.get(random.nextInt(nodes.size())).work();
    if (ticks % POLL_TICKS == 0) {
      correct.forEach(SimNode::checkWeight);
      if (scenario.change() != Membership.Change.FIXED) {
        // who does not know the set of a height cannot tell from its messages that it is behind
        nodes.forEach(node -> node.poll(nodes.get(random.nextInt(nodes.size()))));
      }
    }
    schedule(TICK_MS, -1, this::tick);
  }

  boolean isHealed() {
    return timeMs >= scenario.healAtMs();
  }

  /** Whether transactions wait at a node; in calm weather they are at all nodes or at none. */
  boolean hasWork() {
    return scenario.weather().equals(Scenario.Weather.CALM) || random.nextInt(10) < 7;
  }

  /** Whether a machine is too busy to execute a block at once. */
  boolean isBusy() {
    return !isHealed() && scenario.machines().crashes() > 0 && random.nextInt(30) == 0;
  }

  /** Whether the machine fails at its write number {@code write}. */
  Optional<Disk.Failure> fails(SimNode node, int write) {
    if (isHealed() || isLiar(node.key)) {
      return Optional.empty();
    }
    Scenario.Machines machines = scenario.machines();
    if (machines.at().isPresent()) {
      Scenario.CrashPoint point = machines.at().get();
      return point.node() == node.id && point.write() == write
          ? Optional.of(point.failure())
          : Optional.empty();
    }
    int every = node.isLogAtRisk() ? 1 + machines.crashes() / 5 : machines.crashes();
    return every > 0 && random.nextInt(every) == 0
        ? Optional.of(Scenario.pick(random, Disk.Failure.values()))
        : Optional.empty();
  }

  boolean isLiar(int key) {
    return membership.liars().contains(key);
  }

  long timeMs() {
    return timeMs;
  }

  void schedule(long delay, int target, Runnable task) {
    queue.add(new Event(timeMs + delay, sequence++, target, task));
  }

  List<SimNode> correct() {
    return correct;
  }

  private long slowest() {
    long slowest = Long.MAX_VALUE;
    for (SimNode node : correct) {
      slowest = Math.min(slowest, node.decidedHeight());
    }
    return slowest;
  }

  long highest() {
    long highest = 0;
    for (SimNode node : correct) {
      highest = Math.max(highest, node.decidedHeight());
    }
    return highest;
  }

  void mix(long value) {
    audit = (Long.rotateLeft(audit, 7) ^ value) * 0x9E3779B97F4A7C15L;
  }

  private Faults faults() {
    long crashes = 0;
    long tornLogs = 0;
    long lostWrites = 0;
    long lostLogs = 0;
    long evidence = 0;
    long rounds = 0;
    for (SimNode node : correct) {
      crashes += node.crashes();
      tornLogs += node.disk().tornTails();
      lostWrites += node.disk().lostWrites();
      lostLogs += node.lostLogs();
      evidence += node.evidence();
      rounds += node.rounds();
    }
    return new Faults(
        network.lost(),
        network.cut(),
        network.repeated(),
        crashes,
        tornLogs,
        lostWrites,
        lostLogs,
        clockJumps,
        membership.epochOf(Math.max(1, highest())),
        evidence,
        rounds);
  }
}
