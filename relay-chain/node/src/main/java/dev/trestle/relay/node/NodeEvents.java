package dev.trestle.relay.node;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens beside the calls: blocks for listeners, and the fault that stops the node. */
final class NodeEvents {
  private static final Logger LOG = LoggerFactory.getLogger(NodeEvents.class);

  private final ExecutorService notifier =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().name("relay-events").daemon(true).unstarted(task));
  private final List<BlockListener> listeners;
  private final CompletableFuture<Throwable> stopped = new CompletableFuture<>();
  private volatile Optional<String> halted = Optional.empty();
  private volatile Runnable onStoreReady = () -> {};

  NodeEvents(List<BlockListener> listeners) {
    this.listeners = new CopyOnWriteArrayList<>(listeners);
  }

  void add(BlockListener listener) {
    listeners.add(listener);
  }

  void decided(DecidedBlock block) {
    if (!listeners.isEmpty() && !notifier.isShutdown()) {
      notifier.execute(() -> listeners.forEach(listener -> tell(listener, block)));
    }
  }

  private static void tell(BlockListener listener, DecidedBlock block) {
    try {
      listener.onBlock(block);
    } catch (RuntimeException e) {
      LOG.error("a block listener failed at height {}", block.height(), e);
    }
  }

  void fault(Throwable cause) {
    NodeEvent.NODE_HALTED.on(LOG).setCause(cause).log("the node has stopped");
    halted =
        Optional.of(
            DiskSpace.isFull(cause)
                ? NodeReason.DISK_FULL.code() + ": " + cause.getMessage()
                : String.valueOf(cause.getMessage()));
    stopped.complete(cause);
  }

  /** What is to be done when a new store is there. */
  void onStoreReady(Runnable task) {
    onStoreReady = task;
  }

  void storeReady() {
    onStoreReady.run();
  }

  /** Completes with the fault that stops the node for good. */
  CompletionStage<Throwable> stopped() {
    return stopped;
  }

  /** Why the node stopped for good. */
  Optional<String> halted() {
    return halted;
  }

  void close() {
    notifier.shutdown();
  }
}
