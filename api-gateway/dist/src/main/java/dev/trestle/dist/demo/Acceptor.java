package dev.trestle.dist.demo;

import dev.trestle.sdk.HubException;
import dev.trestle.sdk.SwapParty;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The maker's side of agreements: looks for proposals until closed. */
final class Acceptor implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 150;

  private final CountDownLatch closed = new CountDownLatch(1);

  private final SwapParty maker;

  Acceptor(SwapParty maker) {
    this.maker = maker;
  }

  void start() {
    Thread.ofVirtual().name("maker").start(this::serve);
  }

  private void serve() {
    try {
      while (!closed.await(INTERVAL_MILLIS, TimeUnit.MILLISECONDS)) {
        look(maker);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void look(SwapParty maker) {
    try {
      maker.acceptProposals();
    } catch (HubException e) {
      // the hub is down, or the proposal is gone: the next look decides
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
