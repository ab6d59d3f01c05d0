package dev.trestle.relay.simulation;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.relay.consensus.Block;
import dev.trestle.relay.consensus.ChainHead;
import dev.trestle.relay.consensus.CommitCertificate;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.ConsensusState;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.Flaw;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.Step;
import dev.trestle.relay.consensus.TimerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shell around a core, as the real node is one: performs effects in order, may die between any
 * two, and keeps only log, block store and sign guard.
 */
final class SimNode {
  private static final int SYNC_BATCH = 16;

  final int id;
  final int key;
  final String name;
  private final World world;
  private final GuardedSigner signer;
  private final ConsensusCore core;
  private final long skewMs;
  private final List<Packet.Decided> chain = new ArrayList<>();
  private final List<DurableRecord> log = new ArrayList<>();
  private final Map<TimerId, Integer> timers = new HashMap<>();
  private ConsensusState state;
  private boolean up = true;
  private int life;

  SimNode(World world, int id, int key, GuardedSigner signer, long skewMs) {
    this.world = world;
    this.id = id;
    this.key = key;
    this.name = "node " + id;
    this.signer = signer;
    this.skewMs = skewMs;
    this.core = world.engine.core(world.config, signer);
    this.state = core.initial();
  }

  boolean isUp() {
    return up;
  }

  ConsensusState state() {
    return state;
  }

  long decidedHeight() {
    return chain.size();
  }

  Packet.Decided decided(long height) {
    return chain.get((int) height - 1);
  }

  long nowMs() {
    return World.EPOCH_MS + world.timeMs() + skewMs;
  }

  void startHeight(RecoveredHeight recovered) {
    ChainHead head =
        chain.isEmpty() ? world.genesis : ChainHead.of(chain.getLast().block(), world.validators);
    feed(
        new ConsensusInput.StartHeight(
            head, world.validators, world.random.nextInt(10) < 7, recovered, nowMs()));
  }

  void feed(ConsensusInput input) {
    if (!up) {
      return;
    }
    Step step = core.apply(state, input);
    state = step.state();
    for (ConsensusEffect effect : ordered(step.effects())) {
      if (world.strikes(this)) {
        crash();
        return;
      }
      perform(effect);
    }
  }

  private List<ConsensusEffect> ordered(List<ConsensusEffect> effects) {
    if (world.scenario.flaw() != Flaw.SPEAK_BEFORE_PERSIST) {
      return effects;
    }
    List<ConsensusEffect> wrong = new ArrayList<>(effects);
    wrong.sort(
        (a, b) ->
            Boolean.compare(
                !(a instanceof ConsensusEffect.Broadcast),
                !(b instanceof ConsensusEffect.Broadcast)));
    return wrong;
  }

  private void perform(ConsensusEffect effect) {
    switch (effect) {
      case ConsensusEffect.Persist(DurableRecord record) -> persist(record);
      case ConsensusEffect.Broadcast(var message) -> world.broadcast(this, message);
      case ConsensusEffect.SendDecided(var peer, long height) -> {
        if (height <= chain.size()) {
          world.sendToKey(this, peer, decided(height));
        }
      }
      case ConsensusEffect.Announce(var certificate) ->
          world.sendToAll(this, new Packet.Certificate(certificate));
      case ConsensusEffect.StartTimer(TimerId timer, long delay) -> startTimer(timer, delay);
      case ConsensusEffect.BuildBlock build -> {
        Block block = world.build(this, build.height(), build.timeMs());
        later(
            1 + world.random.nextInt(5),
            () -> feed(new ConsensusInput.BlockBuilt(build.round(), block, nowMs())));
      }
      case ConsensusEffect.ExecuteBlock(Block block) ->
          later(
              1 + world.random.nextInt(5),
              () ->
                  feed(
                      new ConsensusInput.BlockExecuted(
                          block.id(), Verdict.accept(World.execute(block)), nowMs())));
      case ConsensusEffect.FetchBlock(long height, Hash32 blockId, var from) ->
          from.forEach(peer -> world.sendToKey(this, peer, new Packet.WantBody(height, blockId)));
      case ConsensusEffect.Decide(Block block, CommitCertificate certificate) ->
          append(block, certificate);
      case ConsensusEffect.ReportEvidence(var evidence) -> world.invariants.onEvidence(evidence);
      case ConsensusEffect.SyncNeeded needed ->
          world.sendToAll(this, new Packet.WantBlocks(chain.size()));
      case ConsensusEffect.Diverged(Block block, var certificate) ->
          throw new Violation("diverged: " + name + " refuses committed " + block);
      case ConsensusEffect.Summary summary -> {}
      case ConsensusEffect.Notice notice -> {}
    }
  }

  private void persist(DurableRecord record) {
    log.add(record);
    if (record instanceof DurableRecord.EndHeight(long height)) {
      log.removeIf(each -> each.height() < height);
    }
  }

  private void append(Block block, CommitCertificate certificate) {
    if (block.height() != chain.size() + 1) {
      return;
    }
    chain.add(new Packet.Decided(block, certificate));
    if (!world.isLiar(key)) {
      world.invariants.onDecided(name, block, certificate);
    }
    later(0, () -> startHeight(RecoveredHeight.NONE));
  }

  void receive(SimNode from, Packet packet) {
    if (!up) {
      return;
    }
    switch (packet) {
      case Packet.Consensus(var message) -> {
        if (world.engine.verify(message, world.validators, world.config.chainId())
            instanceof Verdict.Accepted<?>(var verified)) {
          feed(
              new ConsensusInput.Message(
                  (dev.trestle.relay.consensus.VerifiedMessage) verified, nowMs()));
        }
      }
      case Packet.Certificate(var certificate) ->
          feed(new ConsensusInput.CertificateReceived(certificate, nowMs()));
      case Packet.Decided(Block block, CommitCertificate certificate) -> {
        if (block.height() == chain.size() + 1
            && certificate.height() == block.height()
            && certificate.blockId().equals(block.id())
            && world.engine.verify(certificate, world.validators, world.config.chainId())) {
          append(block, certificate);
        }
      }
      case Packet.WantBody(long height, Hash32 blockId) ->
          body(height, blockId).ifPresent(block -> world.send(this, from, new Packet.Body(block)));
      case Packet.Body(Block block) -> feed(new ConsensusInput.BodyReceived(block, nowMs()));
      case Packet.WantBlocks(long height) -> {
        for (long h = height + 1; h <= Math.min(chain.size(), height + SYNC_BATCH); h++) {
          world.send(this, from, decided(h));
        }
      }
    }
  }

  private Optional<Block> body(long height, Hash32 blockId) {
    Optional<Block> pending = state.body(blockId);
    return pending.isPresent() || height < 1 || height > chain.size()
        ? pending
        : Optional.of(decided(height).block()).filter(block -> block.id().equals(blockId));
  }

  private void startTimer(TimerId timer, long delay) {
    int version = timers.merge(timer, 1, Integer::sum);
    later(
        delay,
        () -> {
          if (timers.getOrDefault(timer, 0) == version) {
            feed(new ConsensusInput.TimerFired(timer, nowMs()));
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
            task.run();
          }
        });
  }

  private void crash() {
    up = false;
    life++;
    timers.clear();
    state = core.initial();
    if (world.scenario.flaw() == Flaw.NO_DURABLE_STATE) {
      log.clear();
      signer.forget();
    }
    int born = life;
    world.schedule(
        50 + world.random.nextInt(3_000),
        id,
        () -> {
          if (!up && life == born) {
            restart();
          }
        });
  }

  void restart() {
    up = true;
    startHeight(RecoveredHeight.recover(log));
  }
}
