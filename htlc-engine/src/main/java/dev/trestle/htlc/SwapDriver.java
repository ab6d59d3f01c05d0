package dev.trestle.htlc;

import dev.trestle.adapter.HtlcPort.HtlcObservation;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Carries one swap on: look at the chains, remember what changed, plan, make durable, act. One
 * round at a time; everything it needs after a crash is in the journal. {@link SwapEngine} gives
 * each a thread; a simulation calls it itself.
 */
public final class SwapDriver {
  private final DriverContext context;
  private final ChainReader reader;
  private final StepSender sender;
  private final Progress progress;
  private final ReentrantLock turn = new ReentrantLock();
  private SwapRecord record;
  private int failures;
  private volatile SwapView view;

  /**
   * @param record what the journal says of the swap
   */
  public SwapDriver(DriverContext context, SwapRecord record) {
    this.context = context;
    this.record = record;
    this.reader = new ChainReader(context);
    this.sender = new StepSender(context);
    this.progress = new Progress(context);
    this.view = viewOf(SwapStatus.AGREED, List.of(), "");
    progress.status(record.end().map(JournalRecord.Final::outcome).orElse(SwapStatus.AGREED));
  }

  /** What the last step came to; safe to read from any thread. */
  public SwapView view() {
    return view;
  }

  /** Whether this party's coins may still be at risk. */
  boolean isOpen() {
    return !view.status().isEnd();
  }

  void announce(SwapProgress.Step step) {
    progress.say(record, step, "");
  }

  /** Signs the refund of the first funding of the own leg; journalled, not sent. */
  Optional<Bytes> signRefund() {
    turn.lock();
    try {
      int leg = record.ownLeg();
      SwapLeg own = record.terms().legs().get(leg);
      HtlcObservation seen =
          ChainReader.await(
              context.portsOf(own).htlc().observe(record.terms().htlcTerms(leg)),
              context.settings().callTimeout());
      if (record.end().isPresent() || seen.funding().isEmpty() || seen.spend().isPresent()) {
        return Optional.empty();
      }
      StepSender.Prepared refund = sender.refund(record, leg, seen.funding().getFirst());
      if (refund.isNew()) {
        write(refund.signed(swapId(), now()));
        progress.sent(record, refund.key(), false);
      }
      return record.newest(refund.key()).map(SwapRecord.SignedStep::raw);
    } finally {
      turn.unlock();
    }
  }

  /**
   * One round.
   *
   * @return when to come back; empty once nothing of this swap needs watching any more
   * @throws JournalException if the journal fails: then nothing more may be done
   */
  public Optional<Duration> step() {
    turn.lock();
    try {
      return round();
    } finally {
      turn.unlock();
    }
  }

  private Optional<Duration> round() {
    List<ChainView> views = reader.read(record);
    List<String> failed = new ArrayList<>(reader.failures());
    remember(views);
    long now = context.time().nowSeconds();
    List<SwapAction> actions = context.planner().plan(record, views, now);
    progress.status(SwapPlanner.status(record, views, now));
    perform(actions, failed);
    SwapStatus status = SwapPlanner.status(record, views, now);
    progress.status(status);
    view = viewOf(status, actions, String.join("; ", failed));
    failures = failed.isEmpty() ? 0 : failures + 1;
    if (!failed.isEmpty()) {
      progress.say(record, SwapProgress.Step.RETRY, view.lastFailure());
    }
    return pause(now);
  }

  private Optional<Duration> pause(long now) {
    EngineSettings settings = context.settings();
    if (record.end().isPresent() && failures == 0) {
      long expiry = record.terms().legs().get(record.ownLeg()).expirySeconds();
      long end = expiry + settings.watchFor().toSeconds();
      return now > end ? Optional.empty() : Optional.of(settings.watchEvery());
    }
    Duration pause = settings.observeEvery();
    for (int i = 0; i < failures && pause.compareTo(settings.maxBackoff()) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    boolean tooLong = failures > 0 && pause.compareTo(settings.maxBackoff()) > 0;
    return Optional.of(tooLong ? settings.maxBackoff() : pause);
  }

  /** Journals what changed on the chains, so that a later look can tell a reorganisation. */
  private void remember(List<ChainView> views) {
    for (ChainView each : views) {
      if (each.observation().isPresent()) {
        HtlcObservation seen = each.observation().get();
        LegMark mark = LegMark.of(seen);
        LegMark before = record.marks().getOrDefault(each.leg(), LegMark.NOTHING);
        if (!mark.equals(before)) {
          write(new JournalRecord.Observed(swapId(), now(), each.leg(), mark));
          progress.changed(record, each.leg(), before, mark, seen);
        }
      }
    }
  }

  private void perform(List<SwapAction> actions, List<String> failed) {
    for (SwapAction action : actions) {
      try {
        perform(action);
      } catch (JournalException e) {
        throw e;
      } catch (RuntimeException e) { // whatever an adapter throws must not stop the other leg
        failed.add(action.getClass().getSimpleName() + ": " + e.getMessage());
      }
    }
  }

  private void perform(SwapAction action) {
    switch (action) {
      case SwapAction.LearnSecret(int leg, Hash32 preimage) -> learn(leg, preimage);
      case SwapAction.FundLeg(int leg) -> act(sender.lock(record, leg));
      case SwapAction.ClaimLeg(int leg, LockFunding funding) -> {
        Optional<Hash32> secret = secret();
        if (secret.isPresent()) {
          act(sender.claim(record, leg, funding, secret.get()));
        }
      }
      case SwapAction.RefundLeg(int leg, LockFunding funding) ->
          act(sender.refund(record, leg, funding));
      case SwapAction.Abort(String why) -> finish(SwapStatus.ABORTED, why);
      case SwapAction.Complete(SwapStatus outcome) -> finish(outcome, "");
      case SwapAction.Alarm(AlarmCode code, String detail) -> progress.alarm(record, code, detail);
      case SwapAction.Wait wait -> {
        // the next look comes by itself
      }
    }
  }

  /** Signs if needed, makes the bytes durable, and only then sends them. */
  private void act(StepSender.Prepared prepared) {
    if (prepared.isNew()) {
      prepared.recovery().ifPresent(context.saveRecovery());
      write(prepared.signed(swapId(), now()));
      progress.sent(record, prepared.key(), false);
    }
    SwapRecord.SignedStep sent = sender.send(record, prepared.key());
    if (!sent.sent()) {
      write(new JournalRecord.Sent(swapId(), now(), sent.key()));
      progress.sent(record, sent.key(), true);
    }
  }

  private void learn(int leg, Hash32 preimage) {
    if (Secrets.hashOf(preimage).equals(record.terms().hash())) {
      write(new JournalRecord.SecretLearned(swapId(), now(), leg, preimage));
      progress.say(record, SwapProgress.Step.SECRET_LEARNED, "");
    }
  }

  /** The initiator's comes from the seed, everybody else's from a chain. */
  private Optional<Hash32> secret() {
    return record
        .secret()
        .or(
            () ->
                record.created().secretIndex().map(index -> Secrets.derive(context.seed(), index)));
  }

  private void finish(SwapStatus outcome, String why) {
    if (record.end().isEmpty()) {
      String detail = why.length() > 1000 ? why.substring(0, 1000) : why;
      write(new JournalRecord.Final(swapId(), now(), outcome, detail));
      progress.status(outcome);
      progress.say(record, SwapProgress.Step.ENDED, detail);
    }
  }

  private void write(JournalRecord entry) {
    context.journal().append(entry);
    record = record.with(entry);
  }

  private SwapView viewOf(SwapStatus status, List<SwapAction> next, String failure) {
    return new SwapView(
        swapId(),
        record.terms(),
        record.role(),
        record.end().map(JournalRecord.Final::outcome).orElse(status),
        record.created().atSeconds(),
        record.marks(),
        record.steps(),
        next,
        next.stream()
            .filter(SwapAction.Alarm.class::isInstance)
            .map(SwapAction.Alarm.class::cast)
            .toList(),
        record.terms().legs().get(record.ownLeg()).expirySeconds(),
        failure);
  }

  private Hash32 swapId() {
    return record.created().swapId();
  }

  private long now() {
    return context.time().nowSeconds();
  }
}
