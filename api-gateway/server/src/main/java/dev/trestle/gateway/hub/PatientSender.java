package dev.trestle.gateway.hub;

import dev.trestle.relay.ledger.Receipt;
import dev.trestle.relay.ledger.tx.TransactionBody;
import dev.trestle.relay.relayer.Refusals;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For who looks again and again at what is missing and sends it: each thing is one transaction
 * until its receipt is there. What is refused, or in no block in time, is due again after twice as
 * many looks each time. What was in no block in time is sent again as it was, so that the mempool
 * knows it. Keeps nothing over a restart. Thread-safe.
 *
 * @param <K> what names a thing
 */
public final class PatientSender<K extends Comparable<K>> {
  /** Transactions that wait for a block at once: the mempool takes 128 of one sender. */
  static final int MAX_UNDER_WAY = 100;

  private static final Logger LOG = LoggerFactory.getLogger(PatientSender.class);

  private final Function<TransactionBody, Receipt> submit;
  private final Executor executor;
  private final Refusals<K> refusals = new Refusals<>();
  private final Set<K> underWay = new TreeSet<>();

  /** As they were sent, by what they are about, while no block answers. */
  private final Map<K, TransactionBody> unanswered =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, TransactionBody> eldest) {
          return size() > Refusals.MAX_THINGS;
        }
      };

  /**
   * @param submit blocks until the transaction is in a block, as {@link RelaySender#submit} does; a
   *     failure means that it is in none yet
   */
  public PatientSender(Function<TransactionBody, Receipt> submit) {
    this(submit, task -> Thread.ofVirtual().name("patient-sender").start(task));
  }

  /**
   * @param executor runs what waits for a block
   */
  public PatientSender(Function<TransactionBody, Receipt> submit, Executor executor) {
    this.submit = submit;
    this.executor = executor;
  }

  /**
   * Whether {@code thing} is to be sent at this look: it is not under way, its wait is over and
   * there is room. Counts the look: asked once for each.
   */
  public synchronized boolean isDue(K thing) {
    return !underWay.contains(thing) && underWay.size() < MAX_UNDER_WAY && refusals.isDue(thing);
  }

  /** Sends it and returns at once; nothing happens if it is under way, or too much is. */
  public void send(K thing, TransactionBody body) {
    TransactionBody sent;
    synchronized (this) {
      if (underWay.size() >= MAX_UNDER_WAY || !underWay.add(thing)) {
        return;
      }
      sent = unanswered.computeIfAbsent(thing, first -> body);
    }
    executor.execute(() -> await(thing, sent));
  }

  private void await(K thing, TransactionBody body) {
    String what = body.getClass().getSimpleName() + " of " + thing;
    try {
      Receipt receipt = submit.apply(body);
      LOG.info("{}: {}", what, receipt.code());
      answered(thing, receipt.isSuccess());
    } catch (RuntimeException e) { // of any kind: the thing must not stay under way for ever
      LOG.info("{} is in no block yet: {}", what, e.getMessage());
      unanswered(thing);
    }
  }

  private synchronized void answered(K thing, boolean taken) {
    underWay.remove(thing);
    unanswered.remove(thing);
    if (taken) {
      refusals.taken(thing);
    } else {
      refusals.refused(thing);
    }
  }

  private synchronized void unanswered(K thing) {
    underWay.remove(thing);
    refusals.refused(thing);
  }
}
