package dev.trestle.dist.demo;

import dev.trestle.dist.devnet.Devnet;
import java.util.concurrent.atomic.AtomicInteger;

/** Kills the whole hub when a swap and a transfer are both under way, and starts it again. */
final class HubKiller {
  private final Devnet network;
  private final DemoPrinter out;
  private final AtomicInteger underWay = new AtomicInteger();

  HubKiller(Devnet network, DemoPrinter out) {
    this.network = network;
    this.out = out;
  }

  /** Called once by each job; the second call strikes, on a thread that nobody waits for. */
  void isUnderWay() {
    if (underWay.incrementAndGet() == 2) {
      Thread.ofVirtual().name("hub-killer").start(this::strike);
    }
  }

  private void strike() {
    out.note("fault", "SIGKILL to every process of the hub");
    network.killHub();
    network.restartHub();
    out.note("fault", "the hub is back at height " + network.hub().relayStatus().height());
  }
}
