package dev.trestle.htlc;

import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the journal says of one swap: the fold of its records.
 *
 * @param created the swap as it was entered
 * @param secret public now, and verified against the hash
 * @param steps everything that was signed, oldest first
 * @param marks last observation of each leg
 * @param furthest for each leg, every funding that counted and was seen final
 * @param end present once the swap is over
 */
public record SwapRecord(
    JournalRecord.Created created,
    Optional<Hash32> secret,
    List<SignedStep> steps,
    Map<Integer, LegMark> marks,
    Map<Integer, List<Hash32>> furthest,
    Optional<JournalRecord.Final> end) {
  public SwapRecord {
    steps = List.copyOf(steps);
    marks = new TreeMap<>(marks);
    furthest = new TreeMap<>(furthest);
  }

  /** One signed transaction. */
  public record SignedStep(
      StepKey key, Hash32 transactionId, Bytes raw, Amount fee, long atSeconds, boolean sent) {}

  /** A swap of which nothing but its start is known. */
  public static SwapRecord of(JournalRecord.Created created) {
    return new SwapRecord(
        created, Optional.empty(), List.of(), Map.of(), Map.of(), Optional.empty());
  }

  public SwapTerms terms() {
    return created.terms();
  }

  public Role role() {
    return created.role();
  }

  /** Index of the leg that this party pays. */
  public int ownLeg() {
    return terms().paidBy(role());
  }

  /** Index of the leg that pays this party. */
  public int incomingLeg() {
    return terms().paysTo(role());
  }

  /** The transaction signed for {@code key}, if there is one. */
  public Optional<SignedStep> step(StepKey key) {
    return steps.stream().filter(step -> step.key().equals(key)).findFirst();
  }

  /** The newest attempt for {@code key}, whatever attempt {@code key} names. */
  public Optional<SignedStep> newest(StepKey key) {
    return steps.stream()
        .filter(step -> step.key().withAttempt(0).equals(key.withAttempt(0)))
        .reduce((older, newer) -> newer);
  }

  /** Whether a transaction of this kind was signed for {@code leg}. */
  public boolean hasSigned(StepKey.Kind kind, int leg) {
    return steps.stream().anyMatch(step -> isOf(step, kind, leg));
  }

  /** Whether a transaction of this kind was taken by the chain of {@code leg}. */
  public boolean hasSent(StepKey.Kind kind, int leg) {
    return steps.stream().anyMatch(step -> isOf(step, kind, leg) && step.sent());
  }

  private static boolean isOf(SignedStep step, StepKey.Kind kind, int leg) {
    return step.key().kind() == kind && step.key().leg() == leg;
  }

  /** The record after {@code next}, which is of this swap. */
  public SwapRecord with(JournalRecord next) {
    return switch (next) {
      case JournalRecord.Reserved r -> this;
      case JournalRecord.Created r -> this;
      case JournalRecord.Signed r -> withStep(r);
      case JournalRecord.Sent r -> withSent(r.key());
      case JournalRecord.Observed r -> withMark(r.leg(), r.mark());
      case JournalRecord.SecretLearned r ->
          new SwapRecord(created, Optional.of(r.preimage()), steps, marks, furthest, end);
      case JournalRecord.Final r ->
          new SwapRecord(created, secret, steps, marks, furthest, Optional.of(r));
    };
  }

  private SwapRecord withStep(JournalRecord.Signed r) {
    if (step(r.key()).isPresent()) {
      return this; // the first signature for a key is the one that counts
    }
    List<SignedStep> more = new ArrayList<>(steps);
    more.add(new SignedStep(r.key(), r.transactionId(), r.raw(), r.fee(), r.atSeconds(), false));
    return new SwapRecord(created, secret, more, marks, furthest, end);
  }

  private SwapRecord withSent(StepKey key) {
    List<SignedStep> changed =
        steps.stream()
            .map(
                s ->
                    s.key().equals(key)
                        ? new SignedStep(
                            s.key(), s.transactionId(), s.raw(), s.fee(), s.atSeconds(), true)
                        : s)
            .toList();
    return new SwapRecord(created, secret, changed, marks, furthest, end);
  }

  private SwapRecord withMark(int leg, LegMark mark) {
    Map<Integer, LegMark> changed = new TreeMap<>(marks);
    changed.put(leg, mark);
    Map<Integer, List<Hash32>> finals = new TreeMap<>(furthest);
    List<Hash32> before = furthest.getOrDefault(leg, List.of());
    if (mark.funding() == LegMark.Phase.FINAL && !before.contains(mark.fundingId())) {
      List<Hash32> more = new ArrayList<>(before);
      more.add(mark.fundingId());
      finals.put(leg, List.copyOf(more));
    }
    return new SwapRecord(created, secret, steps, changed, finals, end);
  }
}
