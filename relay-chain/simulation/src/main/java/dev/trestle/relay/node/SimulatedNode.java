package dev.trestle.relay.node;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusMessage;
import dev.trestle.relay.consensus.SignedMessage;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.ledger.Families;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.Ledger;
import dev.trestle.relay.ledger.LedgerOptions;
import dev.trestle.relay.ledger.LedgerView;
import dev.trestle.relay.node.simulated.Failure;
import dev.trestle.relay.node.simulated.Power;
import dev.trestle.relay.node.simulated.PowerCut;
import dev.trestle.relay.node.simulated.VirtualDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A machine and the production node on it: ledger, consensus, mempool, sync, write-ahead log and
 * sign guard as they are, over the clock, the network and the disk of a simulation. What ends with
 * the machine is made anew at each start. One thread only.
 */
public final class SimulatedNode {
  /** Fixed, so that the machine that simulates changes nothing. */
  private static final int WORKERS = 2;

  private static final LedgerOptions LEDGER = new LedgerOptions(8, 64);
  private static final NodeConfig.Operations OPERATIONS =
      new NodeConfig.Operations(
          0, Optional.empty(), LogFormat.TEXT, new NodeConfig.Keep(0, 0, 1_000_000));

  /** What leaves a node for a peer. */
  public record Envelope(String type, Bytes bytes) {}

  /** The world around the nodes. */
  public interface Surroundings {
    /** Milliseconds since the start; only goes forward. */
    long nowMs();

    void schedule(long delayMs, Runnable task);

    int random(int bound);

    /** Whether the machine fails instead of what it is about to do. */
    Optional<Failure> fails(SimulatedNode node);

    void send(SimulatedNode from, Hash32 to, Envelope envelope);

    /** A consensus message is about to leave, to whoever is connected. */
    void says(SimulatedNode node, SignedMessage message);

    /** A block is stored. */
    void decided(SimulatedNode node, DecidedBlock block);

    void punished(SimulatedNode node, Hash32 peer, String reason);

    void disconnected(SimulatedNode node, Hash32 peer);

    /** The machine has failed. */
    void crashed(SimulatedNode node, Failure failure);

    /** The node has stopped by itself, for good. */
    void stopped(SimulatedNode node, Throwable cause);
  }

  /**
   * @param fingerprint of its transport key
   * @param key of a validator
   */
  public record Identity(
      String name, Hash32 fingerprint, Optional<Supplier<SecretKey>> key, NodeFlaw flaw) {}

  private final Surroundings world;
  private final Genesis genesis;
  private final Families families;
  private final NodeConfig config;
  private final Identity identity;
  private final Power power = new Power(this::failure);
  private final VirtualTables tables;
  private final VirtualDisk disk;
  private long clockErrorMs;
  private Optional<Life> life = Optional.empty();
  private int lives;

  /** From a start to the failure or stop that ends it. */
  private record Life(NodeCore core, LedgerMachine machine, VirtualPeers peers) {}

  /** A machine with a disk on which nothing but a new guard is, switched off. */
  public SimulatedNode(
      Surroundings world,
      Genesis genesis,
      Families families,
      NodeConfig.Timing timing,
      Identity identity,
      SplittableRandom random) {
    this.world = world;
    this.genesis = genesis;
    this.families = families;
    this.identity = identity;
    this.tables = new VirtualTables(power, random.split(), identity.flaw());
    this.disk =
        new VirtualDisk(
            power,
            random.split(),
            name -> identity.flaw() == NodeFlaw.LOG_NOT_SYNCED && name.endsWith(".wal"));
    Path dataDir = disk.path("/data");
    NodeConfig.Role role =
        identity.key().isPresent()
            ? new NodeConfig.Role.Validator(disk.path("/keys/validator.key"), false)
            : new NodeConfig.Role.Follower();
    this.config =
        new NodeConfig(
            dataDir,
            dataDir.resolve("genesis.hex"),
            "localhost",
            0,
            List.of(),
            role,
            0,
            timing,
            OPERATIONS);
    config.validator().ifPresent(own -> NodeFiles.createSignGuard(own.keyFile()));
  }

  private Optional<Failure> failure() {
    return world.fails(this);
  }

  /** Starts the machine, and the node on what its disk holds. */
  public void start() {
    lives++;
    int born = lives;
    power.restore();
    run(born, () -> life = Optional.of(open(born)));
  }

  private Life open(int born) {
    RocksStore store = RocksStore.open(tables, genesis.chainId());
    LedgerMachine machine =
        new LedgerMachine(Ledger.open(genesis, families, store.state(), LEDGER));
    ValidatorPeers validators = new ValidatorPeers(machine.validators());
    Optional<ValidatorParts> validator =
        config.validator().map(role -> FlawedParts.open(identity, role, config.dataDir(), store));
    LongSupplier guard = () -> validator.map(own -> own.signer().sequence()).orElse(0L);
    ChainExecutor chain =
        identity.flaw() == NodeFlaw.CERTIFICATE_UNCHECKED
            ? new FlawedParts.Credulous(genesis, machine, store, guard)
            : new ChainExecutor(genesis, machine, store, guard);
    VirtualCore runner = new VirtualCore(world, task -> run(born, task));
    VirtualPeers peers = new VirtualPeers(this, world, validators, power);
    NodeCore core =
        NodeCore.join(
            new NodeCore.Ground(
                config,
                genesis,
                store,
                machine,
                chain,
                validators,
                validator,
                new SnapshotService(
                    store, genesis.chainId(), new SnapshotFolder(config.dataDir()), 0),
                peers,
                new NodeCore.Runners(runner, runner::work, WORKERS, runner::checkVote),
                this::clockMs,
                () -> {},
                block -> world.decided(this, block)));
    if (identity.flaw() == NodeFlaw.GUARD_FORGOTTEN) {
      validator.ifPresent(own -> own.signer().waitsFor(() -> true));
    }
    peers.start(core.loop());
    core.start();
    return new Life(core, machine, peers);
  }

  /** Runs a task of a life, if that is not over, and sees to it when the task ends it. */
  private void run(int born, Runnable task) {
    if (born != lives) {
      return;
    }
    try {
      task.run();
    } catch (PowerCut _) {
      // how it failed is looked up below, because whoever catches too much could hide it
    } catch (RuntimeException | Error fault) {
      if (power.failed().isEmpty() && born == lives) {
        end();
        world.stopped(this, fault);
        return;
      }
    }
    if (born == lives) {
      power.failed().ifPresent(this::crash);
    }
  }

  private void end() {
    lives++;
    life = Optional.empty();
  }

  /** The machine fails now. */
  public void crash(Failure failure) {
    end();
    disk.fail(failure);
    tables.fail(failure);
    world.crashed(this, failure);
  }

  /** While it is off: a repair of its disk took the write-ahead log away. */
  public void loseLog() {
    disk.lose(NodeFiles.writeAheadLog(config.dataDir()));
  }

  private void inLife(Consumer<Life> task) {
    life.ifPresent(now -> run(lives, () -> task.accept(now)));
  }

  /** Whether it speaks with a peer, after what that has done. */
  public boolean welcomes(Hash32 peer) {
    return life.filter(now -> now.peers().welcomes(peer)).isPresent();
  }

  public void connect(Hash32 peer) {
    inLife(now -> now.peers().connect(peer));
  }

  public void disconnect(Hash32 peer) {
    inLife(now -> now.peers().disconnect(peer));
  }

  public void receive(Hash32 from, Bytes bytes) {
    inLife(now -> now.peers().receive(from, bytes));
  }

  /** As a user of this node does; nobody is told if the machine fails first. */
  public void submit(Bytes transaction, long patienceMs, Consumer<Settlement> told) {
    inLife(now -> now.core().loop().submit(transaction, patienceMs, told));
  }

  /** Offers a transaction and does not wait for a block. */
  public void offer(Bytes transaction, Consumer<Verdict<Hash32>> told) {
    inLife(
        now -> {
          CompletableFuture<Void> _ = now.core().loop().transaction(transaction).thenAccept(told);
        });
  }

  /** What this node has just said: a flaw may follow from it. */
  void said(SignedMessage message) {
    world.says(this, message);
    if (identity.flaw() == NodeFlaw.ROUND_DROPS_TRANSACTIONS
        && message.message() instanceof ConsensusMessage.RoundChange) {
      life.map(now -> now.core().desk())
          .ifPresent(desk -> desk.drop(desk.select(NodePort.MAX_TRANSACTIONS, Long.MAX_VALUE)));
    }
  }

  /** How far its clock is ahead. */
  public void setClock(long errorMs) {
    clockErrorMs = errorMs;
  }

  private long clockMs() {
    return genesis.timeMillis() + 1_000 + world.nowMs() + clockErrorMs;
  }

  public Identity identity() {
    return identity;
  }

  public boolean isUp() {
    return life.isPresent();
  }

  /** Counts starts and ends: two equal numbers are of one life. */
  public int lives() {
    return lives;
  }

  /** Height of the newest block; 0 while it is off. */
  public long height() {
    return life.map(now -> now.core().chain().head().height()).orElse(0L);
  }

  /** The state after the newest block. */
  public Hash32 stateRoot() {
    return life.map(now -> now.machine().stateRoot()).orElse(Hash32.ZERO);
  }

  /** Empty while it is off. */
  public Optional<LedgerView> view() {
    return life.map(now -> now.machine().ledger().view());
  }

  /** Empty while it is off, or if there is no such block. */
  public Optional<Block> block(long height) {
    return life.flatMap(now -> now.core().ground().store().block(height));
  }

  /** Empty while it is off, or if there is no such block. */
  public Optional<CommitCertificate> certificate(long height) {
    return life.flatMap(now -> now.core().ground().store().certificate(height));
  }

  /** Whether a block with it is stored. */
  public boolean has(Hash32 transaction) {
    return life.flatMap(now -> now.core().ground().store().transaction(transaction)).isPresent();
  }

  /** The set that certifies {@code height}, as far as the next block. */
  public ValidatorSet validatorsAt(long height) {
    return life.orElseThrow().core().chain().setAt(height);
  }

  /** Height up to which it has given up its vote; 0 if it has not, or is off. */
  public long abstainsThrough() {
    return life.flatMap(now -> now.core().ground().signer())
        .map(signer -> signer.state().abstainThrough())
        .orElse(0L);
  }

  /** Failures that lost something written and not forced. */
  public long losses() {
    return disk.losses();
  }

  /** What only the liar of this machine asks for. */
  Optional<NodeCore> core() {
    return life.map(Life::core);
  }

  @Override
  public String toString() {
    return identity.name();
  }
}
