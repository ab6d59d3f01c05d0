package dev.trestle.dist.devnet;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Mines a block of a regtest chain at a steady pace, as a network would. */
public final class Miner implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon(true).name("miner").factory());

  private final NodeRpc node;
  private final String address;
  private boolean paused;

  private Miner(NodeRpc node, String address) {
    this.node = node;
    this.address = address;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // the task ends with its executor
  public static Miner start(NodeRpc node, String address, long everyMillis) {
    Miner miner = new Miner(node, address);
    miner.timer.scheduleAtFixedRate(miner::mine, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    return miner;
  }

  /** Mines nothing from the return of this call on. */
  public synchronized void pause() {
    paused = true;
  }

  public synchronized void resume() {
    paused = false;
  }

  private synchronized void mine() {
    if (paused) {
      return;
    }
    try {
      node.call("generatetoaddress", 1, address);
    } catch (DevnetException e) {
      // the node is stopping or was killed: whoever needs blocks says so
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
