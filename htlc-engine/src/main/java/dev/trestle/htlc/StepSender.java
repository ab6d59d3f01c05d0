package dev.trestle.htlc;

import dev.trestle.adapter.AdapterException;
import dev.trestle.adapter.HtlcPort.HtlcTerms;
import dev.trestle.adapter.HtlcPort.LockFunding;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.adapter.TransactionPort.TransactionStatus;
import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.htlc.SwapRecord.SignedStep;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Signs the transactions of a swap, each once, and sends the signed bytes again and again. */
final class StepSender {
  private final DriverContext context;

  StepSender(DriverContext context) {
    this.context = context;
  }

  /**
   * A step that is signed already, or has just been signed and must be journalled before it is
   * sent.
   *
   * @param fresh what was just signed
   * @param recovery the file that must be durable before it
   */
  record Prepared(StepKey key, Optional<SignedTransaction> fresh, Optional<RecoveryFile> recovery) {
    boolean isNew() {
      return fresh.isPresent();
    }

    JournalRecord signed(Hash32 swapId, long now) {
      SignedTransaction tx = fresh.orElseThrow();
      return new JournalRecord.Signed(swapId, now, key, tx.id(), tx.raw(), tx.fee());
    }
  }

  Prepared lock(SwapRecord record, int leg) {
    StepKey key = StepKey.lock(leg);
    if (record.step(key).isPresent()) {
      return known(key);
    }
    SwapLeg terms = record.terms().legs().get(leg);
    ChainPorts ports = context.portsOf(terms);
    HtlcTerms htlc = record.terms().htlcTerms(leg);
    RecoveryFile recovery =
        new RecoveryFile(
            record.terms(),
            record.role(),
            held(record, leg, terms.refunder()).path(),
            ports.htlc().describe(htlc).orThrow());
    SignedTransaction tx =
        await(ports.htlc().prepareLock(htlc, context.keys().wallet(terms.chain())));
    return new Prepared(key, Optional.of(tx), Optional.of(recovery));
  }

  Prepared claim(SwapRecord record, int leg, LockFunding funding, Hash32 secret) {
    StepKey key = StepKey.claim(leg, funding);
    Optional<StepKey> attempt = nextAttempt(record, key);
    if (attempt.isEmpty()) {
      return known(key);
    }
    SwapLeg terms = record.terms().legs().get(leg);
    ChainPorts ports = context.portsOf(terms);
    SignedTransaction tx =
        await(
            ports
                .htlc()
                .prepareClaim(
                    record.terms().htlcTerms(leg),
                    funding,
                    secret,
                    held(record, leg, terms.claimer()).key()));
    return new Prepared(attempt.get(), Optional.of(tx), Optional.empty());
  }

  Prepared refund(SwapRecord record, int leg, LockFunding funding) {
    StepKey key = StepKey.refund(leg, funding);
    Optional<StepKey> attempt = nextAttempt(record, key);
    if (attempt.isEmpty()) {
      return known(key);
    }
    SwapLeg terms = record.terms().legs().get(leg);
    ChainPorts ports = context.portsOf(terms);
    SignedTransaction tx =
        await(
            ports
                .htlc()
                .prepareRefund(
                    record.terms().htlcTerms(leg),
                    funding,
                    held(record, leg, terms.refunder()).key()));
    return new Prepared(attempt.get(), Optional.of(tx), Optional.empty());
  }

  /**
   * Sends every signed attempt of {@code key}, the newest first: the chain may have any of them,
   * and where transactions are numbered a later one waits for an earlier one that was forgotten.
   *
   * @return the newest that the chain has taken; fails with the last refusal if it took none
   */
  SignedStep send(SwapRecord record, StepKey key) {
    List<SignedStep> attempts =
        record.steps().stream()
            .filter(s -> s.key().withAttempt(0).equals(key.withAttempt(0)))
            .toList();
    RuntimeException refused = new IllegalStateException("nothing is signed for " + key);
    Optional<SignedStep> taken = Optional.empty();
    ChainPorts ports = context.portsOf(record.terms().legs().get(key.leg()));
    for (SignedStep step : attempts.reversed()) {
      try {
        await(ports.transactions().broadcast(step.raw()));
        taken = taken.or(() -> Optional.of(step));
      } catch (RuntimeException e) {
        refused = e;
      }
    }
    if (taken.isEmpty()) {
      throw refused;
    }
    return taken.get();
  }

  /**
   * The name under which to sign now; empty if what is signed already is to be sent again. A
   * replacement is due when the newest attempt failed on the chain, or is old.
   */
  private Optional<StepKey> nextAttempt(SwapRecord record, StepKey key) {
    Optional<SignedStep> newest = record.newest(key);
    if (newest.isEmpty()) {
      return Optional.of(key);
    }
    int next = newest.get().key().attempt() + 1;
    long age = context.time().nowSeconds() - newest.get().atSeconds();
    boolean old = age >= context.settings().replaceAfter().toSeconds();
    boolean due = next <= StepKey.MAX_ATTEMPTS && (old || hasFailed(record, newest.get()));
    return due ? Optional.of(key.withAttempt(next)) : Optional.empty();
  }

  /** A chain that does not say counts as no: the signed bytes are sent again meanwhile. */
  private boolean hasFailed(SwapRecord record, SignedStep step) {
    ChainPorts ports = context.portsOf(record.terms().legs().get(step.key().leg()));
    try {
      TransactionStatus status = await(ports.transactions().status(step.transactionId()));
      return status instanceof TransactionStatus.Included included && !included.success();
    } catch (AdapterException e) {
      return false;
    }
  }

  private SwapKeys.Held held(SwapRecord record, int leg, Bytes identity) {
    SwapLeg terms = record.terms().legs().get(leg);
    return context
        .keys()
        .find(context.portsOf(terms).htlc(), terms.chain(), record.terms().hash(), identity)
        .orElseThrow(() -> new IllegalStateException("the key of leg " + leg + " is not held"));
  }

  private static Prepared known(StepKey key) {
    return new Prepared(key, Optional.empty(), Optional.empty());
  }

  private <T> T await(Future<T> future) {
    return ChainReader.await(future, context.settings().callTimeout());
  }
}
