package dev.trestle.relay.node;

import dev.trestle.base.TrestleException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a node until it is told to end. A node that stopped because its disk was full goes on
 * serving reads until there is room, and is then opened again from its files, exactly as after a
 * crash: what a failed write left is recovered in one way only. Any other fault leaves it stopped,
 * serving reads, for the operator.
 */
final class NodeSupervisor {
  private static final Logger LOG = LoggerFactory.getLogger(NodeSupervisor.class);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOK = Duration.ofMillis(DiskWatch.INTERVAL_MS);

  private final CountDownLatch told;
  private final Consumer<String> announce;
  private NodeSetup setup;

  /**
   * @param told counted down when the node must end
   * @param announce given one line with the ports whenever the node is up
   */
  NodeSupervisor(NodeSetup setup, CountDownLatch told, Consumer<String> announce) {
    this.setup = setup;
    this.told = told;
    this.announce = announce;
  }

  /**
   * @throws TrestleException if the node cannot start, for another reason than a full disk
   */
  void run() throws TimeoutException {
    boolean over = false;
    while (!over) {
      over = isTold(Duration.ZERO) || runOnce();
    }
  }

  /** Whether it was told to end, and not only to start again. */
  private boolean runOnce() throws TimeoutException {
    RelayNode node;
    try {
      node = RelayNode.start(setup).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TrestleException e) {
      if (!DiskSpace.isFull(e)) {
        throw e;
      }
      LOG.error("cannot start on a full disk, waiting for room", e);
      return !waitForRoom();
    }
    announce.accept("peers " + node.peerPort() + " rpc " + node.rpcPort());
    CountDownLatch wake = new CountDownLatch(1);
    node.fault().thenAccept(fault -> wakeIfFull(fault, wake));
    boolean again = false;
    while (!again && !isTold(LOOK)) {
      again = wake.getCount() == 0 && hasRoom();
    }
    setup = setup.config(setup.config().again(node.peerPort(), node.rpcPort()));
    node.close().await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (again) {
      NodeEvent.NODE_RESTARTED
          .on(LOG)
          .log("the disk has room again: the node starts from its files");
    }
    return !again;
  }

  private static void wakeIfFull(Throwable fault, CountDownLatch wake) {
    if (DiskSpace.isFull(fault)) {
      wake.countDown();
    }
  }

  /** Whether there is room; false if it was told to end before. */
  private boolean waitForRoom() {
    while (!isTold(LOOK)) {
      if (hasRoom()) {
        return true;
      }
    }
    return false;
  }

  private boolean hasRoom() {
    return new DiskWatch(setup.diskSpace(), setup.config().operations().minFreeDiskMb()).hasRoom();
  }

  private boolean isTold(Duration patience) {
    try {
      return told.await(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
