package dev.trestle.relay.simulation;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.crypto.PublicKey;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusConfig;
import dev.trestle.relay.consensus.Flaw;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.RelayHeader;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.SimulatedConsensus;
import dev.trestle.relay.consensus.TimerPolicy;
import dev.trestle.relay.consensus.ValidatorSet;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/**
 * One seeded run: a virtual clock, a network that loses, delays, repeats, reorders and splits,
 * nodes that crash, validators that lie. Then everything heals and progress is demanded.
 */
final class World {
  static final long EPOCH_MS = 1_700_000_000_000L;

  private static final Hash32 CHAIN = Digests.sha256(Bytes.utf8("simulated chain"));
  private static final TimerPolicy TIMERS =
      new TimerPolicy(400, 400, 2_000, 8_000, 1_000, 300, 1_000, 500, 5_000);
  private static final int HEIGHTS_AFTER_HEAL = 3;
  private static final long LIVENESS_MS = 120_000;
  private static final long MAX_EVENTS = 2_000_000;
  private static final List<PublicKey> KEYS = keys();

  private record Event(long timeMs, long sequence, int target, Runnable task) {}

  final Scenario scenario;
  final SplittableRandom random;
  final ValidatorSet validators;
  final ChainHead genesis;
  final ConsensusConfig config = new ConsensusConfig(CHAIN, TIMERS, 1);
  final Signatures signatures = new Signatures();
  final SimulatedConsensus engine;
  final Invariants invariants;
  final List<SimNode> nodes = new ArrayList<>();
  private final Attacker attacker;
  private final PriorityQueue<Event> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Event::timeMs).thenComparingLong(Event::sequence));
  private final List<Integer> sides = new ArrayList<>();
  private final int firstLiar;
  private long timeMs;
  private long sequence;
  private long audit;

  World(Scenario scenario) {
    this.scenario = scenario;
    this.random = new SplittableRandom(scenario.seed());
    this.validators = ValidatorSet.of(KEYS.subList(0, scenario.validators()));
    this.genesis = ChainHead.genesis(CHAIN, EPOCH_MS - 1, validators);
    this.engine = new SimulatedConsensus(scenario.flaw(), signatures::signed);
    // which validators lie turns with the seed, so that they propose at different heights
    this.firstLiar = random.nextInt(scenario.validators());
    Set<EvmAddress> liars = new TreeSet<>();
    for (int i = 0; i < scenario.validators(); i++) {
      if (isLiar(i)) {
        liars.add(validators.address(i));
      }
    }
    this.invariants =
        new Invariants(
            validators, CHAIN, signatures, liars, scenario.flaw() != Flaw.QUORUM_MINUS_ONE);
    for (int i = 0; i < scenario.validators(); i++) {
      int copies = !isLiar(i) ? 1 : scenario.attack() == Scenario.Attack.TWINS ? 2 : 0;
      for (int copy = 0; copy < copies; copy++) {
        addNode(i);
      }
    }
    this.attacker =
        switch (scenario.attack()) {
          case SILENT -> Attacker.SILENT;
          case EQUIVOCATOR -> new Equivocator(this);
          case TWINS -> new Twins(this);
          case SPLITTER -> new Splitter(this);
        };
  }

  private static List<PublicKey> keys() {
    List<PublicKey> keys = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      keys.add(SecretKey.derive(Bytes.utf8("simulation"), "validator/" + i).publicKey());
    }
    return List.copyOf(keys);
  }

  private void addNode(int key) {
    Flaw flaw = scenario.flaw();
    boolean guarded = flaw != Flaw.LATE_COMMIT && flaw != Flaw.SPEAK_BEFORE_PERSIST;
    GuardedSigner signer = new GuardedSigner(validators.address(key), signatures, guarded);
    nodes.add(new SimNode(this, nodes.size(), key, signer, random.nextInt(200) - 100L));
    sides.add(0);
  }

  /** Runs to the end or to the first violation. */
  static Report run(Scenario scenario) {
    World world = new World(scenario);
    Optional<String> violation = Optional.empty();
    try {
      world.runAll();
    } catch (Violation found) {
      violation = Optional.of(String.valueOf(found.getMessage()));
    }
    return new Report(scenario, violation, world.audit, world.sequence, world.slowest());
  }

  private void runAll() {
    for (SimNode node : nodes) {
      schedule(random.nextInt(50), node.id, () -> node.startHeight(RecoveredHeight.NONE));
    }
    schedule(0, -1, this::tick);
    runUntil(scenario.healAtMs(), Long.MAX_VALUE);
    for (SimNode node : nodes) {
      sides.set(node.id, 0);
      if (!node.isUp()) {
        node.restart();
      }
    }
    long target = highest() + HEIGHTS_AFTER_HEAL;
    runUntil(scenario.healAtMs() + LIVENESS_MS, target);
    if (slowest() < target) {
      StringBuilder where = new StringBuilder("liveness: target " + target);
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
        throw new Violation("event storm");
      }
      queue.remove();
      timeMs = next.timeMs();
      mix(timeMs);
      mix(next.target());
      next.task().run();
    }
  }

  /** Every 100 ms: new partitions, and the attacker's turn. */
  private void tick() {
    if (!isHealed() && scenario.partitions() && random.nextInt(8) == 0) {
      int split = random.nextInt(3) == 0 ? 0 : 1;
      sides.replaceAll(side -> split * random.nextInt(2));
    }
    attacker.tick();
    schedule(100, -1, this::tick);
  }

  boolean isHealed() {
    return timeMs >= scenario.healAtMs();
  }

  /** Whether the node dies before its next effect. */
  boolean strikes(SimNode node) {
    return scenario.crashes() && !isHealed() && !isLiar(node.key) && random.nextInt(400) == 0;
  }

  boolean isLiar(int key) {
    return Math.floorMod(key - firstLiar, scenario.validators()) < scenario.liars();
  }

  long timeMs() {
    return timeMs;
  }

  void schedule(long delay, int target, Runnable task) {
    queue.add(new Event(timeMs + delay, sequence++, target, task));
  }

  List<SimNode> correct() {
    return nodes.stream().filter(node -> !isLiar(node.key)).toList();
  }

  private long slowest() {
    long slowest = Long.MAX_VALUE;
    for (SimNode node : nodes) {
      slowest = isLiar(node.key) ? slowest : Math.min(slowest, node.decidedHeight());
    }
    return slowest;
  }

  long highest() {
    long highest = 0;
    for (SimNode node : nodes) {
      highest = isLiar(node.key) ? highest : Math.max(highest, node.decidedHeight());
    }
    return highest;
  }

  void broadcast(SimNode from, SignedMessage message) {
    invariants.onSaid(message.sender(), message.message().statement());
    Packet packet = new Packet.Consensus(message);
    attacker.observe(message);
    sendToAll(from, packet);
  }

  void sendToAll(SimNode from, Packet packet) {
    for (SimNode to : nodes) {
      if (to.key != from.key) {
        send(from, to, packet);
      }
    }
  }

  void sendToKey(SimNode from, EvmAddress peer, Packet packet) {
    int key = validators.indexOf(peer).orElseThrow();
    for (SimNode to : nodes) {
      if (to.key == key && to.id != from.id) {
        send(from, to, packet);
      }
    }
    if (packet instanceof Packet.WantBody(long height, Hash32 blockId)) {
      attacker
          .body(key, blockId)
          .ifPresent(block -> deliver(1 + random.nextInt(20), from, from, new Packet.Body(block)));
    }
  }

  void send(SimNode from, SimNode to, Packet packet) {
    if (!attacker.passes(from, to, packet)) {
      return;
    }
    if (isHealed()) {
      deliver(1 + random.nextInt(30), from, to, packet);
      return;
    }
    if (!sides.get(from.id).equals(sides.get(to.id))
        || random.nextInt(100) < scenario.lossPercent()) {
      return;
    }
    deliver(1 + random.nextInt(scenario.maxDelayMs()), from, to, packet);
    if (random.nextInt(20) == 0) {
      deliver(1 + random.nextInt(scenario.maxDelayMs()), from, to, packet);
    }
  }

  /** A liar's message; liars have good connections. */
  void inject(SimNode to, SignedMessage message) {
    deliver(1 + random.nextInt(10), to, to, new Packet.Consensus(message));
  }

  private void deliver(long delay, SimNode from, SimNode to, Packet packet) {
    schedule(
        delay,
        to.id,
        () -> {
          mix(packet.fingerprint());
          to.receive(from, packet);
        });
  }

  private void mix(long value) {
    audit = (Long.rotateLeft(audit, 7) ^ value) * 0x9E3779B97F4A7C15L;
  }

  Block build(SimNode node, long height, long blockTimeMs) {
    Optional<Packet.Decided> parent =
        height == 1 ? Optional.empty() : Optional.of(node.decided(height - 1));
    return build(parent, validators.address(node.key), blockTimeMs);
  }

  /** A valid block with random content. */
  Block build(Optional<Packet.Decided> parent, EvmAddress builder, long blockTimeMs) {
    Optional<CommitCertificate> lastCommit = parent.map(Packet.Decided::certificate);
    Hash32 parentId = parent.map(each -> each.block().id()).orElse(CHAIN);
    List<Bytes> transactions = List.of(Bytes.utf8("tx " + random.nextLong()));
    Hash32 txRoot = Block.txRoot(transactions);
    RelayHeader header =
        new RelayHeader(
            CHAIN,
            parent.map(each -> each.block().height()).orElse(0L) + 1,
            blockTimeMs,
            parentId,
            0,
            validators.hash(),
            validators.hash(),
            txRoot,
            stateRoot(parentId, txRoot),
            Hash32.ZERO,
            Hash32.ZERO,
            Block.lastCommitHash(lastCommit),
            Block.evidenceRoot(List.of()),
            builder);
    return new Block(header, transactions, lastCommit, List.of());
  }

  static Hash32 execute(Block block) {
    return stateRoot(block.header().parentId(), block.header().txRoot());
  }

  private static Hash32 stateRoot(Hash32 parentId, Hash32 txRoot) {
    return Digests.keccak256(parentId.bytes(), txRoot.bytes());
  }
}
