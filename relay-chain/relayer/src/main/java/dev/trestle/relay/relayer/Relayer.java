package dev.trestle.relay.relayer;

import dev.trestle.crypto.SecretKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries headers, proofs and packets between the chains and the ledger. Trusted with nothing: the
 * ledger and the contracts verify what it brings, anyone may run another one beside it, and what it
 * leaves undone at a crash it finds again by looking.
 */
public final class Relayer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Relayer.class);

  private final Map<String, String> lastFailures = new ConcurrentHashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Relayer() {}

  /**
   * Starts one virtual thread for each duty.
   *
   * @param key pays for transactions on chains with contracts
   * @param interval between two looks
   */
  public static Relayer start(
      RelayChain relay, ChainDirectory chains, SecretKey key, Duration interval) {
    Relayer relayer = new Relayer();
    List<Duty> duties =
        List.of(
            new HeaderDuty(relay, chains),
            new DepositDuty(relay, chains),
            new ValidatorsDuty(relay, chains, key),
            new PacketDuty(relay, chains, key),
            new TimeoutDuty(relay, chains),
            new MessageDuty(relay, chains),
            new ReleaseDuty(relay, chains),
            new TakeBackDuty(relay, chains));
    for (Duty duty : duties) {
      relayer.threads.add(
          Thread.ofVirtual()
              .name("relayer-" + duty.name())
              .start(() -> relayer.repeat(duty, interval)));
    }
    return relayer;
  }

  /** Duties whose last look failed, with why. */
  public Map<String, String> failures() {
    return new TreeMap<>(lastFailures);
  }

  private void repeat(Duty duty, Duration interval) {
    try {
      while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          duty.run();
          lastFailures.remove(duty.name());
        } catch (RuntimeException e) { // a node is down or lies: say so and look again
          String why = String.valueOf(e.getMessage());
          if (!why.equals(lastFailures.put(duty.name(), why)) && closed.getCount() > 0) {
            LOG.warn("{}: {}", duty.name(), why);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        thread.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
