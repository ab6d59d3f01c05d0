package dev.trestle.relay.simulation.whole;

import dev.trestle.base.Hash32;
import dev.trestle.base.TrestleException;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.node.DecidedBlock;
import dev.trestle.relay.node.FrameForge;
import dev.trestle.relay.node.NodeConfig;
import dev.trestle.relay.node.NodeFlaw;
import dev.trestle.relay.node.SimulatedNode;
import dev.trestle.relay.node.simulated.Failure;
import dev.trestle.relay.simulation.Partitions;
import dev.trestle.relay.simulation.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * One seeded run in one thread: whole nodes over a virtual clock, network and disks. The chain is
 * set up in peace; then come the chaos and the users, then everything but the lies heals, and what
 * the users have sent must be in the chain of everybody.
 */
final class WholeWorld implements SimulatedNode.Surroundings {
  private static final NodeConfig.Timing TIMING = new NodeConfig.Timing(200, 1_500, 600);
  private static final long SETUP_MS = 60_000;
  private static final long LIVENESS_MS = 300_000;
  private static final int TICK_MS = 100;
  private static final int CLOCK_ERROR_MS = 100;
  private static final int CLOCK_JUMP_MS = 600_000;
  private static final int MAX_DOWN_MS = 3_000;

  private final WholeScenario scenario;
  private final SplittableRandom random;
  private final Trade trade;
  private final Ledgers ledgers;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<SimulatedNode> correct = new ArrayList<>();
  private final List<SimulatedNode> atRisk = new ArrayList<>();
  private final List<SimulatedNode> jumping = new ArrayList<>();
  private final List<User> users = new ArrayList<>();
  private final Optional<FrameForge> forge;
  private final Partitions partitions;
  private final Wire wire;
  private final Counts counts = new Counts();
  private final Agenda agenda = new Agenda();
  private long chaosUntilMs = -1;

  /** How often something struck. */
  private static final class Counts {
    private long crashes;
    private long lostLogs;
    private long abstained;
    private long clockJumps;
    private long lies;
    private long punished;
    private long rounds;
  }

  private WholeWorld(WholeScenario scenario) {
    this.scenario = scenario;
    this.random = new SplittableRandom(scenario.seed());
    this.trade = Trade.of(scenario.validators());
    int liar =
        scenario.liar() == WholeScenario.Liar.NONE ? -1 : random.nextInt(scenario.validators());
    this.ledgers =
        new Ledgers(
            trade,
            liar < 0 ? Set.of() : Set.of(Keys.of("validator", liar).publicKey().evmAddress()));
    for (int i = 0; i < scenario.validators(); i++) {
      validator(i, i == liar);
    }
    for (int i = 0; i < scenario.followers(); i++) {
      SimulatedNode follower =
          node("follower " + i, Trade.fingerprint(1_000 + i), Optional.empty());
      correct.add(follower);
    }
    List<SimulatedNode> voting =
        List.copyOf(correct).subList(0, correct.size() - scenario.followers());
    atRisk.addAll(voting.subList(0, scenario.machines().logsAtRisk()));
    jumping.addAll(
        voting.subList(voting.size() - scenario.machines().jumpingClocks(), voting.size()));
    this.forge =
        scenario.liar() == WholeScenario.Liar.FORGER
            ? Optional.of(forge(nodes.get(liar), Keys.of("validator", liar)))
            : Optional.empty();
    this.partitions =
        new Partitions(
            scenario.weather().partitions(), nodes.size(), scenario.seed(), random.split());
    this.wire = new Wire(this, partitions, nodes.size());
    users.add(new User(this, false, trade.opening()));
  }

  private FrameForge forge(SimulatedNode node, SecretKey key) {
    return new FrameForge(
        node,
        trade.genesis().chainId(),
        key.publicKey().evmAddress(),
        digest -> Secp256k1.instance().signEcdsa(digest, key),
        random.split());
  }

  private void validator(int number, boolean lies) {
    Supplier<SecretKey> key = () -> Keys.of("validator", number);
    Hash32 fingerprint = Trade.fingerprint(number);
    if (!lies) {
      correct.add(node("validator " + number, fingerprint, Optional.of(key)));
      return;
    }
    int machines = scenario.liar() == WholeScenario.Liar.TWINS ? 2 : 1;
    for (int i = 0; i < machines; i++) {
      SimulatedNode _ = node("liar " + number + "/" + i, fingerprint, Optional.of(key));
    }
  }

  private SimulatedNode node(String name, Hash32 fingerprint, Optional<Supplier<SecretKey>> key) {
    NodeFlaw flaw = name.startsWith("liar") ? NodeFlaw.NONE : scenario.flaw();
    SimulatedNode node =
        new SimulatedNode(
            this,
            trade.genesis(),
            Trade.FAMILIES,
            TIMING,
            new SimulatedNode.Identity(name, fingerprint, key, flaw),
            random.split());
    node.setClock(random.nextInt(2 * CLOCK_ERROR_MS) - CLOCK_ERROR_MS);
    nodes.add(node);
    return node;
  }

  /** Runs to the end or to the first violation. */
  static WholeReport run(WholeScenario scenario) {
    WholeWorld world = new WholeWorld(scenario);
    Optional<String> violation = Optional.empty();
    try {
      world.runAll();
    } catch (Violation found) {
      violation = Optional.of(String.valueOf(found.getMessage()));
    }
    return new WholeReport(
        scenario,
        violation,
        world.agenda.audit(),
        world.agenda.events(),
        world.ledgers.height(),
        world.ledgers.transactions(),
        world.nowMs(),
        world.faults());
  }

  private void runAll() {
    for (SimulatedNode node : nodes) {
      if (correct.contains(node) || scenario.liar() != WholeScenario.Liar.SILENT) {
        schedule(random.nextInt(50), () -> start(node));
      }
    }
    schedule(0, this::tick);
    agenda.runUntil(SETUP_MS, () -> users.getFirst().isDone());
    chaosUntilMs = nowMs() + scenario.chaosMs();
    for (int i = 0; i < trade.clients().size(); i++) {
      users.add(new User(this, i % 2 == 1, trade.clients().get(i)));
    }
    agenda.runUntil(chaosUntilMs, () -> false);
    heal();
    long deadline = nowMs() + LIVENESS_MS;
    agenda.runUntil(deadline, () -> users.stream().allMatch(User::isDone));
    requireAllDone();
    long target = ledgers.height() + 1;
    agenda.runUntil(deadline, () -> correct.stream().allMatch(node -> node.height() >= target));
    for (SimulatedNode node : correct) {
      if (node.height() < target) {
        throw new Violation("L1 " + node + " is at " + node.height() + ", others at " + target);
      }
      ledgers.onEnd(node);
    }
  }

  private void requireAllDone() {
    for (User user : users) {
      user.waitsFor()
          .ifPresent(
              what -> {
                throw new Violation(
                    "L2 not in the chain at height " + ledgers.height() + ": " + what);
              });
    }
  }

  private void heal() {
    partitions.heal();
    for (SimulatedNode node : nodes) {
      node.setClock(random.nextInt(2 * CLOCK_ERROR_MS) - CLOCK_ERROR_MS);
    }
  }

  private void tick() {
    wire.dial();
    users.forEach(User::tick);
    if (isChaos()) {
      partitions.tick();
      for (SimulatedNode node : jumping) {
        if (random.nextInt(10) == 0) {
          node.setClock(random.nextInt(2 * CLOCK_JUMP_MS) - CLOCK_JUMP_MS);
          counts.clockJumps++;
        }
      }
    }
    if (chaosUntilMs >= 0) {
      forge.flatMap(FrameForge::lie).ifPresent(this::lie);
    }
    schedule(TICK_MS, this::tick);
  }

  private void lie(SimulatedNode.Envelope lie) {
    SimulatedNode to = correct.get(random.nextInt(correct.size()));
    nodes.stream()
        .filter(node -> !correct.contains(node))
        .findFirst()
        .ifPresent(liar -> wire.send(liar, to.identity().fingerprint(), lie.bytes()));
    counts.lies++;
  }

  private void start(SimulatedNode node) {
    node.start();
    if (node.isUp() && correct.contains(node)) {
      ledgers.onStarted(node, atRisk.contains(node));
    }
  }

  WholeScenario scenario() {
    return scenario;
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  Ledgers ledgers() {
    return ledgers;
  }

  boolean isChaos() {
    return nowMs() < chaosUntilMs;
  }

  /** A correct one that runs. */
  Optional<SimulatedNode> anyNode() {
    List<SimulatedNode> running = correct.stream().filter(SimulatedNode::isUp).toList();
    return running.isEmpty()
        ? Optional.empty()
        : Optional.of(running.get(random.nextInt(running.size())));
  }

  /** Takes something that has happened into the audit hash. */
  void mix(long value) {
    agenda.mix(value);
  }

  @Override
  public long nowMs() {
    return agenda.nowMs();
  }

  @Override
  public void schedule(long delayMs, Runnable task) {
    agenda.schedule(delayMs, task);
  }

  @Override
  public int random(int bound) {
    return random.nextInt(bound);
  }

  @Override
  public Optional<Failure> fails(SimulatedNode node) {
    int steps = scenario.machines().steps();
    if (steps == 0 || !isChaos() || !correct.contains(node)) {
      return Optional.empty();
    }
    if (random.nextInt(atRisk.contains(node) ? 1 + steps / 3 : steps) != 0) {
      return Optional.empty();
    }
    return Optional.of(
        atRisk.contains(node)
            ? WholeScenario.pick(random, Failure.values())
            : WholeScenario.CLEAN.get(random.nextInt(WholeScenario.CLEAN.size())));
  }

  /** A forger's own node is no better than what it makes up. */
  @Override
  public void send(SimulatedNode from, Hash32 to, SimulatedNode.Envelope envelope) {
    boolean spoils =
        forge.isPresent()
            && !correct.contains(from)
            && chaosUntilMs >= 0
            && random.nextInt(40) == 0;
    counts.lies += spoils ? 1 : 0;
    wire.send(from, to, spoils ? forge.orElseThrow().flip(envelope).bytes() : envelope.bytes());
  }

  @Override
  public void says(SimulatedNode node, SignedMessage message) {
    if (correct.contains(node)) {
      ledgers.onSaid(node, message);
      counts.rounds += message.message() instanceof ConsensusMessage.RoundChange ? 1 : 0;
    }
  }

  @Override
  public void decided(SimulatedNode node, DecidedBlock block) {
    if (correct.contains(node)) {
      mix(block.block().id().hashCode());
      ledgers.onDecided(node, block);
      ledgers.onStored(node);
    }
  }

  @Override
  public void punished(SimulatedNode node, Hash32 peer, String reason) {
    boolean lied =
        nodes.stream()
            .anyMatch(
                each -> !correct.contains(each) && each.identity().fingerprint().equals(peer));
    if (correct.contains(node) && !lied) {
      throw new Violation("W9 " + node + " punishes a correct node: " + reason);
    }
    counts.punished++;
  }

  @Override
  public void disconnected(SimulatedNode node, Hash32 peer) {
    wire.disconnect(node, peer);
  }

  @Override
  public void crashed(SimulatedNode node, Failure failure) {
    counts.crashes++;
    mix(failure.name().hashCode());
    wire.gone(node);
    if (atRisk.contains(node) && random.nextInt(3) > 0) {
      node.loseLog();
      counts.lostLogs++;
    }
    schedule(1L + random.nextInt(MAX_DOWN_MS), () -> start(node));
  }

  @Override
  public void stopped(SimulatedNode node, Throwable cause) {
    if (cause instanceof Violation violation) {
      throw violation;
    }
    wire.gone(node);
    if (correct.contains(node)) {
      String code = cause instanceof TrestleException fault ? fault.code().code() + ": " : "";
      throw new Violation("W9 " + node + " has stopped: " + code + cause);
    }
  }

  private WholeFaults faults() {
    long losses = 0;
    for (SimulatedNode node : correct) {
      losses += node.losses();
      counts.abstained += node.abstainsThrough() > 0 ? 1 : 0;
    }
    long retries = users.stream().mapToLong(User::retries).sum();
    return new WholeFaults(
        wire.lost(),
        wire.cut(),
        wire.repeated(),
        counts.crashes,
        losses,
        counts.lostLogs,
        counts.abstained,
        counts.clockJumps,
        counts.lies,
        counts.punished,
        convicted(),
        counts.rounds,
        retries);
  }

  private long convicted() {
    return correct.getFirst().view().stream()
        .flatMap(
            view ->
                trade.genesis().validators().stream()
                    .filter(each -> view.conviction(each.key().evmAddress()).isPresent()))
        .count();
  }
}
