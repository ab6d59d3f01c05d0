package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.CompactBlock;
import dev.trestle.relay.consensus.ConsensusCode;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.ConsensusState;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.Flaw;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.SimulatedConsensus;
import dev.trestle.relay.consensus.Step;
import dev.trestle.relay.consensus.TimerId;
import dev.trestle.relay.consensus.ValidatorSet;
import dev.trestle.relay.consensus.VerifiedMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shell around a core, as the real node is one: performs effects in order, syncs the log before
 * anything leaves, may die at any write, and keeps only its disk.
 */
final class SimNode {
  private static final int SYNC_BATCH = 16;

  final int id;
  final int key;
  final String name;
  private final World world;
  private final Disk disk;
  private final GuardedSigner signer;
  private final ConsensusCore core;
  private final Map<TimerId, Integer> timers = new HashMap<>();
  private final Deque<ConsensusInput> inputs = new ArrayDeque<>();
  private ConsensusState state;
  private ChainHead head;
  private long skewMs;
  private boolean logAtRisk;
  private boolean up;
  private boolean running;
  private boolean unsynced;
  private int life;
  private int writes;
  private int recordsSinceEnd;
  private int crashes;
  private int lostLogs;
  private int evidence;
  private int rounds;

  SimNode(World world, int id, int key, long skewMs) {
    this.world = world;
    this.id = id;
    this.key = key;
    this.name = "node " + id;
    this.skewMs = skewMs;
    this.disk = new Disk(() -> world.fails(this, writes++), world.random);
    this.signer =
        new GuardedSigner(
            world.membership.everyone().address(key),
            world.signatures,
            disk,
            world.scenario.flaw().isGuarded());
    this.core = world.engine.core(world.config, signer);
    this.state = core.initial();
    this.head = world.genesis;
  }

  boolean isUp() {
    return up;
  }

  ConsensusState state() {
    return state;
  }

  Disk disk() {
    return disk;
  }

  long decidedHeight() {
    return disk.blocks().size();
  }

  Packet.Decided decided(long height) {
    return disk.blocks().get((int) height - 1);
  }

  long nowMs() {
    return World.EPOCH_MS + world.timeMs() + skewMs;
  }

  void setClock(long skew) {
    skewMs = skew;
  }

  /** Crashes may destroy its log. */
  void setLogAtRisk() {
    logAtRisk = true;
  }

  boolean isLogAtRisk() {
    return logAtRisk;
  }

  /** The process starts, for the first time or again. */
  void start() {
    up = true;
    guarded(
        () -> {
          Disk.Found found = disk.recover();
          recordsSinceEnd = found.records().size();
          rebuildHead();
          if (found.logLost()) {
            lostLogs++;
            if (world.scenario.flaw() != Flaw.LOST_LOG_VOTES) {
              signer.abstain();
            }
          }
          process(startHeight(RecoveredHeight.recover(found.records())));
        });
  }

  private ConsensusInput startHeight(RecoveredHeight recovered) {
    return new ConsensusInput.StartHeight(head, world.hasWork(), recovered, nowMs());
  }

  /** From genesis, as the blocks alone give it. */
  private void rebuildHead() {
    head = world.genesis;
    for (Packet.Decided each : disk.blocks()) {
      moveHead(each);
    }
  }

  private void moveHead(Packet.Decided decided) {
    head =
        SimulatedConsensus.next(
            world.scenario.flaw(),
            head,
            decided.block(),
            world.membership.at(decided.block().height() + 1),
            head.height() == 0 ? 0 : decided(head.height()).certificate().round());
  }

  void feed(ConsensusInput input) {
    if (up) {
      guarded(() -> process(input));
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (Disk.PowerCut cut) {
      die(cut.failure);
    }
  }

  private void process(ConsensusInput input) {
    inputs.add(input);
    if (running) {
      return; // an effect gave the input: it is taken up after the effects that are left
    }
    running = true;
    for (ConsensusInput next = inputs.poll(); next != null; next = inputs.poll()) {
      Step step = core.apply(state, next);
      state = step.state();
      if (world.scenario.flaw() == Flaw.SPEAK_BEFORE_PERSIST) {
        step.effects().stream()
            .filter(ConsensusEffect.Broadcast.class::isInstance)
            .forEach(this::perform);
      }
      step.effects().forEach(this::perform);
      sync();
    }
    running = false;
  }

  private void perform(ConsensusEffect effect) {
    if (effect instanceof ConsensusEffect.Persist(DurableRecord record)) {
      disk.append(record);
      boolean end = record instanceof DurableRecord.EndHeight;
      recordsSinceEnd = end ? 1 : recordsSinceEnd + 1;
      unsynced |= !end; // as in the node: the end of a height waits for the next record
      return;
    }
    if (world.scenario.flaw() != Flaw.SPEAK_BEFORE_SYNC
        || effect instanceof ConsensusEffect.Decide) {
      sync();
    }
    switch (effect) {
      case ConsensusEffect.Persist persisted -> {} // handled above
      case ConsensusEffect.Broadcast(var message) -> world.network.broadcast(this, message);
      case ConsensusEffect.SendDecided(var peer, long height) -> {
        if (height <= decidedHeight()) {
          world.network.sendToKey(this, peer, decided(height));
        }
      }
      case ConsensusEffect.Announce(var certificate) ->
          world.network.sendToAll(this, new Packet.Certificate(certificate));
      case ConsensusEffect.StartTimer(TimerId timer, long delay) -> startTimer(timer, delay);
      case ConsensusEffect.BuildBlock build ->
          later(1 + world.random.nextInt(5), () -> built(build));
      case ConsensusEffect.ExecuteBlock(Block block) ->
          later(1 + world.random.nextInt(5), () -> executed(block));
      case ConsensusEffect.AssembleBlock(CompactBlock block, var from) -> assemble(block, from);
      case ConsensusEffect.FetchBlock(long height, Hash32 blockId, var from) ->
          from.forEach(
              peer -> world.network.sendToKey(this, peer, new Packet.WantBody(height, blockId)));
      case ConsensusEffect.Decide(Block block, CommitCertificate certificate) ->
          decide(block, certificate);
      case ConsensusEffect.ReportEvidence(var found) -> {
        evidence++;
        world.invariants.onEvidence(found);
      }
      case ConsensusEffect.SyncNeeded needed ->
          world.network.sendToAll(this, new Packet.WantBlocks(decidedHeight()));
      case ConsensusEffect.Diverged(Block block, var certificate) ->
          throw new Violation("S9 " + name + " refuses " + block + ", which a quorum committed");
      case ConsensusEffect.Forked(var decided, var other) ->
          throw new Violation("S1 " + name + " has proof of a fork at height " + other.height());
      case ConsensusEffect.Summary summary -> rounds++;
      case ConsensusEffect.Notice notice -> {}
    }
  }

  private void sync() {
    if (unsynced) {
      disk.sync();
      disk.prune(recordsSinceEnd);
      unsynced = false;
    }
  }

  private void built(ConsensusEffect.BuildBlock build) {
    Optional<Packet.Decided> parent =
        build.height() == 1 ? Optional.empty() : Optional.of(decided(build.height() - 1));
    Block block =
        world.ledger.build(
            parent,
            signer.address(),
            build.timeMs(),
            world.random.nextLong(),
            SimLedger.Fault.NONE);
    process(new ConsensusInput.BlockBuilt(build.round(), block, nowMs()));
  }

  /** From the mempool, or, if transactions are missing there, from who has the body. */
  private void assemble(CompactBlock compact, List<EvmAddress> from) {
    Optional<Block> whole = world.ledger.find(compact.id()).filter(block -> world.hasWork());
    whole.ifPresentOrElse(
        block ->
            later(
                world.random.nextInt(2),
                () -> process(new ConsensusInput.BodyReceived(block, nowMs()))),
        () ->
            from.forEach(
                peer ->
                    world.network.sendToKey(
                        this, peer, new Packet.WantBody(compact.height(), compact.id()))));
  }

  private void executed(Block block) {
    boolean busy = world.isBusy();
    Verdict<Hash32> outcome =
        busy ? Verdict.later(ConsensusCode.WRONG_PARENT, "busy") : world.ledger.execute(block);
    process(new ConsensusInput.BlockExecuted(block.id(), outcome, nowMs()));
  }

  private void decide(Block block, CommitCertificate certificate) {
    if (block.height() != decidedHeight() + 1) {
      return;
    }
    if (!world.isLiar(key)) { // also if the machine fails now: it may be stored all the same
      world.invariants.onDecided(name, block, certificate);
    }
    Packet.Decided decided = new Packet.Decided(block, certificate);
    disk.storeBlock(decided);
    moveHead(decided);
    process(startHeight(RecoveredHeight.NONE));
  }

  void receive(SimNode from, Packet packet) {
    if (!up) {
      return;
    }
    switch (packet) {
      case Packet.Consensus(var message) -> {
        if (world.membership.isKnown(decidedHeight(), message.height())
            && world.engine.verify(message, setOf(message.height()), World.CHAIN)
                instanceof Verdict.Accepted<VerifiedMessage>(VerifiedMessage verified)) {
          feed(new ConsensusInput.Message(verified, nowMs()));
        }
      }
      case Packet.Certificate(var certificate) ->
          feed(new ConsensusInput.CertificateReceived(certificate, nowMs()));
      case Packet.Decided decided -> synced(decided);
      case Packet.WantBody(long height, Hash32 blockId) ->
          body(height, blockId)
              .ifPresent(block -> world.network.send(this, from, new Packet.Body(block)));
      case Packet.Body(Block block) -> feed(new ConsensusInput.BodyReceived(block, nowMs()));
      case Packet.WantBlocks(long height) -> {
        for (long h = height + 1; h <= Math.min(decidedHeight(), height + SYNC_BATCH); h++) {
          world.network.send(this, from, decided(h));
        }
      }
    }
  }

  private ValidatorSet setOf(long height) {
    return world.membership.at(height);
  }

  /** Block sync: each block proves itself to who knows the set of its height. */
  private void synced(Packet.Decided decided) {
    Block block = decided.block();
    CommitCertificate certificate = decided.certificate();
    boolean stale = world.scenario.flaw() == Flaw.STALE_EPOCH_SET;
    ValidatorSet set = setOf(stale ? Math.max(1, decidedHeight()) : decidedHeight() + 1);
    if (block.height() == decidedHeight() + 1
        && certificate.height() == block.height()
        && certificate.blockId().equals(block.id())
        && world.engine.verify(certificate, set, World.CHAIN)) {
      guarded(() -> decide(block, certificate));
    }
  }

  private Optional<Block> body(long height, Hash32 blockId) {
    Optional<Block> pending = state.body(blockId);
    return pending.isPresent() || height < 1 || height > decidedHeight()
        ? pending
        : Optional.of(decided(height).block()).filter(block -> block.id().equals(blockId));
  }

  /** A transaction arrives. */
  void work() {
    feed(new ConsensusInput.WorkArrived(nowMs()));
  }

  /** Asks a peer for blocks it does not have. */
  void poll(SimNode peer) {
    if (up && peer != this) {
      world.network.send(this, peer, new Packet.WantBlocks(decidedHeight()));
    }
  }

  void checkWeight() {
    int size = world.membership.everyone().size();
    Invariants.onWeight(
        name, SimulatedConsensus.weight(state), SimulatedConsensus.weightLimit(size));
  }

  private void startTimer(TimerId timer, long delay) {
    int version = timers.merge(timer, 1, Integer::sum);
    later(
        delay,
        () -> {
          if (timers.getOrDefault(timer, 0) == version) {
            process(new ConsensusInput.TimerFired(timer, nowMs()));
          }
        });
  }

  /** Runs unless the process dies first. */
  private void later(long delay, Runnable task) {
    int born = life;
    world.schedule(
        delay,
        id,
        () -> {
          if (up && life == born) {
            guarded(task);
          }
        });
  }

  private void die(Disk.Failure failure) {
    crashes++;
    halt();
    disk.fail(failure);
    if (world.scenario.flaw() == Flaw.NO_DURABLE_STATE) {
      disk.wipe();
    } else if (logAtRisk && world.random.nextBoolean()) {
      disk.loseLog();
    }
    int born = life;
    world.schedule(
        50 + world.random.nextInt(3_000),
        id,
        () -> {
          if (!up && life == born) {
            start();
          }
        });
  }

  /** The process ends and stays away. */
  void stop() {
    halt();
  }

  private void halt() {
    up = false;
    running = false;
    unsynced = false;
    inputs.clear();
    life++;
    timers.clear();
    recordsSinceEnd = 0;
    state = core.initial();
  }

  /** A liar's node starts again and knows of nothing that it has signed. */
  void forget() {
    halt();
    disk.wipe();
    start();
  }

  int crashes() {
    return crashes;
  }

  int lostLogs() {
    return lostLogs;
  }

  int evidence() {
    return evidence;
  }

  int rounds() {
    return rounds;
  }
}
