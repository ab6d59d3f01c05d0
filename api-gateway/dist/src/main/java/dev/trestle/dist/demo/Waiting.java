package dev.trestle.dist.demo;

import dev.trestle.dist.devnet.DevnetException;
import dev.trestle.sdk.HubException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Asking again until something holds; a hub that is down for a while is waited for. */
final class Waiting {
  static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long INTERVAL_MILLIS = 150;

  private Waiting() {}

  static <T> T until(String what, Supplier<T> question, Predicate<T> done) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    CountDownLatch never = new CountDownLatch(1);
    while (true) {
      Optional<T> answer = ask(question);
      if (answer.isPresent() && done.test(answer.get())) {
        return answer.get();
      }
      if (System.nanoTime() > deadline) {
        throw new DevnetException(what + " did not come within " + PATIENCE.toSeconds() + " s");
      }
      try {
        never.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new DevnetException("interrupted while waiting for " + what);
      }
    }
  }

  private static <T> Optional<T> ask(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (HubException e) {
      if (e.code().equals("gateway-unreachable")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  static void on(CountDownLatch latch, String what) {
    try {
      if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new DevnetException(what + " did not come");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevnetException("interrupted while waiting for " + what);
    }
  }
}
