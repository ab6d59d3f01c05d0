package dev.trestle.dist.devnet;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Mines a block of a regtest chain at a steady pace, as a network would. */
public final class Miner implements AutoCloseable {
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon(true).name("miner").factory());

  private Miner() {}

  @SuppressWarnings("FutureReturnValueIgnored") // the task ends with its executor
  public static Miner start(NodeRpc node, String address, long everyMillis) {
    Miner miner = new Miner();
    miner.timer.scheduleAtFixedRate(
        () -> mine(node, address), everyMillis, everyMillis, TimeUnit.MILLISECONDS);
    return miner;
  }

  private static void mine(NodeRpc node, String address) {
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
