package dev.trestle.relay.node;

import dev.trestle.base.TimeSource;
import dev.trestle.relay.consensus.ConsensusCore;
import dev.trestle.relay.consensus.ConsensusEffect;
import dev.trestle.relay.consensus.ConsensusInput;
import dev.trestle.relay.consensus.ConsensusState;
import dev.trestle.relay.consensus.Diagnostics;
import dev.trestle.relay.consensus.DurableRecord;
import dev.trestle.relay.consensus.RecoveredHeight;
import dev.trestle.relay.consensus.Step;
import dev.trestle.relay.consensus.TimerId;
import dev.trestle.relay.consensus.VerifiedMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Feeds the consensus core and performs its effects strictly in order. Records to persist are
 * gathered and forced at once before the first effect that is not one, so nothing leaves the node
 * before what justifies it is on the disk. Runs on the core thread.
 */
final class ConsensusDriver {
  /** Type of all records in the write-ahead log: an encoded {@link DurableRecord}. */
  static final int RECORD = 1;

  private final ConsensusCore core;
  private final WriteAheadLog log;
  private final ConsensusPort port;
  private final Core thread;
  private final TimeSource clock;
  private final Deque<ConsensusInput> inputs = new ArrayDeque<>();

  /** Running timers and how to stop each. */
  private final Map<TimerId, Runnable> timers = new HashMap<>();

  private ConsensusState state;

  /** What became due during a pause. */
  private final Deque<ConsensusInput> held = new ArrayDeque<>();

  private boolean running;
  private boolean unsynced;
  private boolean paused;

  ConsensusDriver(
      ConsensusCore core, WriteAheadLog log, ConsensusPort port, Core thread, TimeSource clock) {
    this.core = core;
    this.log = log;
    this.port = port;
    this.thread = thread;
    this.clock = clock;
    this.state = core.initial();
  }

  /** Starts the height after the head with what the log says about it. */
  void start(RecoveredHeight recovered) {
    feed(startHeight(recovered));
  }

  /** The head moved by block sync. */
  void headMoved() {
    dropTimers(port.head().height());
    feed(startHeight(RecoveredHeight.NONE));
    gather();
  }

  /**
   * During a pause nothing is signed and nothing is written. To the others this node is then one
   * that hears nothing: what they send is dropped, and asked for again afterwards. Its own timers
   * are held, and the height with all that it remembers stays as it is; only a head that moved
   * starts another one.
   */
  void pause(boolean now) {
    if (paused == now) {
      return;
    }
    paused = now;
    if (!now) {
      List.copyOf(held).forEach(this::feed);
      held.clear();
      workOrGather();
    }
  }

  /** Where the height stands and for whom it waits; empty before the start. */
  Optional<Diagnostics> diagnostics() {
    return state.diagnostics();
  }

  void message(VerifiedMessage message) {
    feed(new ConsensusInput.Message(message, clock.nowMillis()));
  }

  /** Transactions that are here already begin the height at the latest when gathering is over. */
  private void gather() {
    long millis = port.gatherMs();
    if (millis > 0) {
      thread.schedule(millis, this::workOrGather);
    }
  }

  /** The clock may have been set back meanwhile: then gathering is not over yet. */
  private void workOrGather() {
    if (port.hasWork()) {
      work();
    } else {
      gather();
    }
  }

  void work() {
    feed(new ConsensusInput.WorkArrived(clock.nowMillis()));
  }

  void feed(ConsensusInput input) {
    if (paused) {
      hold(input);
      return;
    }
    inputs.add(input);
    if (running) {
      return; // an effect gave the input: it is taken up after the effects that are left
    }
    running = true;
    try {
      for (ConsensusInput next = inputs.poll(); next != null; next = inputs.poll()) {
        Step step = core.apply(state, next);
        state = step.state();
        step.effects().forEach(this::perform);
        sync();
      }
    } finally {
      running = false;
    }
  }

  private void hold(ConsensusInput input) {
    switch (input) {
      case ConsensusInput.StartHeight _, ConsensusInput.TimerFired _ -> held.add(input);
      case ConsensusInput.Message _,
          ConsensusInput.WorkArrived _,
          ConsensusInput.BodyReceived _,
          ConsensusInput.CertificateReceived _ -> {} // as if it had been lost on the way
      case ConsensusInput.BlockBuilt _, ConsensusInput.BlockExecuted _ ->
          throw new IllegalStateException("an effect was performed during a pause: " + input);
    }
  }

  private void perform(ConsensusEffect effect) {
    if (effect instanceof ConsensusEffect.Persist(DurableRecord record)) {
      persist(record);
      return;
    }
    sync();
    switch (effect) {
      case ConsensusEffect.Persist persisted -> {} // handled above
      case ConsensusEffect.Broadcast broadcast -> port.broadcast(broadcast.message());
      case ConsensusEffect.SendDecided send -> port.sendDecided(send.peer(), send.height());
      case ConsensusEffect.Announce announce -> port.announce(announce.certificate());
      case ConsensusEffect.StartTimer start -> startTimer(start.timer(), start.delayMs());
      case ConsensusEffect.BuildBlock build ->
          feed(new ConsensusInput.BlockBuilt(build.round(), port.build(build), now()));
      case ConsensusEffect.ExecuteBlock execute ->
          feed(
              new ConsensusInput.BlockExecuted(
                  execute.block().id(), port.execute(execute.block()), now()));
      case ConsensusEffect.AssembleBlock assemble -> port.assemble(assemble);
      case ConsensusEffect.FetchBlock fetch -> port.fetch(fetch);
      case ConsensusEffect.Decide decide -> {
        port.decide(decide.block(), decide.certificate());
        dropTimers(decide.block().height());
        feed(startHeight(RecoveredHeight.NONE));
        gather();
      }
      case ConsensusEffect.ReportEvidence report -> port.evidence(report.evidence());
      case ConsensusEffect.SyncNeeded need -> port.syncNeeded(need.height());
      case ConsensusEffect.Diverged diverged ->
          port.diverged(diverged.block(), diverged.certificate());
      case ConsensusEffect.Forked forked -> port.forked(forked.decided(), forked.other());
      case ConsensusEffect.Summary summary -> port.summary(summary.diagnostics());
      case ConsensusEffect.Notice notice -> port.notice(notice.code(), notice.detail());
    }
  }

  /**
   * The end of a height needs no force of its own: nothing is said because of it, and a restart
   * that does not find it finds the block in the store. It is on the disk with the next record.
   */
  private void persist(DurableRecord record) {
    long lsn = log.append(RECORD, record.encode());
    if (record instanceof DurableRecord.EndHeight) {
      log.prune(lsn);
    } else {
      unsynced = true;
    }
  }

  private void sync() {
    if (unsynced) {
      log.sync();
      unsynced = false;
    }
  }

  private void startTimer(TimerId timer, long delayMs) {
    Runnable cancelBefore =
        timers.put(
            timer,
            thread.schedule(
                delayMs,
                () -> {
                  timers.remove(timer);
                  feed(new ConsensusInput.TimerFired(timer, now()));
                }));
    if (cancelBefore != null) {
      cancelBefore.run();
    }
  }

  private void dropTimers(long throughHeight) {
    timers
        .entrySet()
        .removeIf(
            entry -> {
              boolean over = entry.getKey().height() <= throughHeight;
              if (over) {
                entry.getValue().run();
              }
              return over;
            });
  }

  private ConsensusInput.StartHeight startHeight(RecoveredHeight recovered) {
    return new ConsensusInput.StartHeight(port.head(), port.hasWork(), recovered, now());
  }

  private long now() {
    return clock.nowMillis();
  }
}
